"""Ways to decide whether to ask, behind the assistant's own interface, so that they can be compared."""
