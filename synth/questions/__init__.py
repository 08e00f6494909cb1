"""From what a modification changed to the question that undoes it, and the answer to it."""
