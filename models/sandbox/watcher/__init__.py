"""The watcher: runs inside the isolation, limits a program, starts it, and ends all that it started.

It is started as `python -I -S`, imports the standard library only, and knows its siblings by relative names,
since inside a sandbox this folder stands alone.
"""
