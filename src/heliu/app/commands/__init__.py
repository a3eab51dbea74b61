"""The commands of `heliu`, a module per family."""
