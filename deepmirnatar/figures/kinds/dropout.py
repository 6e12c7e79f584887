"""Scores by dropout."""

from deepmirnatar.figures.four_scores import FourScores


class Figure(FourScores):
    title = "dropout"
    paper = "Figure 10"
