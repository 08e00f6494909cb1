"""Metrics, each a function of how much every row weighs.

A metric takes weights of the form (draws, rows), with a row of weights per resample, and gives a value per
draw, NaN where there is none. So a figure and its bootstrap interval are one definition: see eval.statistics.
"""
