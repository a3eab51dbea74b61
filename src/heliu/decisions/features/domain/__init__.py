"""The log of pair events, its exact folds, and the features read from them. Pure."""
