"""Benchmarks that compare our code with a minimal program in the same run; results are ratios, never seconds."""
