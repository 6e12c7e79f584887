"""Candidate target sites of a user's miRNAs on a user's 3'UTRs, as a pairs table.

Reads sequences only. The label of a candidate is unknown; the table's format asks for one, and 0 is written.
"""

import pandas as pd

from deepmirnatar.common.files import atomic, write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.pairs import write_pairs
from deepmirnatar.prediction import study_sites


def main(name: str, stanza: dict, files: dict[str, str], found: str, tested: str, utrs: str) -> None:
    names = {key: None if isinstance(stanza[key], str) else stanza[key] for key in ("mirnas", "targets")}
    window, count = stanza["window"], stanza["random_targets"]
    mirnas = study_sites.read_mirnas(names["mirnas"], files["mirnas"])
    targets = study_sites.read_targets(names["targets"], files["targets"])
    if count:
        more = study_sites.random_targets(count, files["background"], targets["target"], window, stanza["seed"])
        targets = pd.concat([targets, more], ignore_index=True)
    sites = study_sites.find_sites(mirnas, targets, stanza["candidates"], window, stanza["step"])
    if not len(sites):
        raise ValueError(
            f"predictions.{name}: no candidate site for {len(mirnas)} miRNAs on {len(targets)} 3'UTRs; `candidates: "
            f"all` takes every window of {window} nt. Are the 3'UTRs longer than that, and both written 5'->3'?"
        )
    width = len(str(len(sites)))
    sites["pair_id"] = [f"{name}-{number:0{width}d}" for number in range(1, len(sites) + 1)]
    write_pairs(sites.assign(label=0, split="test", source=name), found)
    lengths = targets.assign(utr_length=targets["sequence"].str.len()).drop(columns="sequence")
    of_reference = (names["targets"] is not None) | (lengths["group"] == "random")
    if of_reference.any():
        lengths["stand_in"] = (of_reference & (lengths["utr_length"] == study_sites.STAND_IN)).astype(int)
    write_tsv(mirnas.merge(lengths, how="cross"), tested)
    with atomic(utrs) as part:
        part.write_text(
            "".join(f">{target}\n{utr}\n" for target, utr in targets[["target", "sequence"]].to_numpy()),
            encoding="utf-8",
        )
    log.info("%d candidate sites of %d miRNAs on %d 3'UTRs", len(sites), len(mirnas), len(targets))


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.wildcards.prediction, snakemake.params.stanza, dict(snakemake.input.items()), *snakemake.output)
