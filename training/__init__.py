"""Clarify-aware fine-tuning, from a data set to an adapter that llama.cpp runs."""
