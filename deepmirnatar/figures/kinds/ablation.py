"""What each part of a model is worth: validation loss by epoch and scores on the test split, with parts left out."""

import pandas as pd

from deepmirnatar.figures import base, charts, four_scores
from deepmirnatar.figures.colours import method_styles


class Figure(base.Figure):
    title = "ablation"
    paper = "Figure 8"
    caption = (
        "A: validation loss by epoch of the model and of its parts left out; thick: mean over seeds, thin: "
        "each seed, of six models at most. "
        "The weights kept are those of the epoch with the best validation AUC, not of the lowest loss. B: "
    ) + four_scores.CAPTION
    reads = ("metrics", "histories")

    def draw(self, data: base.Data):
        plt, height = charts.pyplot(), 1.1 + 0.32 * len(data.models)
        figure = plt.figure(figsize=(8.4, 3.4 + 2 * height))
        above, below = figure.subfigures(2, 1, height_ratios=[3.4, 2 * height])
        styles = method_styles(data.models)
        _loss(above, data["histories"], styles, data.labels)
        four_scores.draw_scores(list(below.subplots(2, 2).flat), data)
        above.suptitle(f"A   validation loss, {data.dataset}", x=0.01, ha="left", fontsize=9)
        below.suptitle(f"B   {four_scores.head(data)}", x=0.01, ha="left", fontsize=9)
        return figure


def _loss(figure, histories: pd.DataFrame, styles: dict, labels: dict[str, str]) -> None:
    axis = figure.subplots()
    if not len(histories):
        axis.text(0.5, 0.5, "none of these models is trained by epochs", ha="center", transform=axis.transAxes)
        return
    charts.losses(axis, histories, "valid_loss", styles)
    axis.set_ylabel("cross-entropy, nats")
    trained = set(histories["model"])
    handles = charts.lines(styles, {name: label for name, label in labels.items() if name in trained})
    axis.legend(handles=handles, loc="center left", bbox_to_anchor=(1.01, 0.5))
