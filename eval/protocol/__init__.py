"""The two rounds of an evaluation: a system decides, somebody answers, the system writes code."""
