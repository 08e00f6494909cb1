"""The `clarify eval` commands, one module each: declarations only."""
