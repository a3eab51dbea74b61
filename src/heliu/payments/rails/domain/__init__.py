"""Payment messages as they are written to a rail and read from it."""
