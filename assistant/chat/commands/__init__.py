"""The slash commands of `clarify chat`, one file per group."""
