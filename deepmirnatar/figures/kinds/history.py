"""Loss and validation AUC by epoch, of every model that is trained by epochs."""

from deepmirnatar.figures import base, charts
from deepmirnatar.figures.colours import DARK, method_styles


class Figure(base.Figure):
    title = "training: loss and AUC by epoch"
    caption = (
        "Training loss, validation loss and validation AUC by epoch. Lines are means over seeds, thin "
        "lines, of six models at most, the seeds. The weights kept are those of the epoch with the best validation AUC."
    )
    reads = ("histories",)
    per = "experiment"
    always = True

    def draw(self, data: base.Data):
        table = data["histories"]
        if not len(table):
            return charts.empty("no model of this experiment is trained by epochs")
        names = [name for name in data.models if name in set(table["model"])]
        styles = method_styles({name: data.models[name] for name in names})
        datasets = list(table["dataset"].unique())
        rows = -(-len(names) // 3)
        figure, axes = charts.panels(
            3 * len(datasets), width=3.6, height=2.9 + 0.2 * (rows + 1) / len(datasets), columns=3
        )
        for row, dataset in enumerate(datasets):
            part = table[table["dataset"] == dataset]
            train, valid, auc = axes[3 * row : 3 * row + 3]
            for axis, column, what in (
                (train, "train_loss", "training loss"),
                (valid, "valid_loss", "validation loss"),
                (auc, "valid_auroc", "validation AUC"),
            ):
                charts.losses(axis, part, column, styles)
                axis.set(title=f"{dataset}: {what}", ylabel="AUC" if axis is auc else "cross-entropy, nats")
        charts.legend_below(figure, charts.lines(styles, {name: data.labels[name] for name in names}))
        seeds = table["seed"].nunique()
        if seeds > 1:
            figure.suptitle(f"means of {seeds} seeds", fontsize=9, color=DARK)
        return figure
