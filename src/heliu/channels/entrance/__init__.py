"""Entrance: the front page, the ways in, and what a person may change about himself."""
