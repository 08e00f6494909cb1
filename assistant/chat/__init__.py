"""The interactive session of `clarify chat`."""
