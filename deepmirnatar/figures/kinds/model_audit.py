"""The audit of one model on one dataset: what its score reads, by seed class, seen and unseen rows, calibration."""

import textwrap

import numpy as np
import pandas as pd

from deepmirnatar.figures import base, charts
from deepmirnatar.figures.colours import BLUE, CLASSES, DARK, GREEN, GREY, ORANGE
from deepmirnatar.rna.seeds import SEED_RANKS


class Figure(base.Figure):
    title = "audit of a model"
    caption = (
        "Top left: AUC on the test split; AUC with miRNAs or sites permuted or sites shuffled, where what is left "
        "reads one sequence alone; and the swap AUC, positives against the same sites with the miRNA of another "
        "positive (other family: of another family). A score that only adds a preference for miRNAs and one for "
        "sites gets 0.5 there; grey: the seed match alone. Top right: mean score by seed class. Bottom left: AUC on "
        "test rows that were seen in training and on those that were not. Bottom right: fraction of positives by "
        "score, with the expected calibration error. Bars and lines: means over seeds, with 95 % intervals over "
        "(miRNA, gene) pairs; dots: seeds."
    )
    reads = ("model_audits",)
    per = "model"

    def draw(self, data: base.Data):
        seeds = data["model_audits"]
        tables = [table for _, table in seeds.groupby("seed", sort=False)]
        # Seeds may differ in the bins that hold scores; every other row is in all of them.
        means = seeds.groupby(["check", "subject"], sort=False)[["value", "low", "high", "n"]].mean().reset_index()
        figure, axes = charts.panels(4, width=5.0, height=3.5, columns=2)
        _draw_ranking(axes[0], seeds, means)
        _draw_seed_types(axes[1], seeds, means)
        _draw_seen(axes[2], seeds, means)
        _draw_calibration(axes[3], tables, means)
        number = f", {len(tables)} seeds" if len(tables) > 1 else ""
        verdict = f"Verdict{' on the first' if number else ''}: {tables[0]['subject'].iloc[-1]}"
        title = f"{data.labels[data.model]}, trained and tested on {data.dataset}{number}"
        figure.suptitle("\n".join([title, *textwrap.wrap(verdict, 125)]), x=0.01, ha="left", fontsize=10)
        return figure


def _draw_ranking(axis, seeds: pd.DataFrame, means: pd.DataFrame) -> None:
    ranking, swap, reference, called = (
        means[means["check"] == check] for check in ("ranking", "swap", "swap_reference", "called")
    )
    real = ranking["subject"] == "real"
    ranking = ranking.assign(label=ranking["subject"].where(~real, "test rows"), colour=np.where(real, BLUE, ORANGE))
    # The source is named only where there are several.
    swap = swap if len(swap) > 2 else swap.head(1)
    told = {"all": "swap control"} | {name: f"swap control, {name}" for name in swap["subject"] if name != "all"}
    swap = swap.assign(label=swap["subject"].map(told), colour=GREEN)
    other = means[(means["check"] == "swap_other_family") & (means["subject"] == "all")]
    other = other.assign(label="swap control, other family", colour=GREEN)
    reference = reference.assign(label="swap control, " + reference["subject"], colour=GREEN)
    reference.loc[reference["subject"] == "seed match alone", "colour"] = GREY
    _bars_with_seeds(axis, pd.concat([ranking.head(1), swap, other, reference, ranking.iloc[1:]]), seeds)
    shares = [f"{100 * row.value:.0f} % of {row.subject}" for row in called.itertuples()]
    more = f"\ncalled positive: {', '.join(shares)}" if shares else ""
    axis.set(title="Does the score read the miRNA against the site?", xlabel=f"AUC; line: chance{more}")


def _draw_seen(axis, seeds: pd.DataFrame, means: pd.DataFrame) -> None:
    shown = means[means["check"] == "seen_auroc"]
    unseen = shown["subject"].str.endswith("not seen")
    shown = shown.assign(label=shown["subject"], colour=np.where(unseen, ORANGE, BLUE))
    _bars_with_seeds(axis, shown, seeds)
    counts = means[means["check"] == "seen_rows"].set_index("subject")["n"]
    left_out = [f"{name} (n = {int(counts[name]):,})" for name in counts.index.difference(shown["subject"], sort=False)]
    more = "\n" + "\n".join(textwrap.wrap(f"no AUC: {', '.join(left_out)}", 60)) if left_out else ""
    axis.set(title="AUC on rows seen and not seen in training", xlabel=f"AUC; line: chance{more}")


