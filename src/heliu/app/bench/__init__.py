"""Benchmarks: each `run` measures one thing beside its peer or limit, in one run."""
