"""For each dataset of an experiment: the AUC of its models beside what shortcuts score, and what leaks.

Reads audits and metrics tables.
"""

import textwrap
from pathlib import Path

import pandas as pd

from deepmirnatar.common.files import read_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.figures.charts import COLOURS, bars, panels, save


def main(audits: list[str], metrics: str, labels: dict[str, str], outputs: list[str]) -> None:
    scores = read_tsv(metrics)
    rows = 8 + len(labels)
    figure, axes = panels(2 * len(audits), width=5.6, height=max(4.2, 1.6 + 0.2 * rows), columns=2)
    for row, path in enumerate(audits):
        name, audit = Path(path).parent.name, read_tsv(path)
        own = scores[
            (scores["test_set"] == f"{name}:test") & (scores["dataset"] == name) & (scores["metric"] == "auroc")
        ]
        own = own.groupby("model", sort=False)[["value", "low", "high"]].mean().reset_index()
        own = own.assign(label=own["model"].map(lambda model: labels.get(model, model)), colour=COLOURS[0])
        kinds = {"shortcut": COLOURS[1], "signal": COLOURS[2]}
        found = audit[audit["check"].isin(kinds)]
        found = found.assign(label="audit: " + found["subject"], colour=found["check"].map(kinds))
        shown = (
            pd.concat([own, found])[["label", "value", "low", "high", "colour"]]
            if len(own)
            else found.assign(low=None, high=None)
        )
        left, right = axes[2 * row], axes[2 * row + 1]
        if len(shown):
            bars(left, shown)
        left.axvline(0.5, color="#999999", linewidth=0.8)
        n = int(found["n"].max()) if len(found) else 0
        left.set(title=f"{name}: AUC on test (n = {n:,})", xlim=(0, 1.12))
        left.set_xlabel(
            "AUC; grey line: chance\nblue: a model; orange: a shortcut; green: the seed, which is no shortcut"
        )
        overlap = audit[(audit["check"] == "overlap") & (audit["value"] <= 1)].rename(columns={"subject": "label"})
        overlap = overlap[overlap["label"] != "site clusters on both sides"]
        if len(overlap):
            bars(right, overlap[["label", "value"]].assign(low=float("nan"), high=float("nan")), COLOURS[4])
        right.set(title="test rows also seen in train or valid", xlim=(0, 1.12))
        text = audit.loc[audit["check"] == "verdict", "subject"].iloc[0]
        right.set_xlabel("fraction of test rows")
        # Left-aligned and as wide as the panel, so that nothing leaves the page.
        place = {"xycoords": "axes fraction", "textcoords": "offset points"}
        right.annotate(_wrap(text), (0, 0), (-90, -46), **place, va="top", fontsize=8.5)
    save(figure, *outputs)


def _wrap(text: str, width: int = 66) -> str:
    return "\n".join(textwrap.wrap(f"Verdict: {text}", width))


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(list(snakemake.input.audits), snakemake.input.metrics, snakemake.params.labels, list(snakemake.output))
