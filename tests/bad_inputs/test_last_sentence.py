"""What stands last on the terminal when something fails: one sentence, and the log that has the traceback."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from deepmirnatar.common.logs import sentence
from workflow.failures import failures

ROOT = Path(__file__).parents[2]
SITE = "ACGNACGUACGUACGUACGUACGU"
REFERENCE = {"mirnas": "name\taccession\tsequence", "utrs": "gene\tentrez\tsequence", "refseq": "refseq\tgene",
             "known_targets": "mirna\tgene\tentrez\tstrong"}  # fmt: skip


def run(folder: Path, code: str) -> subprocess.CompletedProcess:
    """Python code in a process of its own, with the library at hand."""
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def snakemake(folder: Path, *arguments: str, before: str = "") -> list[str]:
    """The lines that Snakemake says; it must fail."""
    words = ["--snakefile", str(ROOT / "Snakefile"), "--cores", "1", "--configfile", "mine.yaml", *arguments]
    done = run(folder, f"{before}\nfrom snakemake.cli import main; main({words!r})")
    assert done.returncode != 0
    return done.stderr.strip().splitlines()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("a.tsv, line 2: label 'x' is neither 0 nor 1"), "a.tsv, line 2: label 'x' is neither 0 nor 1"),
        (OSError(errno.ENOSPC, "No space left on device", "r.tsv"), "r.tsv: No space left on device; free some space"),
        (PermissionError(errno.EACCES, "Permission denied", "a.tsv"), "a.tsv: Permission denied"),
        (ModuleNotFoundError("No module named 'torch'", name="torch.nn"), "lacks the package 'torch': activate"),
        (MemoryError(), "out of memory"),
        (KeyError("threshold"), "KeyError: 'threshold'; this is a fault of the program"),
        (KeyboardInterrupt(), "stopped; finished files are complete"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_has_a_sentence(error, said):
    assert said in sentence(error) and "\n" not in sentence(error)


@pytest.mark.parametrize("path", ["logs/job.log", None])
def test_the_terminal_gets_the_sentence_and_the_log_the_traceback_too(tmp_path, path):
    done = run(tmp_path, f"from deepmirnatar.common.logs import log_to; log_to({path!r}); int('a')")
    *before, last = done.stderr.strip().splitlines()
    assert done.returncode == 1 and not before and "invalid literal for int" in last
    log = tmp_path / last.partition("(traceback: ")[2].removesuffix(")")
    text = log.read_text()
    assert "Traceback (most recent call last)" in text and "invalid literal" in text.splitlines()[-1]
    if path:
        assert log == tmp_path / path
    else:
        log.unlink()


def test_each_failed_job_is_told_once_by_the_last_error_of_its_log(tmp_path):
    def job(rule: str, log: Path) -> str:
        return (
            f"Error in rule {rule}:\n    message: None\n    jobid: 3\n    log: {log} (check log file(s) for details)\n"
        )

    one, other = tmp_path / "one.log", tmp_path / "other.log"
    one.write_text("2026-01-01 10:00:00,1 ERROR Traceback\n  x\n2026-01-01 10:00:00,1 ERROR a.tsv: is empty\n")
    other.write_text("2026-01-01 10:00:00,1 INFO epoch 3\n")
    main = tmp_path / "snakemake.log"
    main.write_text(f"{job('parse_source', one)}\n{job('train_model', other)}\n{job('parse_source', one)}")
    assert failures([main, tmp_path / "away.log"]) == [
        f"parse_source: a.tsv: is empty (traceback: {one})",
        f"train_model: ended without an error of its own; was it killed, or out of memory? (traceback: {other})",
    ]


def test_a_mistake_in_the_config_is_the_last_line(tmp_path):
    (tmp_path / "mine.yaml").write_text("datasets:\n  m: {table: a.tsv}\n  m: {table: b.tsv}\n")
    said = snakemake(tmp_path, "--dry-run")
    assert said[-1].startswith("config: ") and "mine.yaml, line 3: the key 'm' occurs twice in datasets" in said[-1]


def test_a_failed_job_is_the_last_line(tmp_path):
    (tmp_path / "mine.yaml").write_text("datasets: {own: {table: own.tsv}}\n")
    columns = ["mirna", "mirna_sequence", "target", "target_sequence", "label"]
    rows = [columns, ["x", "ACGUACGUACGUACGUAAAA", "g", SITE, "1"]]
    (tmp_path / "own.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
    (tmp_path / "results/reference").mkdir(parents=True)
    for name, header in REFERENCE.items():
        (tmp_path / f"results/reference/{name}.tsv").write_text(f"{header}\n")
    said = snakemake(tmp_path, "--allowed-rules", "parse_source", "--", "results/sources/own.tsv")
    start = f"parse_source: own.tsv, line 2: target_sequence '{SITE}' holds a letter other than A, C, G, U"
    assert said[-1].startswith(start) and said[-1].endswith("(traceback: logs/parse_source/own.log)")


def test_a_python_without_the_packages_is_told_how_to_activate_the_environment(tmp_path):
    (tmp_path / "mine.yaml").write_text("threads: 1\n")
    said = snakemake(tmp_path, "--dry-run", before="import sys; sys.modules['scipy'] = None")
    assert "lacks the package 'scipy'" in said[-1] and ". .venv/bin/activate" in said[-1]
