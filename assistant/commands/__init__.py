"""The sub-commands of `clarify` that belong to the assistant; declarations only."""