def _bars_with_seeds(axis, shown: pd.DataFrame, seeds: pd.DataFrame) -> None:
    """AUC bars with n in their labels, a point per seed where there are several, and the line of chance."""
    if len(shown):
        shown = shown.assign(label=[f"{row.label}  (n = {int(row.n):,})" for row in shown.itertuples()])
        charts.bars(axis, shown)
    for place, row in enumerate(shown.iloc[::-1].itertuples()):
        values = seeds.loc[(seeds["check"] == row.check) & (seeds["subject"] == row.subject), "value"]
        if len(values) > 1:
            # Below the middle, where they do not hide the printed value.
            axis.plot(values, np.full(len(values), place - 0.24), "o", color="#000000", markersize=2.5)
    axis.axvline(0.5, color=DARK, linewidth=1, linestyle="--")
    axis.set_xlim(0, 1.18)
    axis.set_xticks([0, 0.25, 0.5, 0.75, 1.0])


def _draw_seed_types(axis, seeds: pd.DataFrame, means: pd.DataFrame) -> None:
    ticks = [[name] for name in SEED_RANKS]
    for name, colour, marker, shift in (("positives", CLASSES[1], "o", -0.12), ("negatives", CLASSES[0], "s", 0.12)):
        axis.plot([], [], marker, color=colour, label=name)
        for place, seed_type in enumerate(SEED_RANKS):
            subject = f"{seed_type}, {name}"
            found = means[(means["check"] == "seed_type_score") & (means["subject"] == subject)]
            ticks[place].append(f"{int(found['n'].iloc[0]):,}" if len(found) else "0")
            if not len(found):
                continue
            row = found.iloc[0]
            reach = [[abs(row["value"] - row["low"])], [abs(row["high"] - row["value"])]]
            style = {"fmt": marker, "color": colour, "capsize": 2, "markersize": 6, "linewidth": 1}
            axis.errorbar(place + shift, row["value"], yerr=reach, **style)
            values = seeds.loc[(seeds["check"] == "seed_type_score") & (seeds["subject"] == subject), "value"]
            if len(values) > 1:
                axis.plot(np.full(len(values), place + shift), values, "o", color="#000000", markersize=2.5)
    axis.set_xticks(range(len(SEED_RANKS)), ["\n".join(lines) for lines in ticks], fontsize=8)
    axis.ticklabel_format(axis="y", useOffset=False)
    axis.set(title="Score by seed class", ylabel="mean score", xlabel="below: n of positives, of negatives")
    axis.legend()


def _draw_calibration(axis, tables: list[pd.DataFrame], means: pd.DataFrame) -> None:
    axis.set(title="Calibration", xlabel="mean score of the bin", ylabel="fraction positive")
    calibration = means[means["check"] == "calibration"].iloc[0]
    if not (means["check"] == "bin_score").any():
        axis.text(0.5, 0.5, "scores are not probabilities", ha="center", transform=axis.transAxes)
        axis.set(xticks=[], yticks=[])
        return
    axis.plot([0, 1], [0, 1], color=DARK, linewidth=1, linestyle="--")
    above = 0.0
    for table in tables:
        scores, positive = (table[table["check"] == check] for check in ("bin_score", "bin_positive"))
        above += (positive["value"].to_numpy() - scores["value"].to_numpy()).mean()
        # The area of a point is the number of rows in its bin.
        sizes = 16 + 200 * positive["n"] / positive["n"].sum()
        low, high = (np.abs(positive["value"] - positive[name]) for name in ("low", "high"))
        axis.errorbar(scores["value"], positive["value"], yerr=[low, high], color=BLUE, linewidth=1, capsize=2)
        axis.scatter(scores["value"], positive["value"], s=sizes, color=BLUE, zorder=3, edgecolor="white")
    error = f"expected calibration error {calibration['value']:.3f}"
    text = f"{error}\nn = {int(calibration['n']):,}\narea of a point: its rows"
    # In the corner that the points leave free.
    corner = {"x": 0.97, "y": 0.03, "ha": "right", "va": "bottom"} if above > 0 else {"x": 0.03, "y": 0.97, "va": "top"}
    axis.text(s=text, transform=axis.transAxes, fontsize=8, **corner)
    axis.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
