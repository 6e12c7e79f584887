"""The audit of one table of pairs, as files: audit.tsv, mirna_balance.tsv and one HTML page with the plots."""

from pathlib import Path

import pandas as pd

from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.files import atomic, write_tsv
from deepmirnatar.common.logs import log
from deepmirnatar.common.tables import header
from deepmirnatar.datasets.splits import split_rows
from deepmirnatar.evaluation.dataset_audit import SUSPICIOUS, audit
from deepmirnatar.prediction.report import TEMPLATES
from deepmirnatar.sources.user import parse

CHARTS = {
    "shortcut": "What shortcuts score",
    "signal": "What the seed match scores",
    "overlap": "What of the test rows is seen in training",
}


def audit_table(
    pairs: Path,
    out: Path,
    columns: dict[str, str] | None = None,
    split: str | None = None,
    backwards: bool = False,
    seed: int = 1,
) -> list[Path]:
    """Audit a table of pairs into a folder; returns the files written, the page last.

    Parameters
    ----------
    pairs : TSV, CSV or FASTA as `sources.user.parse` reads it; a column `split` (train, valid, test) may be there.
    out : folder; files of these names in it are replaced.
    columns : our column names to the table's, where they differ.
    split : a strategy of `datasets.splits`; by default the table's own column, without one `by_gene`.
    backwards : True for a table that writes miRNAs 3'->5'.
    seed : of the split.

    Raises ValueError with one sentence for a table that cannot be read.
    """
    rows, _ = parse({"pairs": pairs}, {}, pairs.stem, columns or {}, "3to5" if backwards else "5to3")
    has_split = "split" in header(pairs)
    if split == "given" and not has_split:
        raise ValueError(f"{pairs}: has no column 'split'; choose another --split than given")
    strategy = split or ("given" if has_split else "by_gene")
    if strategy != "given":
        rows, _ = split_rows(rows, strategy, seed=seed)
        log.info("split %s: the table %s", strategy, "has its own split" if has_split else "has no split")
    found, balance = audit(lambda: [rows], seed=seed)
    written = [out / "audit.tsv", out / "mirna_balance.tsv", out / "audit.html"]
    out.mkdir(parents=True, exist_ok=True)
    write_tsv(found, written[0])
    write_tsv(balance, written[1])
    with atomic(written[2]) as part:
        part.write_text(audit_page(found, balance, pairs.name, strategy), encoding="utf-8")
    return written


def audit_page(found: pd.DataFrame, balance: pd.DataFrame, name: str, strategy: str) -> str:
    """The audit as HTML text that loads nothing. `found`, `balance`: as `dataset_audit.audit` returns them."""
    verdict = found[found["check"] == "verdict"].iloc[0]
    # A count of clusters is not a share of the test rows.
    charts = {
        title: rows.to_dict("records")
        for check, title in CHARTS.items()
        if len(rows := found[(found["check"] == check) & (found["subject"] != "site clusters on both sides")])
    }
    return TEMPLATES.get_template("audit.html.jinja").render(
        title=f"Audit of {name}",
        verdict=verdict["subject"],
        rows=counted(verdict["n"], "pair"),
        strategy=strategy,
        suspicious=SUSPICIOUS,
        charts=charts,
        table=found[found["check"] != "verdict"].to_dict("records"),
        balance=balance.head(20).to_dict("records"),
    )
