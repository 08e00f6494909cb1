"""How a clear problem is made unclear, one rule a file, and what each change did."""
