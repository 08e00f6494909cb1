"""One-shot requests: `clarify ask`."""
