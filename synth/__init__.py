"""Clarification data: clear problems, their unclear versions, and the questions that undo the change."""
