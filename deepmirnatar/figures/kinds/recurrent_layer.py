"""Scores with one recurrent layer or another."""

from deepmirnatar.figures.scores import FourScores


class Figure(FourScores):
    title = "recurrent layer"
    paper = "Figure 12"
