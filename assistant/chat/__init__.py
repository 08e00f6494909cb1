"""The chat: requests, questions and code in one conversation, in a terminal or over a pipe."""
