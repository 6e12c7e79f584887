"""miRAW's way (Pla et al. 2018): windows of non-target genes' 3'UTRs that could bind, and bind stably.

For each miRNA with n positives, n windows: scan 3'UTRs of genes that are not known targets in windows of 40 nt,
step 5; keep a window where at least `min_base_pairs` of the miRNA's nt 1-10 can pair (Watson-Crick or G-U) at one
ungapped position; drop windows with N or near a positive site; at most `per_mirna_gene` windows per (miRNA, gene);
fold what is left and keep those with RNAcofold dG_bind <= `energy`.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from deepmirnatar.common.logs import log
from deepmirnatar.common.settings import setting
from deepmirnatar.rna.energies import binding_energies
from deepmirnatar.rna.near_identical import SHARED, shared_runs
from deepmirnatar.rna.sequences import PAIRS, encode


@dataclass
class Settings:
    window: int = setting(40, "nt of a window", least=1, most=1000)
    step: int = setting(5, "nt between the starts of two windows", least=1, most=1000)
    pair_from: int = setting(1, "first miRNA nt that is asked to pair", least=1, most=30)
    pair_to: int = setting(10, "last miRNA nt that is asked to pair", least=2, most=30)
    min_base_pairs: int = setting(
        6, "of these nt, how many must pair (Watson-Crick or G-U) in one register", least=0, most=30
    )
    # 'MFE < 0' passes every random window and filters nothing.
    energy: float = setting(-5.0, "highest RNAcofold dG_bind, kcal/mol", most=0)
    # Without a cap few genes supply all negatives.
    per_mirna_gene: int = setting(3, "windows for each (miRNA, gene) at most", least=1)
    ratio: float = setting(1.0, "negatives for each positive", above=0, most=1000)
    max_rounds: int = setting(12, "rounds of drawing and folding at most", least=1, most=1000)

    def check(self) -> None:
        """ValueError where settings contradict each other."""
        if self.pair_from > self.pair_to:
            raise ValueError(f"pair_from: {self.pair_from} is behind pair_to, {self.pair_to}")
        span = self.pair_to - self.pair_from + 1
        if self.min_base_pairs > span:
            raise ValueError(f"min_base_pairs: {self.min_base_pairs} is more than the {span} nt that are asked to pair")
        if self.step > self.window:
            raise ValueError(f"step: {self.step} is more than window, {self.window}; windows would leave gaps")
        if span > self.window:
            raise ValueError(f"window: {self.window} nt do not hold the {span} nt that are asked to pair")


REFERENCE = ("mirnas", "utrs", "known_targets")


def candidate_windows(mirna: np.ndarray, utr: np.ndarray, settings: Settings) -> np.ndarray:
    """Starts (0-based) of windows that pass the pair rule and hold no N; codes as in `sequences.encode`."""
    count = len(utr) - settings.window + 1
    if count < 1:
        return np.empty(0, dtype=int)
    paired = np.zeros(len(utr), dtype=np.int8)
    span = settings.pair_to - settings.pair_from
    # miRNA nt `pair_from` faces position p, the next nt p - 1, and so on: strands are antiparallel.
    for step, base in enumerate(mirna[settings.pair_from - 1 : settings.pair_to]):
        paired[span:] += PAIRS[base][utr][span - step : len(utr) - step]
    starts = np.arange(0, count, settings.step)
    inside = np.lib.stride_tricks.sliding_window_view(paired, settings.window)[starts][:, span:]
    unknown = np.lib.stride_tricks.sliding_window_view(utr == 4, settings.window)[starts]
    return starts[(inside.max(axis=1) >= settings.min_base_pairs) & ~unknown.any(axis=1)]


def make(positives: pd.DataFrame, reference: dict, settings: dict, seed: int, processes: int) -> tuple:
    """Negatives with their `energy`; see the module. Fewer, with a warning, where rounds or 3'UTRs run out; ValueError
    where there is none at all."""
    settings = Settings(**settings)
    rng = np.random.default_rng(seed)
    utrs = reference["utrs"]
    utrs = utrs[utrs["sequence"].str.len() >= settings.window].reset_index(drop=True)
    codes = [encode(sequence) for sequence in utrs["sequence"]]
    targets_of = _targets(positives, reference)
    positive_runs = positives.groupby("mirna_sequence")["target_sequence"].agg(
        lambda sites: set(shared_runs(sites.drop_duplicates())[1])
    )
    wanted = positives.groupby(["mirna", "mirna_sequence"]).size().mul(settings.ratio).round().astype(int)

    made: list[pd.DataFrame] = []
    missing = wanted.copy()
    queue = {key: iter(rng.permutation(len(utrs))) for key in wanted.index}
    folded, seen, of_pair = 0, set(), Counter()
    for number in range(1, settings.max_rounds + 1):
        if not len(missing):
            break
        rows = []
        for (name, mirna), count in missing.items():
            forbidden = targets_of.get(name, set()) | targets_of.get(mirna, set())
            # About two in five windows bind stably enough; draw with a margin.
            need, bases = int(3 * count) + 5, encode(mirna)
            runs = positive_runs[mirna]
            for place in queue[name, mirna]:
                gene = utrs["gene"].iat[place]
                if gene in forbidden:
                    continue
                starts = candidate_windows(bases, codes[place], settings)
                utr = utrs["sequence"].iat[place]
                for start in rng.permutation(starts):
                    window = utr[start : start + settings.window]
                    if of_pair[name, gene] == settings.per_mirna_gene:
                        break
                    # Several genes can have the same 3'UTR: a window is folded for a miRNA once.
                    if (mirna, window) in seen or not runs.isdisjoint(shared_runs([window])[1]):
                        continue
                    seen.add((mirna, window))
                    rows.append((name, mirna, gene, window, start))
                    of_pair[name, gene] += 1
                    need -= 1
                if need <= 0:
                    break
        if not rows:
            break
        table = pd.DataFrame(rows, columns=["mirna", "mirna_sequence", "target", "target_sequence", "utr_start"])
        table["energy"] = binding_energies(
            table["mirna_sequence"], table["target_sequence"], processes, f"negatives, round {number}"
        )
        folded += len(table)
        stable = table[table["energy"] <= settings.energy]
        key = pd.MultiIndex.from_frame(stable[["mirna", "mirna_sequence"]])
        rank = stable.groupby(["mirna", "mirna_sequence"]).cumcount()
        stable = stable[rank.to_numpy() < missing.reindex(key).to_numpy()]
        made.append(stable)
        got = stable.groupby(["mirna", "mirna_sequence"]).size()
        missing = missing.sub(got, fill_value=0).astype(int)
        missing = missing[missing > 0].sort_index()
        log.info(
            "negatives: round %d folded %d windows, kept %d, still missing %d",
            number,
            len(table),
            len(stable),
            missing.sum(),
        )
    negatives = pd.concat(made, ignore_index=True) if made else pd.DataFrame()
    if not len(negatives):
        raise ValueError("no 3'UTR window passed the pair rule and the energy; relax `energy` or `min_base_pairs`")
    if len(missing):
        log.warning(
            "negatives: %d could not be made for %d miRNAs in %d rounds; raise max_rounds, per_mirna_gene or energy",
            missing.sum(),
            len(missing),
            number,
        )
    counts = {
        "windows folded": folded,
        f"windows with dG_bind <= {settings.energy:g} kcal/mol, kept": len(negatives),
        "negatives that could not be made": int(missing.sum()),
        "shared run that counts as near a positive (nt)": SHARED,
    }
    return positives, negatives.assign(split="train", mock=0, mirna_written="5to3"), counts


def _targets(positives: pd.DataFrame, reference: dict) -> dict[str, set]:
    """Known and given targets of each miRNA by its name and by its sequence, since several names share some."""
    known = reference["known_targets"][["mirna", "gene"]].assign(
        mirna_sequence=lambda rows: rows["mirna"].map(reference["mirnas"].set_index("name")["sequence"])
    )
    pairs = pd.concat([known, positives.rename(columns={"target": "gene"})])
    return {
        key: genes
        for column in ("mirna", "mirna_sequence")
        for key, genes in pairs.groupby(column)["gene"].agg(set).items()
    }
