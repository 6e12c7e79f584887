"""What a prediction is asked for: miRNAs from FASTA or by name, targets from FASTA or a genome, checked."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from deepmirnatar.annotation.annotated import read_annotated
from deepmirnatar.annotation.circular import unrolled
from deepmirnatar.annotation.genbank import format_of, read_genbank
from deepmirnatar.annotation.regions import with_regions
from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.fasta import read_fasta, records
from deepmirnatar.common.files import atomic
from deepmirnatar.common.letters import odd_letter
from deepmirnatar.common.logs import log
from deepmirnatar.common.text import missing_file
from deepmirnatar.pairs import shorten
from deepmirnatar.prediction.checks import check, check_mature, check_mirnas
from deepmirnatar.prediction.pasted import as_fasta, is_plain, pasted_targets
from deepmirnatar.rna.orfs import longest_orfs
from deepmirnatar.rna.sequences import SHORTEST_MIRNA, to_rna
from deepmirnatar.species.genes import find_genes, is_gene
from deepmirnatar.species.mirna_names import from_mirbase, is_mirna, names_in
from deepmirnatar.species.name_lists import read_names

_MIRNA = ("mirna", "mirna_sequence")
_FILES = (".fa", ".fasta", ".fna", ".txt", ".gz")  # how the name of a file of miRNAs ends, whether it is there or not


@dataclass
class Given:
    """miRNAs and targets, and what is to be said of them."""

    mirnas: pd.DataFrame  # mirna, mirna_sequence
    # target, sequence (may hold N), cds_start, cds_end; of an annotation also gene, transcript, chrom, strand, exons;
    # of circles also circle
    targets: pd.DataFrame
    meant: list[str] = field(default_factory=list)  # "let-7a means hsa-let-7a-5p"
    warnings: list[str] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)  # how isoforms were chosen
    species: str = ""  # the name of the set that the targets are of, as `human`

    def save(self, path: str | Path) -> None:
        """As one JSON file, so that an annotation and a genome are read once for many jobs."""
        tables = {name: table.to_dict("list") for name, table in (("mirnas", self.mirnas), ("targets", self.targets))}
        said = {name: getattr(self, name) for name in ("meant", "warnings", "chosen", "species")}
        with atomic(path) as part:
            part.write_text(json.dumps({**tables, **said}), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> "Given":
        """Inverse of `save`."""
        saved = json.loads(Path(path).read_text(encoding="utf-8"))
        return cls(pd.DataFrame(saved.pop("mirnas")), pd.DataFrame(saved.pop("targets")), **saved)


def read_inputs(
    mirnas: str | Path | list[str] | pd.DataFrame | None = None,
    targets: str | Path | pd.DataFrame | None = None,
    *,
    genes: str | Path | list[str] | None = None,
    species: str = "human",
    mirbase: str | Path | None = None,
    annotation: str | Path | None = None,
    genome: str | Path | None = None,
    transcripts: str | Path = "canonical",
    cds: str = "none",
    circular: bool = False,
) -> Given:
    """Read and check miRNAs and targets.

    Parameters
    ----------
    mirnas : a FASTA file, a file of miRBase names, names as a list or with commas between, or a table with the columns
        mirna and mirna_sequence. By default all miRNAs of the species, which asks for `genes`.
    targets : a FASTA, GenBank or EMBL file, or a table with target and sequence, and for mRNAs cds_start and cds_end.
        Without `targets` and `annotation`: the mRNAs of the species.
    genes : only these: symbols, old symbols, Entrez, RefSeq or Ensembl ids, as a list, with commas between, or a file.
    species : a set that `species.store.load_species` knows, which is fetched or made once.
    mirbase : miRBase's mature.fa, for names; by default that of the species set.
    annotation, genome : GTF, GFF3 or BED12, and FASTA, from which mRNAs are cut out.
    transcripts : which isoforms of an annotation are taken, see `annotation.read_annotated`.
    cds : `longest` takes the longest ATG open reading frame of each target of a file for its coding part; `none` does
        not look for one.
    circular : True joins the ends of each target, see `circular`.

    Files may be pipes. What cannot be used of a file is left out with a warning. Raises ValueError with one sentence
    where nothing or little is left.
    """
    if (annotation is None) != (genome is None) or (targets is not None and annotation is not None):
        raise ValueError(
            "targets are a file (--targets), an --annotation with its --genome, or the genes of a --species"
        )
    if not isinstance(targets, str | Path | pd.DataFrame | None):
        raise ValueError(
            f"targets are a {type(targets).__name__}; give the path of a FASTA file, or a pandas table with the "
            "columns target and sequence"
        )
    if targets is None and annotation is None:
        return _of_species(mirnas, genes, species, mirbase)
    if mirnas is None:
        raise ValueError("no miRNA is given; name some (--mirnas), as hsa-miR-21-5p or a FASTA file")
    wanted = read_mirnas(mirnas, mirbase)
    warnings, chosen = [], []
    if annotation is not None:
        table, warnings, chosen = read_annotated(annotation, genome, transcripts)
    elif isinstance(targets, pd.DataFrame):
        table = rna_table(targets, ["sequence"], ["target"])
    elif form := format_of(targets):
        table, warnings = read_genbank(targets, form)
    else:
        table = as_table(read_fasta(targets, "ACGUN", warnings), "target", "sequence")
    table = with_regions(with_longest_orf(table) if cds == "longest" and targets is not None else table)
    if genes is not None:
        table = _only(table, read_names(genes, is_gene, "gene"))
    chosen_mirnas, odd = _mature(wanted.table, mirnas)
    doubts = check(chosen_mirnas, table, from_mirbase=wanted.from_mirbase)
    said = [*wanted.left_out, *odd, *warnings, *doubts]
    return Given(chosen_mirnas, unrolled(table) if circular else table, wanted.meant, said, chosen)


def with_longest_orf(table: pd.DataFrame) -> pd.DataFrame:
    """With columns cds_start and cds_end of the longest ATG open reading frame, where the table has none."""
    if "cds_end" in table:
        return table
    start, end = longest_orfs(table["sequence"])
    return table.assign(cds_start=start, cds_end=end)


def _of_species(mirnas, genes, name: str, mirbase: str | Path | None) -> Given:
    """The mRNAs of a species, or some of its genes; all its miRNAs where none are named."""
    from deepmirnatar.species.store import load_species

    if mirnas is None and genes is None:
        raise ValueError("give miRNAs (--mirnas hsa-miR-21-5p), genes (--genes PTEN), or both")
    species = load_species(name)
    table, meant, warnings = species.mrnas, [], []
    if genes is not None:
        table, meant, warnings = find_genes(genes, species)
        if table.empty:
            raise ValueError("; ".join(warnings))
    wanted = Mirnas(species.mirnas[[*_MIRNA]], from_mirbase=True)
    if mirnas is not None:
        wanted = read_mirnas(mirnas, mirbase, species.about.get("prefix", "hsa"))
    chosen, odd = _mature(wanted.table, mirnas)
    table = table[["target", "sequence", "cds_start", "cds_end", "refseq", "entrez"]]
    said = [*wanted.left_out, *odd, *warnings, *check_mirnas(chosen)]
    return Given(chosen.reset_index(drop=True), table, [*wanted.meant, *meant], said, species=name)


def _only(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """The targets of these names, or of genes of these names; ValueError for a name that none has."""
    of_name = table["target"].str.lower().to_numpy()
    of_gene = table["gene"].str.lower().to_numpy() if "gene" in table else of_name
    wanted = {name.lower() for name in names}
    if missing := [name for name in names if name.lower() not in {*of_name, *of_gene}]:
        raise ValueError(f"no target is called {missing[0]!r}; names must be those of the targets' file")
    return table[np.isin(of_name, list(wanted)) | np.isin(of_gene, list(wanted))].reset_index(drop=True)


def read_texts(mirnas: str, targets: str, mirbase: str | Path | None = None) -> Given:
    """The same from texts: FASTA, or plain sequences (see `pasted`), or (of miRNAs) miRBase names."""
    said: list[str] = []
    if is_plain(mirnas):
        mirnas = as_fasta(mirnas.split(), "miRNA")
    if is_plain(targets):
        sequences, said = pasted_targets(targets)
        targets = as_fasta(sequences, "target")
    with TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("miRNA.fa", "target.fa")]
        for path, text in zip(paths, (mirnas, targets), strict=True):
            path.write_text(text, encoding="utf-8")

        def named(sentence: str) -> str:
            return sentence.replace(str(paths[0]), "miRNAs").replace(str(paths[1]), "3'UTRs")

        try:
            given = read_inputs(*paths, mirbase=mirbase)
        except ValueError as error:
            raise ValueError(named(str(error))) from error
    given.warnings = [*said, *map(named, given.warnings)]
    return given


def announced(given: Given) -> Given:
    """The same, how much it is, what its names mean and its warnings written to the log."""
    log.info("%s, %s", counted(len(given.mirnas), "miRNA"), counted(len(given.targets), "target"))
    for sentence in [*given.meant, *given.chosen]:
        log.info("%s", sentence)
    for sentence in given.warnings:
        log.warning("warning: %s", sentence)
    return given


def no_site(given: Given, candidates: str | None) -> str:
    """The sentence for input without a candidate site. `candidates`: what was asked for; None: there is no choice."""
    wider = " With candidates `offset`, offset 6mers are taken as well."
    return (
        f"no candidate site: {counted(len(given.mirnas), 'miRNA')}, {counted(len(given.targets), 'target')} and no "
        "seed match. Are both written 5'->3', and are the targets mRNAs?"
        f"{'' if candidates in (None, 'offset') else wider}"
    )


@dataclass
class Mirnas:
    """miRNAs and what is to be said of them: what names mean, what was left out of a file."""

    table: pd.DataFrame  # mirna, mirna_sequence
    meant: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    from_mirbase: bool = False  # are the sequences miRBase's, so that how they are written is known?


def read_mirnas(
    given: str | Path | list[str] | pd.DataFrame, mirbase: str | Path | None, prefix: str = "hsa"
) -> Mirnas:
    """miRNAs of a file, of names or of a table; see `read_inputs`. `prefix`: of names without a species."""
    if isinstance(given, pd.DataFrame):
        return Mirnas(rna_table(given, ["mirna_sequence"], ["mirna"]))
    if not isinstance(given, str | Path | list):
        raise ValueError(
            f"mirnas are a {type(given).__name__}; give the path of a FASTA file, a list of names, or a pandas table "
            "with the columns mirna and mirna_sequence"
        )
    names = given if isinstance(given, list) else []
    if not names:
        path = Path(given)
        if missing_file(path) is None:
            if not (names := names_in(path)):
                left_out: list[str] = []
                return Mirnas(as_table(read_fasta(path, "ACGUN", left_out), *_MIRNA), left_out=left_out)
        # miR-192-5p/215-5p is a name, too.
        elif path.suffix in _FILES or (path.parent != Path() and not is_mirna(str(given))):
            raise ValueError(missing_file(path))
        elif len(str(given)) >= SHORTEST_MIRNA and is_plain(str(given)):
            raise ValueError(
                f"{given!r} looks like a sequence, not like a name; write it into a FASTA file and give that"
            )
        names = names or re.split("[,;\n]", str(given))
    return Mirnas(*from_mirbase(names, mirbase, prefix), from_mirbase=True)


def _mature(mirnas: pd.DataFrame, given) -> tuple[pd.DataFrame, list[str]]:
    """Without those that are no mature miRNAs, and a sentence on them; unchanged where most are such."""
    faults = {}
    for row, (name, sequence) in enumerate(mirnas[[*_MIRNA]].to_numpy()):
        try:
            check_mature(name, sequence)
        except ValueError as error:
            faults[row] = str(error)
    if not faults or len(faults) > len(mirnas) / 2:
        return mirnas, []
    first, fault = next(iter(faults.items()))
    line = ""
    if isinstance(given, str | Path) and missing_file(given) is None:
        name = mirnas["mirna"].iloc[first]
        found = (each.line for each in records(given) if each.title.split()[:1] == [name])
        line = f", line {next(found)}" if not names_in(given) else ""
    said = f"{counted(len(faults), 'miRNA')} left out; first{line}: {fault}"
    return mirnas.drop(index=mirnas.index[list(faults)]).reset_index(drop=True), [said]


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
