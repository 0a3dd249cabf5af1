"""Benchmarks: each measures the gateway beside a floor in the same run, and prints ratios."""
