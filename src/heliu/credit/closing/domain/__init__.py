"""Pure columns of the closing desk."""
