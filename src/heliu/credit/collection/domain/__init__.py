"""Pure rules of the collection desk."""
