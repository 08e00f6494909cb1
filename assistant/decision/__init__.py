"""The ask-or-code decision: one request in, one typed outcome out."""
