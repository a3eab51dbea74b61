"""Instants: the three acts - decide, draw, pay - asked for one by one or all at once.

Tables: credit.act. Tells and hears nothing itself: the desks below tell theirs.
"""
