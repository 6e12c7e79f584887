"""Input as people really bring it: what is refused, warned of or accepted, and the sentence that they see.

`cases.tsv` is the table. Its columns:

reader    what takes the case: `pairs`, a table or FASTA of a user's own pairs; `mirnas` and `targets`, a FASTA file;
          `score` and `annotation`, these files of the command line; `audit`, of a table; `names`, a look-up;
          `config`, a YAML file laid over the study's
file, how its name, and what happens to it on the way (see `write`); of pairs, behind a colon, the stanza's `columns`
given     what the file holds, with escapes such as \\t and the words of `WORDS`
sentence  what must be said; three dots are a list of names or a path
"""

import csv
import gzip
import logging
import os
import re
import zipfile
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import yaml

from deepmirnatar.annotation.annotated import read_annotated
from deepmirnatar.commands.score import run as score
from deepmirnatar.common.fasta import read_fasta
from deepmirnatar.common.logs import log
from deepmirnatar.evaluation.dataset_audit import audit
from deepmirnatar.prediction.reference_targets import look_up
from deepmirnatar.sources import user
from deepmirnatar.study.keys import config_schema
from deepmirnatar.study.schema import check_keys, check_schema
from deepmirnatar.study.stanzas import merge_stanzas
from deepmirnatar.study.study import Study

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
LET7, MIR16 = "UGAGGUAGUAGGUUGUAUAGUU", "UAGCAGCACGUAAAUAUUGGCG"
SITE, OTHER = "GGCCAACUAUACAACCUACUACCUCAGG", "AAGGCCUUACGCCAAUAUUUGCUGCUAAGG"
HEAD = "mirna\tmirna_sequence\ttarget\ttarget_sequence\tlabel\n"
ROW, ROW0 = f"hsa-let-7a-5p\t{LET7}\tLIN28B\t{SITE}\t1\n", f"hsa-miR-16-5p\t{MIR16}\tBCL2\t{OTHER}\t0\n"
UTR = f"{OTHER}{SITE}" * 3
WORDS = {
    "<head>": HEAD,
    "<row>": ROW,
    "<row0>": ROW0,
    "<let7>": LET7,
    "<mir16>": MIR16,
    "<site>": SITE,
    "<other>": OTHER,
    "<utr>": UTR,
    "<200>": "ACGU" * 50,
    "<2400>": "ACGGU" * 480,
}
FASTA = f">hsa-let-7a-5p\n{LET7}\n>hsa-miR-16-5p\n{MIR16}\n"
KNOWN = ["hsa-let-7a-5p", "hsa-let-7a-3p", "hsa-miR-16-5p", "hsa-miR-16-1-3p", "hsa-miR-16-2-3p", "hsa-miR-21-5p",
         "hsa-miR-21-3p", "hsa-miR-6165", "PTEN", "TP53", "BCL2"]  # fmt: skip
