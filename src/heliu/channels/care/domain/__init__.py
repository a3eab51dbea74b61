"""Pure part of the care edition: numbers in words, what was said, what is said."""
