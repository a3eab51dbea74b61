"""Benchmarks: what a benchmark (LPR) was published at, day by day, with its source.

Purpose: take in publications from files, once a benchmark and day; say which quote a contract is
priced by on a day; keep a leaf of evidence of each publication.
Tables: credit.benchmark_quote. Facts told: none. Facts heard: none.
"""
