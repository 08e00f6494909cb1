"""The generator `llm`: a model makes a problem unclear and asks the questions that clear it up again.

This is the paper's way (section 4): for each type of flaw a model is told its definition and modifies the
text, then it is shown both texts and asks. What it writes is taken apart strictly; nothing is guessed.
"""

from synth.modifications.llm.generator import LlmGenerator

__all__ = ["LlmGenerator"]
