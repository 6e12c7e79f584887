"""What a prediction is asked for: miRNAs from FASTA or by name, targets from FASTA or a genome, checked."""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.fasta import read_fasta
from deepmirnatar.common.files import atomic
from deepmirnatar.common.letters import odd_letter
from deepmirnatar.common.logs import log
from deepmirnatar.common.text import missing_file
from deepmirnatar.pairs import shorten
from deepmirnatar.prediction.annotation import read_annotated
from deepmirnatar.prediction.checks import check
from deepmirnatar.rna.sequences import SHORTEST_MIRNA, to_rna
from deepmirnatar.species.mirna_names import from_mirbase, is_mirna, names_in

_MIRNA = ("mirna", "mirna_sequence")
_PLAIN = re.compile("[ACGUTNacgutn]+")


@dataclass
class Given:
    """miRNAs and targets, and what is to be said of them."""

    mirnas: pd.DataFrame  # mirna, mirna_sequence
    targets: pd.DataFrame  # target, utr (may hold N); of an annotation also chrom, strand, exons
    meant: list[str] = field(default_factory=list)  # "let-7a means hsa-let-7a-5p"
    warnings: list[str] = field(default_factory=list)

    def save(self, path: str | Path) -> None:
        """As one JSON file, so that an annotation and a genome are read once for many jobs."""
        tables = {name: table.to_dict("list") for name, table in (("mirnas", self.mirnas), ("targets", self.targets))}
        with atomic(path) as part:
            part.write_text(json.dumps({**tables, "meant": self.meant, "warnings": self.warnings}))

    @classmethod
    def load(cls, path: str | Path) -> "Given":
        """Inverse of `save`."""
        saved = json.loads(Path(path).read_text())
        return cls(pd.DataFrame(saved["mirnas"]), pd.DataFrame(saved["targets"]), saved["meant"], saved["warnings"])


def read_inputs(
    mirnas: str | Path | list[str] | pd.DataFrame,
    targets: str | Path | pd.DataFrame | None = None,
    mirbase: str | Path | None = None,
    annotation: str | Path | None = None,
    genome: str | Path | None = None,
) -> Given:
    """Read and check miRNAs and targets.

    `mirnas`: a FASTA file, a file of miRBase names, names as a list or with commas between, or a table with the columns
    mirna and mirna_sequence. `targets`: a FASTA file, or a table with target and utr; or in place of it `annotation`
    (GTF, BED12) and `genome` (FASTA). `mirbase`: miRBase's mature.fa, for names. Raises ValueError with one sentence.
    """
    if (targets is None) == (annotation is None) or (annotation is None) != (genome is None):
        raise ValueError("targets are either a FASTA file (--targets) or an --annotation with its --genome")
    wanted, meant, by_name = read_mirnas(mirnas, mirbase)
    warnings: list[str] = []
    if annotation is not None:
        utrs, warnings = read_annotated(annotation, genome)
    elif isinstance(targets, pd.DataFrame):
        utrs = rna_table(targets, ["sequence"], ["target"])
    else:
        utrs = as_table(read_fasta(targets, "ACGUN"), "target", "sequence")
    return Given(wanted, utrs, meant, [*warnings, *check(wanted, utrs, from_mirbase=by_name)])


