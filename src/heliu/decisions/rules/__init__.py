"""Rules: hard eligibility rules as dated data; one broken rule refuses, whatever the score says.

Tables: none (rules live in releases, kept by the verdicts desk). Tells and hears nothing.
A rule is a small closed comparison (feature, operator, threshold); nothing is ever executed.
"""
