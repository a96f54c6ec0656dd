"""Benchmarks: `python -m tests.benchmarks`; figures to be read beside the machine's name."""
