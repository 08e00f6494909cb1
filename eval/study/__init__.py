"""The study of what tells an unclear request from a clear one: measured once, combined in seconds."""
