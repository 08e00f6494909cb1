"""Where problems come from: readers of benchmarks' formats, of packages' docstrings, and of the corpus."""
