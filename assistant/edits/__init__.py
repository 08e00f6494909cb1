"""Edits to the files of the user: planned, shown, applied atomically, undone."""
