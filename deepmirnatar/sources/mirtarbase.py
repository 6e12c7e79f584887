"""miRTarBase's strong-evidence pairs, each with its best 40-nt site in the gene's 3'UTR.

miRTarBase names pairs, not sites. The site taken is the one with the strongest seed class and, among those,
the most stable RNAcofold binding; pairs without a 6mer site in the known 3'UTR are left out and counted.
"""

import pandas as pd

from deepmirnatar.rna.energies import binding_energies
from deepmirnatar.rna.seeds import SEED_RANKS, seed_sites
from deepmirnatar.sources import finish


def parse(files: dict, reference: dict, processes: int = 1) -> tuple[pd.DataFrame, dict]:
    strong = reference["known_targets"].query("strong == 1")
    sequence = reference["mirnas"].set_index("name")["sequence"]
    utr = reference["utrs"].set_index("gene")["sequence"]
    usable = strong[strong["mirna"].isin(sequence.index) & strong["gene"].isin(utr.index)]
    candidates = []
    for mirna, gene in zip(usable["mirna"], usable["gene"], strict=True):
        sites = seed_sites(sequence[mirna], utr[gene])
        candidates.append(sites.assign(mirna=mirna, target=gene))
    sites = pd.concat(candidates, ignore_index=True)
    sites["rank"] = sites["seed_type"].map(SEED_RANKS.index)
    best = sites["rank"] == sites.groupby(["mirna", "target"])["rank"].transform("max")
    sites = sites[best].assign(mirna_sequence=lambda rows: rows["mirna"].map(sequence))
    # Only where several sites share the best class does the energy decide.
    tied = sites.duplicated(["mirna", "target"], keep=False)
    sites["energy"] = 0.0
    sites.loc[tied, "energy"] = binding_energies(
        sites.loc[tied, "mirna_sequence"], sites.loc[tied, "sequence"], processes, "best sites"
    )
    sites = sites.sort_values(["mirna", "target", "energy", "start"]).drop_duplicates(["mirna", "target"])
    rows = pd.DataFrame(
        {
            "mirna": sites["mirna"],
            "mirna_sequence": sites["mirna_sequence"],
            "target": sites["target"],
            "target_sequence": sites["sequence"],
            "label": 1,
            "mirna_written": "5to3",
            "seed_type": sites["seed_type"],
            "utr_start": sites["start"],
        }
    )
    counts = {
        "strong-evidence human pairs": len(strong),
        "with a 3'UTR and a miRBase sequence": len(usable),
        "with a 6mer site or better": len(rows),
    }
    return finish(rows, "mirtarbase"), counts
