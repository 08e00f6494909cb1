"""Everything that writes GGUF: adapters, merged models, quantised ones, and what else runs them."""
