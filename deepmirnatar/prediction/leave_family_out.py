"""Leave-family-out evaluation on transfections: AUROC, average precision, Spearman's rho of score against -logFC, and
how many of the first genes are repressed.

One row per experiment and score, then the means. The miRNA's seed family (nt 2-8) is left out of the fit. Every gene
with a 3'UTR takes part; one without a seed match (6mer or better) gets the lowest score. `repression, all classes`
alone counts weaker sites (offset 6mer, one G-U pair, one mismatch) in such genes too.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score, roc_auc_score

from deepmirnatar.prediction.repression import fit, without_shared_response
from deepmirnatar.rna.sequences import family, joined, padded
from deepmirnatar.rna.site_features import CLASSES, SeedIndex, Sites, find_sites

COUNT_WEIGHTS = np.array([1, 0.6, 0.5, 0.2, 0, 0, 0])  # of a class in the weighted count of seed sites
ANY_SITE = {"repression, all classes"}
FIRST = 100  # genes of a list that a user may look at
SEED_MATCHES = 4  # 8mer, 7mer-m8, 7mer-A1, 6mer


def sums(sites: Sites, values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """`values` (sites, columns) added up over each miRNA and gene; shape (miRNAs, genes, columns)."""
    gene = sites.mirna.astype(np.int64) * shape[1] + sites.utr
    return np.stack([np.bincount(gene, column, shape[0] * shape[1]).reshape(shape) for column in values.T], axis=2)


def ridge(x: np.ndarray, y: np.ndarray, train: np.ndarray, penalty: float = 10.0) -> np.ndarray:
    """Ridge regression of y (experiments, genes) on x (..., columns), fitted where `train`; predictions everywhere."""
    mean, scale = x[train].mean(axis=0), x[train].std(axis=0) + 1e-9
    z = (x - mean) / scale
    some = z[train]
    gram = some.T @ some + penalty * np.eye(x.shape[2])
    return z @ np.linalg.solve(gram, some.T @ (y[train] - y[train].mean()))


def measures(score: np.ndarray, log_fc: np.ndarray, repressed: np.ndarray) -> dict[str, float]:
    """For the genes of one experiment: score (genes,), higher: more repressed."""
    first = np.argsort(-score, kind="stable")[:FIRST]
    return {
        "AUROC": roc_auc_score(repressed, score),
        "AP": average_precision_score(repressed, score),
        "Spearman": spearmanr(score, -log_fc).statistic,
        f"first {FIRST}": repressed[first].mean(),
        "all": repressed.mean(),
    }


@dataclass
class Transfections:
    """Experiments in alphabetical order of their file names (rows), genes in the order of `utrs` (columns)."""

    names: list[str]
    mirnas: list[str]  # names
    families: np.ndarray  # nt 2-8 of each experiment's miRNA
    series: np.ndarray  # which experiments share their controls
    log_fc: np.ndarray  # (experiments, genes); NaN where a gene is missing
    repressed: np.ndarray  # the same, of 0 and 1
    utr_lengths: np.ndarray  # (genes,)
    sites: Sites  # of experiment e's miRNA, `mirna == e`, on all 3'UTRs

    @classmethod
    def scan(cls, experiments: pd.DataFrame, mirnas: dict[str, str], utrs: dict[str, str]) -> "Transfections":
        """From tables as `read_experiments` gives them."""
        names = sorted(experiments["experiment"].unique())
        of = experiments.drop_duplicates("experiment").set_index("experiment")["mirna"][names].tolist()
        sequences = [mirnas[name] for name in of]
        (codes, ends), bases = joined(list(utrs.values())), padded(sequences)
        log_fc, repressed = (
            experiments.pivot(index="experiment", columns="gene", values=values)
            .reindex(index=names, columns=list(utrs))
            .to_numpy(dtype=float)
            for values in ("logFC", "repressed")
        )
        return cls(
            names,
            of,
            np.array([family(sequence) for sequence in sequences]),
            np.array([name.split("_")[0] for name in names]),
            log_fc,
            repressed,
            np.diff(ends),
            find_sites(codes, ends, bases, SeedIndex(bases)),
        )


def leave_family_out(data: Transfections) -> pd.DataFrame:
    """Columns experiment, score (name), and what `measures` gives: the fraction of repressed genes comes last."""
    sites, log_fc, families = data.sites, data.log_fc, data.families
    shape, known = log_fc.shape, np.isfinite(log_fc)
    counts = sums(sites, (sites.seed_type[:, None] == np.arange(len(CLASSES))).astype(float), shape)
    one_hot = np.eye(len(CLASSES))[sites.seed_type][:, :SEED_MATCHES]
    au, distance = sites.features[:, :2].mean(axis=1, keepdims=True), sites.features[:, 4:5]
    length = np.broadcast_to(np.log(data.utr_lengths)[None, :, None], (*shape, 1))
    plain = np.concatenate([sums(sites, np.hstack([one_hot, one_hot * au, one_hot * distance]), shape), length], axis=2)
    change = np.clip(np.nanmedian(log_fc, axis=1, keepdims=True) - log_fc, -1, 2)
    none = counts[:, :, :SEED_MATCHES].sum(axis=2) == 0

    rows = []
    for row, name in enumerate(data.mirnas):
        train = families != families[row]
        rest = np.where(train[:, None], log_fc, np.nan)
        model = fit(sites, without_shared_response(rest, data.series))
        scores = {
            "weighted count": (counts @ COUNT_WEIGHTS)[row],
            "ridge": ridge(plain, change, known & train[:, None])[row],
            "repression": model.predict(sites, *shape)[row],
        }
        scores["repression, all classes"] = scores["repression"]
        genes = known[row]
        repressed = data.repressed[row, genes].astype(bool)
        for which, score in scores.items():
            score = (score if which in ANY_SITE else np.where(none[row], score.min() - 1, score))[genes]
            rows.append({"experiment": name, "score": which, **measures(score, log_fc[row, genes], repressed)})
    return pd.DataFrame(rows)
