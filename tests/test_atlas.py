"""The atlas: its numbers are those of a prediction, however it was computed; names find their entries."""

import sqlite3
import struct
import zlib

import numpy as np
import pandas as pd
import pytest

from deepmirnatar import Predictor
from deepmirnatar.atlas import compute
from deepmirnatar.atlas.looked_up import looked_up
from deepmirnatar.atlas.search import Search
from deepmirnatar.atlas.store import Atlas, atlas_file, to_falls, write_atlas
from deepmirnatar.cli import main as command
from deepmirnatar.repression.model import repression_matrix
from deepmirnatar.rna.sequences import reverse_complement
from deepmirnatar.species.file import Species, write_species

MIRNAS = {
    "hsa-let-7a-5p": "UGAGGUAGUAGGUUGUAUAGUU",
    "hsa-miR-21-5p": "UAGCUUAUCAGACUGAUGUUGA",
    "hsa-miR-210-3p": "CUGUGCGUGUGACAGCGGCUGA",
    "hsa-miR-2100-5p": "UAGCUUAUCAGACUGAUGUUGA",  # the same sequence as miR-21-5p
    "hsa-miR-9-5p": "UCUUUGGUUAUCUAGCUGUAUGA",
}
GENES = 30


@pytest.fixture(scope="module")
def species(rna) -> Species:
    """Thirty mRNAs, each with a planted site of a miRNA in its 3'UTR; the last has none of anything."""
    rng, rows = np.random.default_rng(4), []
    for number in range(GENES):
        mirna = [*MIRNAS.values()][number % len(MIRNAS)]
        utr = rna(rng, 300) + reverse_complement(mirna[1:8]) + "A" + rna(rng, 200)
        sequence = rna(rng, 40) + "AUG" + "GCC" * 60 + "UAA" + utr
        rows.append((f"GENE{number}", sequence, 40, 226, f"NM_{number:06d}", str(100 + number), f"ENSG{number:011d}"))
    rows[-1] = ("EMPTY", "G" * 300, 0, 0, "", "", "")
    columns = ["target", "sequence", "cds_start", "cds_end", "refseq", "entrez", "ensembl"]
    mirnas = pd.DataFrame({"mirna": list(MIRNAS), "mirna_sequence": list(MIRNAS.values())})
    mirnas = mirnas.assign(
        accession=[f"MIMAT{n:07d}" for n in range(len(mirnas))], conserved=[True, True, True, False, True]
    )
    names = pd.DataFrame([("p53", 3, "alias"), ("MIRO1", 4, "alias")], columns=["name", "row", "kind"])
    return Species(
        "human", pd.DataFrame(rows, columns=columns), mirnas, names, {}, {"prefix": "hsa", "mrnas": "made up"}
    )


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(compute, "CHUNK_NT", 3000)


@pytest.fixture(scope="module")
def file(species, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compute, "CHUNK_NT", 3000)
        return compute.compute_atlas(species, tmp_path_factory.mktemp("atlas") / "human.atlas.sqlite")


def test_values_are_those_of_a_prediction(species, file):
    atlas = Atlas.open(file)
    genes = Predictor.load().predict(species.mirnas, species.mrnas).genes
    assert len(genes) >= GENES - 1
    of_mirna = {name: atlas.of_mirna(name).set_index("target")["repression"] for name in MIRNAS}
    of_gene = {name: atlas.of_gene(name).set_index("mirna")["repression"] for name in genes["target"].unique()}
    for row in genes.itertuples():
        assert of_mirna[row.mirna][row.target] == pytest.approx(row.repression, abs=6e-5)
        assert of_gene[row.target][row.mirna] == of_mirna[row.mirna][row.target]
    for table in (*of_mirna.values(), *of_gene.values()):
        assert table.is_monotonic_increasing and (table < 0).all()
    assert atlas.of_gene("EMPTY").empty
    pd.testing.assert_series_equal(of_mirna["hsa-miR-21-5p"], of_mirna["hsa-miR-2100-5p"])


def test_matrix_has_the_order_that_is_asked_for(species, file):
    atlas = Atlas.open(file)
    whole = atlas.matrix()
    assert whole.shape == (GENES, len(MIRNAS)) and whole.dtype == np.float32
    part = atlas.matrix(["hsa-miR-9-5p", "hsa-let-7a-5p"], ["GENE7", "GENE2"])
    np.testing.assert_array_equal(part, whole[[7, 2]][:, [4, 0]])
    assert atlas.matrix(targets=[]).shape == (0, len(MIRNAS))


def test_other_languages_can_read_it(file):
    # Only what the documentation of the tables says.
    store = sqlite3.connect(file)
    (number,) = store.execute("SELECT number FROM mirnas WHERE mirna = 'hsa-miR-9-5p'").fetchone()
    (packed,) = store.execute("SELECT falls FROM of_mirna WHERE number = ?", (number,)).fetchone()
    falls = struct.unpack(f"<{GENES}H", zlib.decompress(packed))
    genes = [target for (target,) in store.execute("SELECT target FROM genes ORDER BY number")]
    found = {target: -fall / 10000 for target, fall in zip(genes, falls, strict=True) if fall}
    assert found == pytest.approx(Atlas.open(file).of_mirna("hsa-miR-9-5p").set_index("target")["repression"].to_dict())


