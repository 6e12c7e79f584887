"""Scores with one recurrent layer or another."""

from deepmirnatar.figures.four_scores import FourScores


class Figure(FourScores):
    title = "recurrent layer"
    paper = "Figure 12"
