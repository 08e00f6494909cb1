"""The engine over llama.cpp: prefill, decode, log-probabilities, adapters."""
