"""Decisions: hard rules, scorecards, and one reasoned verdict that can be replayed for ever."""
