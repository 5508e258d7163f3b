"""Benchmarks: each measures ours and its peers in one run."""
