"""The registry: which models are known, which are on this machine, and how they get there."""
