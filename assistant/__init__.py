"""The terminal coding assistant: decides per request whether to ask or to write code."""
