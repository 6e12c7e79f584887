"""The model of binding: shares of each seed type and region and the slope on the context, fitted on chimeras.

Reads chimeras of several sources, mRNAs, miRNAs and the model of repression; writes the model, how many seed matches of
each source are seen, and how well scores rank the seed matches of a source that the model was not fitted on.
"""

from datetime import UTC, datetime

from deepmirnatar.binding.chimeras import SOURCES, read_chimeras, same_mrnas, seed_matches
from deepmirnatar.binding.fit import Scored, fit, shares
from deepmirnatar.common.files import sha256, write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.evaluation.binding_within_type import sources_left_out
from deepmirnatar.repression.experiments import read_mrnas
from deepmirnatar.repression.model import Repression
from deepmirnatar.rna.sites import Targets
from deepmirnatar.sources.mirbase import read_mature


def main(files: dict, weights: str, shares_table: str, within_table: str, seed: int) -> None:
    mrnas, model = read_mrnas(files["mrnas"]), Repression.load(files["repression"])
    chimeras = read_chimeras({name: files[name] for name in SOURCES}, read_mature(files["mature"]), mrnas)
    targets, every, same = Targets.of(mrnas), [], []
    for source in SOURCES:
        matches = seed_matches(source, chimeras, mrnas)
        compared = same_mrnas(matches, mrnas)
        every.append(Scored.of(matches, targets, model))
        same.append(Scored.of(compared, targets, model))
        log.info(
            "%s: %d miRNAs, %d seed matches on mRNAs with any chimera, %d seen; compared on the same mRNAs: %d and %d",
            *(source, len(matches.mirnas), len(matches.seen), matches.seen.sum()),
            *(compared.seen.sum(), (~compared.seen).sum()),
        )
    found = sources_left_out(every, same, mrnas, seed)
    for row in found.itertuples():
        log.info("%s, %s: AUROC within type %.3f (%.3f to %.3f)", row.left_out, row.score, row.auroc, row.low, row.high)
    write_tsv(found.assign(date=datetime.now(UTC).date().isoformat(), seed=seed), within_table)
    write_tsv(shares([each.matches for each in every]), shares_table)
    fitted = fit(every, same)
    log.info("slope %.3f", fitted.slope)
    fitted.save(weights, sources=[*SOURCES], repression_sha256=sha256(files["repression"]))


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(dict(snakemake.input.items()), *snakemake.output, snakemake.params.seed)
