"""Decisions about requests of a user's own: clear ones and their unclear twins."""
