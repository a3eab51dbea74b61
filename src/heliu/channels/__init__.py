"""Channels: how the outside reaches the bank; they parse, call a desk's door, and render."""
