"""The second stage of training: of two replies to one request, which is better."""
