"""Reading docstrings: the calls and results that they show, and their text in plain words."""
