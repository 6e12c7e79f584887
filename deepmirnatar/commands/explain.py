"""`deepmirnatar explain`: one duplex as SVG, and as text on the terminal with its score."""

import argparse
import re
from pathlib import Path

import pandas as pd

from deepmirnatar.commands.options import add_mirbase, add_weights
from deepmirnatar.common.files import atomic
from deepmirnatar.common.logs import log

HELP = "draw one duplex with the bases that its score rests on"


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("mirna", metavar="MIRNA", help="mature sequence, 5'->3', or a miRBase name")
    command.add_argument("site", metavar="SITE", help="site on the mRNA, 5'->3'")
    add_mirbase(command)
    add_weights(command)
    command.add_argument("--out", default="duplex.svg", metavar="SVG", help="default: %(default)s")


def run(options) -> None:
    explain_pair(options.mirna, options.site, options.out, options.mirbase, options.weights)


def explain_pair(
    mirna_given: str,
    site_given: str,
    out: str | Path,
    mirbase: str | Path | None = None,
    weights: str | Path | None = None,
) -> None:
    """Draw the duplex of a miRNA (sequence or miRBase name) and a site, both 5'->3', to `out` and the terminal.

    Raises ValueError for a name that means several miRNAs and for what is no sequence.
    """
    from deepmirnatar.prediction.checks import check_mature
    from deepmirnatar.prediction.duplex_svg import as_text, draw_svg, duplex, in_words
    from deepmirnatar.prediction.explain import importance
    from deepmirnatar.prediction.predictor import Predictor
    from deepmirnatar.sources.user import LONGEST_SITE
    from deepmirnatar.species.mirna_names import from_mirbase

    given = {"MIRNA": mirna_given, "SITE": site_given}
    mirna, site = (text.upper().replace("T", "U") for text in given.values())
    if re.search("[-0-9]", mirna):
        chosen, meant = from_mirbase([mirna_given], mirbase)
        if len(chosen) > 1:
            raise ValueError(f"{meant[0]}; give one of them")
        for sentence in meant:
            log.info("%s", sentence)
        mirna = chosen["mirna_sequence"].iloc[0]
    for name, text in (("MIRNA", mirna), ("SITE", site)):
        if not text or set(text) - set("ACGU"):
            raise ValueError(f"{name} {given[name]!r} is no sequence of A, C, G, U or T")
    check_mature(mirna_given, mirna)
    if len(site) > LONGEST_SITE:
        raise ValueError(
            f"SITE has {len(site):,} nt, more than the {LONGEST_SITE:,} that a site may have; give the site"
        )
    predictor = Predictor.load(weights)
    value = predictor.score(pd.DataFrame({"mirna_sequence": [mirna], "target_sequence": [site]}))[0]
    found, probable = duplex(mirna, site), predictor.scorer.probabilities
    with atomic(out) as part:
        part.write_text(draw_svg(found, importance(predictor, mirna, site) if probable else None), encoding="utf-8")
    print(
        as_text(found), in_words(found), f"{'Probability of binding' if probable else 'Score'} {value:.3f}.", sep="\n"
    )
    log.info("drawn: %s", out)