def test_falls_are_rounded_and_never_wrap():
    repression = np.array([[0, -0.00004, -0.00006, -1.23456, -6.5535, -70]], dtype=np.float32)
    assert to_falls(repression).tolist() == [[0, 0, 1, 12346, 65535, 65535]]


def test_parts_give_the_same_bytes_as_one_run(species, file, tmp_path):
    out = tmp_path / "parts.sqlite"
    for part in (3, 1, 2):
        compute.compute_atlas(species, out, parts=3, part=part)
    compute.join_atlas(species, out, 3)
    assert out.read_bytes() == file.read_bytes()
    assert [each.name for each in tmp_path.iterdir()] == ["parts.sqlite"]


def test_the_rules_scripts_give_the_same_bytes(species, file, tmp_path, script):
    write_species(species, tmp_path / "human.safetensors")
    parts = [str(tmp_path / f"{part}.safetensors") for part in range(3)]
    for part, path in enumerate(parts):
        script("compute_atlas").main(tmp_path / "human.safetensors", path, part, 3)
    script("join_atlas").main(tmp_path / "human.safetensors", parts, tmp_path / "out.sqlite")
    assert (tmp_path / "out.sqlite").read_bytes() == file.read_bytes()


def test_a_missing_or_other_part_is_said(species, tmp_path):
    out = tmp_path / "atlas.sqlite"
    first = compute.compute_atlas(species, out, parts=2, part=1)
    with pytest.raises(ValueError, match="part 2 of 2 is missing"):
        compute.join_atlas(species, out, 2)
    compute.part_file(out, 2, 2).write_bytes(first.read_bytes())
    with pytest.raises(ValueError, match="is not part 2 of 2"):
        compute.join_atlas(species, out, 2)
    assert not out.exists() and first.exists()


def test_more_parts_than_chunks(species, file, tmp_path):
    out = tmp_path / "atlas.sqlite"
    for part in range(1, 31):
        compute.compute_atlas(species, out, parts=30, part=part)
    assert compute.join_atlas(species, out, 30).read_bytes() == file.read_bytes()


def test_an_interrupted_run_goes_on(species, file, tmp_path, monkeypatch):
    done, real = [], compute.repression_matrix

    def killed(mirnas, mrnas, model):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(mrnas["target"].tolist())
        return real(mirnas, mrnas, model)

    monkeypatch.setattr(compute, "repression_matrix", killed)
    with pytest.raises(KeyboardInterrupt):
        compute.compute_atlas(species, tmp_path / "atlas.sqlite")
    assert not (tmp_path / "atlas.sqlite").exists()
    seen = list(done)
    monkeypatch.setattr(
        compute, "repression_matrix", lambda *given: done.append(given[1]["target"].tolist()) or real(*given)
    )
    compute.compute_atlas(species, tmp_path / "atlas.sqlite")
    assert (tmp_path / "atlas.sqlite").read_bytes() == file.read_bytes()
    # No mRNA is computed twice, and none is left out.
    assert [name for chunk in done for name in chunk] == species.mrnas["target"].tolist() and done[:2] == seen


def test_equal_sequences_are_computed_once(species, tmp_path, monkeypatch):
    widths = []
    monkeypatch.setattr(
        compute, "repression_matrix", lambda m, t, _: widths.append(len(m)) or np.zeros((len(t), len(m)))
    )
    compute.compute_atlas(species, tmp_path / "atlas.sqlite")
    assert set(widths) == {len(set(MIRNAS.values()))}


def test_a_mirna_of_a_wrong_length_is_left_out_and_said(species, tmp_path, caplog):
    odd = pd.DataFrame(
        {"mirna": ["hsa-long"], "mirna_sequence": ["ACGU" * 20], "accession": [""], "conserved": [False]}
    )
    longer = Species("human", species.mrnas[:3], pd.concat([odd, species.mirnas]), species.names, {}, {})
    atlas = Atlas.open(compute.compute_atlas(longer, tmp_path / "atlas.sqlite"))
    assert atlas.mirnas["mirna"].tolist() == list(MIRNAS)
    assert "1 miRNA left out" in caplog.text and "hsa-long" in caplog.text


def test_it_is_only_read(file):
    atlas, before = Atlas.open(file), sorted(file.parent.iterdir())
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        atlas._store.execute("DELETE FROM genes")
    assert sorted(file.parent.iterdir()) == before


