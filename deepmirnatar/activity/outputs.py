"""A result's files: families.tsv, targets.tsv and one page, report.html, that loads nothing from anywhere."""

from pathlib import Path

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from deepmirnatar import __version__
from deepmirnatar.activity.explain import Result
from deepmirnatar.activity.plots import cumulative_plot, rank_plot
from deepmirnatar.activity.stepwise import THRESHOLD
from deepmirnatar.common.did_you_mean import plural
from deepmirnatar.common.files import atomic, write_tsv

ROWS, TARGETS = 200, 50  # of the page; the tables hold all
LIMITS = np.array([0.01, 0.1, 0.25])  # of predicted repression, log2 units: none, < .1, < .25, more
QUICK_LIMITS = np.array([0.01, 0.5, 1.0])  # of the weighted count of sites
LABELS = {
    False: ["none", "below 0.1", "0.1 to 0.25", "0.25 and more"],
    True: ["none", "below 0.5", "0.5 to 1", "1 and more"],
}


def save(result: Result, folder: str | Path, title: str) -> list[Path]:
    """Write the three files, and return their paths. `title`: what was explained, such as the table's name."""
    folder = Path(folder)
    paths = [folder / name for name in ("families.tsv", "targets.tsv", "report.html")]
    write_tsv(result.families.assign(step=result.families["step"].astype(object)), paths[0])
    write_tsv(result.targets, paths[1])
    with atomic(paths[2]) as part:
        part.write_text(page(result, title), encoding="utf-8")
    return paths


def page(result: Result, title: str) -> str:
    """The report as HTML text."""
    templates = Environment(
        loader=PackageLoader("deepmirnatar", ""), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    named = result.families.dropna(subset="step").sort_values("step")
    return templates.get_template("activity/report.html.jinja").render(
        title=title,
        verdict=result.verdict,
        notes=result.notes,
        figures=_figures(result, len(named)),
        threshold=f"{THRESHOLD:g}",
        rank_plot=Markup(_rank_plot(result)),
        named=[_section(result, row) for row in named.itertuples()],
        families=[_row(row) for row in result.families.head(ROWS).itertuples()],
        left=max(len(result.families) - ROWS, 0),
        is_list=result.is_list,
        quick=result.predicted.quick,
        version=__version__,
    )


def summary(result: Result) -> str:
    """A few lines for the terminal."""
    named = result.families.dropna(subset="step").sort_values("step")
    lines = [result.verdict]
    for row in named.itertuples():
        lines.append(
            f"  {row.step}. {row.mirna} ({row.family}), {row.direction}, z {row.step_z:.1f}, q {row.q:.1g}, "
            f"{row.genes_with_site:,} genes with a site; first: {row.top_targets.replace(',', ', ')}"
        )
    return "\n".join(lines)


def _figures(result: Result, named: int) -> dict[str, str]:
    genes = int(result.genes["listed"].sum()) if result.is_list else len(result.genes)
    return {
        f"{plural(genes, 'gene')} {'of the list' if result.is_list else 'matched'}": f"{genes:,}",
        "families compared": f"{len(result.families):,}",
        f"{'family' if named == 1 else 'families'} named": f"{named}",
    }


def _rank_plot(result: Result) -> str:
    table = result.families
    names = {row: table["mirna"].iloc[row] for row in np.flatnonzero(table["step"].notna())}
    if table.empty:
        return ""
    return rank_plot(table["z"].to_numpy(), table["conserved"].to_numpy(dtype=bool), names, THRESHOLD)


def _section(result: Result, row) -> dict:
    """A named family's drawing and first targets."""
    targets = result.targets[result.targets["family"] == row.family]
    chart = ""
    if not result.is_list:
        column = int(np.flatnonzero(result.predicted.families["family"] == row.family)[0])
        predicted = result.predicted.repression[result.genes["row"], column].astype(float)
        quick = result.predicted.quick
        classes = np.searchsorted(QUICK_LIMITS if quick else LIMITS, predicted, side="right")
        chart = cumulative_plot(result.genes["log2fc"].to_numpy(), classes, LABELS[quick], row.mirna)
    first = row.top_targets.split(",") if row.top_targets else []
    listed = targets.set_index("gene").loc[[gene for gene in first if gene in set(targets["gene"])]].reset_index()
    rest = targets[~targets["gene"].isin(first)].head(TARGETS - len(listed))
    shown = pd.concat([listed, rest], ignore_index=True)
    return {
        **_row(row),
        "chart": Markup(chart),
        "targets": [_target(each) for each in shown.itertuples()],
        "all": len(targets),
    }


def _row(row) -> dict:
    step = "" if pd.isna(row.step) else int(row.step)
    means = {name: _signed(getattr(row, name)) for name in ("mean_log2fc_targets", "mean_log2fc_others", "effect")}
    return {**row._asdict(), "step": step, "z": _signed(row.z, 1), "q": f"{row.q:.1g}", **means,
            "members": row.mirnas.replace(",", ", "), "top": row.top_targets.replace(",", ", ")}  # fmt: skip


def _target(row) -> dict:
    p = "" if pd.isna(row.p) else f"{row.p:.1g}"
    return {
        "gene": row.gene,
        "log2fc": _signed(row.log2fc),
        "p": p,
        "predicted": _signed(row.predicted),
        "site": row.best_site,
    }


def _signed(value: float, digits: int = 2) -> str:
    return "" if pd.isna(value) else f"{value:.{digits}f}".replace("-", "−")
