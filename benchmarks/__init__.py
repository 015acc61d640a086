"""Time and memory of scaffold beside its peers, as ratios of one run: `python -m benchmarks`."""
