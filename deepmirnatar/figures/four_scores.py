"""The base of figures that show four scores of a few models side by side."""

from deepmirnatar.figures import base, charts
from deepmirnatar.figures.colours import method_styles

SHOWN = ["auroc", "auprc", "sensitivity", "f1"]
CAPTION = (
    "AUC, average precision, sensitivity and F on the test split, at the default threshold. Small points: seeds. "
    "Lines: their standard deviation or, with one seed, the 95 % interval of the bootstrap over (miRNA, gene) pairs. "
    "Axes do not start at zero."
)


class FourScores(base.Figure):
    caption = CAPTION

    def draw(self, data: base.Data):
        figure, axes = charts.panels(len(SHOWN), width=4.2, height=1.1 + 0.32 * len(data.models), columns=2)
        draw_scores(axes, data)
        figure.suptitle(head(data), fontsize=9)
        return figure


def draw_scores(axes: list, data: base.Data) -> None:
    """One panel per score, two in a row."""
    labels = told_apart(data.models)
    colours = {name: colour for name, (colour, _) in method_styles(data.models).items()}
    for number, (axis, metric) in enumerate(zip(axes, SHOWN, strict=True)):
        charts.dots(axis, data.on_own_test(metric), labels, colours)
        axis.set(title=charts.NAMES[metric], xlabel="value")
        if number % 2:
            axis.set_yticklabels([])


def head(data: base.Data) -> str:
    """Which rows, how many seeds, and what the lines are."""
    rows = data.on_own_test("auroc")
    seeds = rows["seed"].nunique()
    line = "standard deviation over seeds" if seeds > 1 else "95 % interval, (miRNA, gene) pairs bootstrapped"
    count = f"{seeds} seeds" if seeds > 1 else "1 seed"
    return f"{data.dataset}:test, n = {rows['n'].max():,.0f} pairs; {count}; lines: {line}"


def told_apart(models: dict[str, dict]) -> dict[str, str]:
    """Names to print; if a chart shows variants of a model, its name gets the settings that differ."""
    labels = {}
    for name, stanza in models.items():
        own, swept = stanza["settings"], {}
        for other in models.values():
            if other["predictor"] == stanza["predictor"] and other["label"].startswith(f"{stanza['label']}, "):
                swept |= {key: own[key] for key, value in other["settings"].items() if own[key] != value}
        labels[name] = ", ".join([stanza["label"], *(f"{key.replace('_', ' ')} {swept[key]}" for key in sorted(swept))])
    return labels