@pytest.mark.parametrize("content", [None, b"", b"no database", "other form"])
def test_what_is_no_atlas_is_said(tmp_path, content):
    path = tmp_path / "atlas.sqlite"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content:
        empty = pd.DataFrame(
            columns=["mirna", "sequence", "accession", "conserved", "target", "refseq", "entrez", "ensembl", "mrna"]
        )
        write_atlas(path, empty, empty, np.zeros((0, 0), dtype=np.uint16), {"form": "0"})
    with pytest.raises(ValueError, match="make it with `deepmirnatar atlas`"):
        Atlas.open(path)


def test_who_would_compute_looks_up_the_same(species, file, tmp_path, monkeypatch):
    monkeypatch.setenv("DEEPMIRNATAR_CACHE", str(tmp_path))
    mirnas, mrnas = species.mirnas.iloc[[4, 0, 1]], species.mrnas.iloc[[9, 2, 5, 0]]
    assert looked_up(mirnas, mrnas) is None
    (tmp_path / "human.atlas.sqlite").write_bytes(file.read_bytes())
    (tmp_path / "broken.atlas.sqlite").write_bytes(b"x")
    wanted = to_falls(repression_matrix(mirnas, mrnas))
    assert (wanted > 0).any()
    np.testing.assert_array_equal(looked_up(mirnas, mrnas), wanted)
    # One base or one border more is another mRNA; another miRNA is not there; other weights are another model.
    assert looked_up(mirnas, mrnas.assign(sequence=mrnas["sequence"] + "A")) is None
    assert looked_up(mirnas, mrnas.assign(cds_end=mrnas["cds_end"] - 3)) is None
    assert looked_up(mirnas.assign(mirna_sequence="ACGUACGUACGUACGUACGU"), mrnas) is None
    monkeypatch.setattr("deepmirnatar.atlas.looked_up.sha256", lambda path: "other")
    assert looked_up(mirnas, mrnas) is None


def test_unknown_names_are_said(file):
    atlas = Atlas.open(file)
    with pytest.raises(ValueError, match=r"no gene of the atlas\. Did you mean 'GENE1'"):
        atlas.of_gene("gene1")
    with pytest.raises(ValueError, match="no miRNA of the atlas"):
        atlas.of_mirna("hsa-miR-1")


def test_the_command(species, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DEEPMIRNATAR_CACHE", str(tmp_path))
    write_species(species, tmp_path / "human.safetensors")
    assert command(["atlas", "--parts", "2", "--part", "1"]) == 0
    assert command(["atlas", "--parts", "2", "--join"]) == 1
    assert "part 2 of 2 is missing" in capsys.readouterr().err
    assert command(["atlas", "--parts", "2", "--part", "3"]) == 1
    assert command(["atlas", "--parts", "2"]) == 1
    assert command(["atlas", "--parts", "2", "--part", "2"]) == 0
    assert command(["atlas", "--parts", "2", "--join"]) == 0
    assert len(Atlas.open(atlas_file("human")).genes) == GENES
    assert sorted(each.name for each in tmp_path.iterdir()) == ["human.atlas.sqlite", "human.safetensors"]


@pytest.fixture(scope="module")
def search(species, file, tmp_path_factory) -> Search:
    mature = tmp_path_factory.mktemp("mature") / "mature.fa"
    every = {**MIRNAS, "mmu-miR-21a-5p": "UAGCUUAUCAGACUGAUGUUGA"}
    mature.write_text("".join(f">{name} MIMAT{n:07d} x\n{each}\n" for n, (name, each) in enumerate(every.items())))
    return Search(Atlas.open(file), species, mature)


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("miR-21", "mirna", "hsa-miR-21-5p"),
        ("mir21", "mirna", "hsa-miR-21-5p"),
        ("hsa-miR-210", "mirna", "hsa-miR-210-3p"),
        ("MIMAT0000004", "mirna", "hsa-miR-9-5p"),
        ("gene12", "gene", "GENE12"),
        ("GENE1", "gene", "GENE1"),
        ("P53", "gene", "GENE3"),
        ("MIRO1", "gene", "GENE4"),  # looks like a miRNA
        ("105", "gene", "GENE5"),
        ("ENSG00000000006", "gene", "GENE6"),
        ("NM_000007", "gene", "GENE7"),
    ],
)
def test_names_are_suggested_first_and_found(search, text, kind, name):
    first, found = search.suggest(text)[0], search.find(text)
    assert (first["kind"], first["name"]) == (found["kind"], found["name"]) == (kind, name)


def test_suggestions_are_few_and_each_once(search):
    names = [each["name"] for each in search.suggest("gene")]
    assert len(names) == len(set(names)) == 12
    assert search.suggest(" ") == search.suggest("qqq") == []


@pytest.mark.parametrize("text", ["", "qqq", "hsa-miR-7777-5p", "mmu-miR-21a-5p", "MIMAT9999999", "x" * 5000])
def test_what_is_no_name_is_one_sentence(search, text):
    with pytest.raises(ValueError) as error:
        search.find(text)
    assert 0 < len(str(error.value)) < 400 and "\n" not in str(error.value)