CASES = list(csv.DictReader((HERE / "cases.tsv").open(newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))
# Words of other libraries and of Python, which tell a user nothing.
FOREIGN = re.compile(r"codec|NoneType|Traceback|object|instance|schema|tokeniz|dtype|Error:|\bNone\b|<class")


def write(path: Path, how: str, text: str) -> None:
    """Make the file as `how` says: an encoding, a container, or what is there instead of a file."""
    if how == "folder":
        path.mkdir()
    elif how == "link":
        path.symlink_to("nowhere.tsv")
    elif how in ("xlsx", "docx", "ods", "zip"):
        inside = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml", "ods": "content.xml", "zip": "own.tsv"}[how]
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(inside, text)
    elif how in ("gzip", "gzip cut", "gzip of gzip"):
        packed = gzip.compress(text.encode())
        path.write_bytes({"gzip": packed, "gzip cut": packed[:-9], "gzip of gzip": gzip.compress(packed)}[how])
    elif how in ("crlf", "cr"):
        path.write_bytes(text.replace("\n", {"crlf": "\r\n", "cr": "\r"}[how]).encode())
    elif how == "bytes":
        path.write_bytes(text.encode("latin-1"))
    elif how != "missing":
        path.write_bytes(text.encode(how or "utf-8"))


@cache
def project() -> tuple[dict, dict]:
    """The project's config and the schema of configs."""
    return yaml.safe_load((ROOT / "config/config.yaml").read_text()), config_schema()


def study(path: Path) -> Study:
    """The study of a YAML file laid over the project's config, as `workflow/rules/common.smk` makes it."""
    check_keys(path)
    config, schema = project()
    config = merge_stanzas(config, yaml.safe_load(path.read_text()))
    check_schema(config, schema)
    return Study(config)


def read(case: dict, path: Path) -> object:
    if case["reader"] == "pairs":
        columns = yaml.safe_load(case["how"].partition(":")[2] or "{}")
        return user.parse({"pairs": path}, {}, "own", columns)[0]
    if case["reader"] == "names":
        return look_up([case["given"]], pd.Series(SITE, KNOWN))
    if case["reader"] == "audit":
        table = user.parse({"pairs": path}, {}, "own")[0]
        return log.warning(audit(lambda: [table], trees=2)[0]["subject"].iloc[-1])
    if case["reader"] == "score":
        return score(SimpleNamespace(pairs=path, out=None, threads=1, weights=None))
    if case["reader"] == "annotation":
        return read_annotated(path, "utrs.fa")[0]
    return read_fasta(path, {"mirnas": "ACGU", "targets": "ACGUN"}[case["reader"]])


def run(case: dict, folder: Path) -> tuple[str, str, object]:
    """refused, warned or accepted; what was said; what was read."""
    said = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(record.getMessage())
    log.addHandler(handler)
    before = os.getcwd()
    os.chdir(folder)
    try:
        (folder / "utrs.fa").write_text(f">PTEN\n{UTR}\n")
        (folder / "pairs.tsv").write_text(f"{HEAD}{ROW}{ROW0}")
        text = case["given"].encode("latin-1", "backslashreplace").decode("unicode_escape")
        for word, meant in WORDS.items():
            text = text.replace(word, meant)
        path = Path(case["file"] or "unused")
        if case["file"]:
            write(path, case["how"].partition(":")[0], text)
        found = study(path) if case["reader"] == "config" else read(case, path)
    except ValueError as error:
        return "refused", str(error), None
    finally:
        os.chdir(before)
        log.removeHandler(handler)
    return ("warned" if said else "accepted"), "; ".join(said), found


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_sentence_that_a_user_sees(case, tmp_path):
    outcome, said, found = run(case, tmp_path)
    parts = case["sentence"].split(" ... ")
    assert outcome == case["outcome"] and all(part in said for part in parts), said
    if outcome == "refused":
        # One sentence, two at most, that begins with the place: the file or the key of the config.
        assert "\n" not in said and not FOREIGN.search(said), said
        assert len(re.findall(r"[.?] (?=[A-Z])", said)) <= 3, said
        if case["reader"] not in ("names", "config"):
            assert Path(case["file"]).name.rpartition("\\")[2] in said
    elif case["reader"] == "mirnas":
        assert found.to_dict() == {"hsa-let-7a-5p": LET7, "hsa-miR-16-5p": MIR16}
    elif case["reader"] == "pairs":
        # However they were written, the same pairs.
        columns = ["mirna", "mirna_sequence", "target", "target_sequence", "mock"]
        assert found[columns].to_numpy().tolist()[:2] == [
            ["hsa-let-7a-5p", LET7, "LIN28B", SITE, 0],
            ["hsa-miR-16-5p", MIR16, "BCL2", OTHER, 0],
        ]


def test_the_table_is_large_and_tells_every_case_once():
    assert len(CASES) >= 150 and len({case["id"] for case in CASES}) == len(CASES)
    assert {case["outcome"] for case in CASES} == {"refused", "warned", "accepted"}
    assert all(case["sentence"] for case in CASES if case["outcome"] != "accepted")
