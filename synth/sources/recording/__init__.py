"""Running code once to know what it does: outputs recorded in the sandbox, kept by content."""
