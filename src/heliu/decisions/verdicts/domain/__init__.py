"""The verdicts desk's pure core: what a release is, and how it turns inputs into an outcome."""
