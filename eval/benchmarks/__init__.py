"""Benchmarks as variants of tasks; each knows its version and how its tests are run."""
