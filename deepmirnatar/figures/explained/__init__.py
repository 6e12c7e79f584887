"""The explanatory figures: the paper's Figures 2 to 7."""
