"""Pure part of the deposits desk."""
