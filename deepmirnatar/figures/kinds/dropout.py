"""Scores by dropout."""

from deepmirnatar.figures.scores import FourScores


class Figure(FourScores):
    title = "dropout"
    paper = "Figure 10"
