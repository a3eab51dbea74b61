"""Pure columns of the classification desk."""
