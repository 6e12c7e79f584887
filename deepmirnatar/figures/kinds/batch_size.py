"""Scores by batch size."""

from deepmirnatar.figures.four_scores import FourScores


class Figure(FourScores):
    title = "batch size"
    paper = "Figure 9"
