"""Text backends: one small protocol over a local GGUF file, OpenAI-compatible servers and Gemini."""
