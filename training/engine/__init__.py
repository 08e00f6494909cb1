"""The engine: a base model in memory, its loss, and the loop of steps with checkpoints."""