def read_texts(mirnas: str, targets: str, mirbase: str | Path | None = None) -> Given:
    """The same from texts: FASTA, or one plain sequence a line, or (of miRNAs) miRBase names."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("miRNA.fa", "target.fa")]
        for path, text in zip(paths, (mirnas, targets), strict=True):
            lines = text.split()
            if not text.lstrip().startswith(">") and all(_PLAIN.fullmatch(line) for line in lines):
                # Lines of a pasted 3'UTR belong together, those of miRNAs do not.
                lines = ["".join(lines)] if path == paths[1] else lines
                numbers = [""] if len(lines) == 1 else range(1, len(lines) + 1)
                text = "".join(f">{path.stem}{n}\n{line}\n" for n, line in zip(numbers, lines, strict=True))
            path.write_text(text)
        try:
            return read_inputs(*paths, mirbase=mirbase)
        except ValueError as error:
            sentence = str(error).replace(str(paths[0]), "miRNAs").replace(str(paths[1]), "3'UTRs")
            raise ValueError(sentence) from error


def announced(given: Given) -> Given:
    """The same, how much it is, what its names mean and its warnings written to the log."""
    log.info("%s, %s", counted(len(given.mirnas), "miRNA"), counted(len(given.targets), "target"))
    for sentence in given.meant:
        log.info("%s", sentence)
    for sentence in given.warnings:
        log.warning("warning: %s", sentence)
    return given


def no_site(given: Given, candidates: str | None) -> str:
    """The sentence for input without a candidate site. `candidates`: what was asked for; None: there is no choice."""
    wider = " With candidates `all`, one wobble or mismatch in the seed is taken, too."
    return (
        f"no candidate site: {counted(len(given.mirnas), 'miRNA')}, {counted(len(given.targets), 'target')} and no "
        f"seed match. Are both written 5'->3', and are the targets mRNAs?{'' if candidates in (None, 'all') else wider}"
    )


def read_mirnas(
    given: str | Path | list[str] | pd.DataFrame, mirbase: str | Path | None
) -> tuple[pd.DataFrame, list[str], bool]:
    """A table of miRNAs, what their names mean, and whether the sequences are miRBase's; see `read_inputs`."""
    if isinstance(given, pd.DataFrame):
        return rna_table(given, ["mirna_sequence"], ["mirna"]), [], False
    if isinstance(given, list):
        return *from_mirbase(given, mirbase), True
    path = Path(given)
    if os.path.isfile(path):  # false for a list of names that is longer than a file's name may be
        if names := names_in(path):
            return *from_mirbase(names, mirbase), True
        return as_table(read_fasta(path, "ACGUN"), *_MIRNA), [], False
    # miR-192-5p/215-5p is a name.
    if path.suffix in (".fa", ".fasta", ".fna", ".txt", ".gz") or (path.parent != Path() and not is_mirna(str(given))):
        raise ValueError(missing_file(path))
    if len(str(given)) >= SHORTEST_MIRNA and _PLAIN.fullmatch(str(given)):
        raise ValueError(f"{given!r} looks like a sequence, not like a name; write it into a FASTA file and give that")
    return *from_mirbase(re.split("[,;\n]", str(given)), mirbase), True


def as_table(sequences: pd.Series, name: str, column: str) -> pd.DataFrame:
    """Sequences by name as a table of two columns."""
    return pd.DataFrame({name: sequences.index, column: sequences.to_numpy()})


def rna_table(table: pd.DataFrame, sequences: list[str], names: Sequence[str] = ()) -> pd.DataFrame:
    """A caller's table with a fresh index and its sequences as RNA, upper case. DNA, lower case and N may come in.

    Raises ValueError where a column is missing, a name (in `names`) occurs twice, a sequence is empty, or one of its
    letters is neither a base nor N.
    """
    table = table.reset_index(drop=True)
    for column in (*names, *sequences):
        if column not in table:
            raise ValueError(f"the table has no column {column!r}; found: {', '.join(map(str, table.columns))}")
    if names and table.empty:
        raise ValueError(f"the table of {names[0]}s has no rows; give one or more")
    for column in names:
        if (missing := table[column].isna()).any():
            raise ValueError(f"row {int(missing.to_numpy().argmax()) + 1} of the table: {column} is missing; name it")
        if (again := table[column].duplicated()).any():
            row = int(again.to_numpy().argmax())
            raise ValueError(
                f"row {row + 1} of the table: {column} {table[column][row]!r} occurs twice; names must differ"
            )
    for column in sequences:
        rna = to_rna(table[column]).fillna("")
        odd = ~rna.str.fullmatch("[ACGUN]+")
        if odd.any():
            row = int(odd.to_numpy().argmax())
            wrong = (
                f"holds {odd_letter(rna[row], 'ACGUN')[1]}" if rna[row] else "is empty; fill it in or remove the row"
            )
            raise ValueError(f"row {row + 1} of the table: {column} {shorten(table[column][row])} {wrong}")
        table[column] = rna
    return table
