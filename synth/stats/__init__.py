"""Figures of a data set: counts, and the paper's RQ3 (table 6): entropy and perplexity by type."""
