"""Scorecards: integer points by bins of features, and what a score is worth (grade, price).

Tables: none (scorecards live in releases, kept by the verdicts desk). Tells and hears nothing.
The points of the shipped release are set by experts, not fitted to defaults.
"""
