"""Evaluation on HumanEvalComm and HumanEval, judging the decision code that the assistant ships."""
