"""The project's own problems: clear texts, the points where each can be made unclear, and their proof."""
