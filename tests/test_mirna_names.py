"""miRNAs by what people call them: the number is never changed, and what is filled in is said."""

import re

import pytest

from deepmirnatar.prediction.inputs import read_inputs
from deepmirnatar.species.mirna_names import Names, find_mirnas, from_mirbase, names_in
from deepmirnatar.species.mirna_rules import choose_letter

# Full names and the accessions and sequences that miRBase 22 gives them.
MATURE = """
hsa-let-7a-5p 0000062 UGAGGUAGUAGGUUGUAUAGUU
hsa-let-7a-3p 0004481 CUAUACAAUCUACUGUCUUUC
hsa-let-7b-5p 0000063 UGAGGUAGUAGGUUGUGUGGUU
hsa-miR-21-5p 0000076 UAGCUUAUCAGACUGAUGUUGA
hsa-miR-21-3p 0004494 CAACACCAGUCGAUGGGCUGU
hsa-miR-192-5p 0000222 CUGACCUAUGAAUUGACAGCC
hsa-miR-215-5p 0000272 AUGACCUAUGAAUUGACAGAC
hsa-miR-30c-5p 0000244 UGUAAACAUCCUACACUCUCAGC
hsa-miR-30c-1-3p 0004674 CUGGGAGAGGGUUGUUUACUCC
hsa-miR-30c-2-3p 0004550 CUGGGAGAAGGCUGUUUACUCU
hsa-miR-451a 0001631 AAACCGUUACCAUUACUGAGUU
hsa-miR-451b 0019840 UAGCAAGAGAACCAUUACCAUU
hsa-miR-4751 0019888 AGAGGACCCGUAGCUGCUAGAAGG
hsa-miR-378a-5p 0000731 CUCCUGACUCCAGGUCCUGUGU
hsa-miR-378a-3p 0000732 ACUGGACUUGGAGUCAGAAGGC
hsa-miR-378b 0014999 ACUGGACUUGGAGGCAGAA
hsa-miR-3978 0019363 GUGGAAAGCAUGCAUCCAGGGUGU
hsa-miR-133b 0000770 UUUGGUCCCCUUCAACCAGCUA
mmu-miR-133b-3p 0000769 UUUGGUCCCCUUCAACCAGCUA
hsa-miR-200a-5p 0001620 CAUCUUACCGGACAGUGCUGGA
hsa-miR-200a-3p 0000682 UAACACUGUCUGGUAACGAUGU
hsa-miR-200b-5p 0004571 CAUCUUACUGGGCAGCAUUGGA
hsa-miR-200b-3p 0000318 UAAUACUGCCUGGUAAUGAUGA
hsa-miR-17-5p 0000070 CAAAGUGCUUACAGUGCAGGUAG
hsa-miR-17-3p 0000071 ACUGCAGUGAAGGCACUUGUAG
mmu-miR-322-5p 0000548 CAGCAGCAAUUCAUGUUUUGGA
ebv-miR-BART1-5p 0000999 UCUUAGUGGAAGUGACGUGCUGUG
ath-miR156a-5p 0000166 UGACAGAAGAGAGUGAGCAC
"""


@pytest.fixture(scope="module")
def mature(tmp_path_factory):
    path = tmp_path_factory.mktemp("mirbase") / "mature.fa"
    rows = [line.split() for line in MATURE.strip().splitlines()]
    path.write_text("".join(f">{name} MIMAT{number} x\n{sequence}\n" for name, number, sequence in rows))
    return path


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ("hsa-mir-21 HSA-MIR-21-5P MIR21 miR-21 mir21 miRNA-21 microRNA-21 hsa_miR_21_5p hsa.miR.21.5p", "miR-21-5p"),
        ("hsa-miR-21-5p|0|+1 hsa-miR-21-5p_+1 hsa-miR-21-5p.iso hsa-miR-21_st MIMAT0000076 miR-21‐5p", "miR-21-5p"),
        ("hsa-miR-21-5p/hsa-miR-21-3p miR-21-5p/3p miR-21-5p/-3p", "miR-21-5p miR-21-3p"),
        ("miR-21* hsa-miR-21-star_st miR-21-3P", "miR-21-3p"),
        ("let7a let-7a hsa-let7a-5p MIRLET7A1 MIRLET7A2 let-7a-3 LET-7A let-7", "let-7a-5p"),
        ("miR-451 hsa-mir-451 miR-451-5p miR451a MIR451A", "miR-451a"),
        ("miR-378 hsa-miR-378-3p MIR378A miR-378a", "miR-378a-3p"),
        ("miR-17-3p", "miR-17-3p"),
        ("miR-133b-3p", "miR-133b"),
        ("miR-30c-2* MIR30C2*", "miR-30c-2-3p"),
        ("miR-30c-2 MIR30C1 miR-30c", "miR-30c-5p"),
        ("miR-30c-3p", "miR-30c-1-3p miR-30c-2-3p"),
        ("192-5p/215-5p miR-192-5p/215-5p miR-192/215", "miR-192-5p miR-215-5p"),
        ("let-7a/b-5p let-7ab", "let-7a-5p let-7b-5p"),
        ("miR-192/322", "miR-192-5p"),
    ],
)
def test_each_way_of_writing_means_the_same(mature, names, wanted):
    for name in names.split():
        found, meant = from_mirbase([name], mature)
        assert found["mirna"].tolist() == [f"hsa-{each}" for each in wanted.split()], name
        assert len(meant) == (name != f"hsa-{wanted}") and all(each.startswith(f"{name} means ") for each in meant)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("miR-200", r"'miR-200' may be hsa-miR-200a-5p, hsa-miR-200a-3p, hsa-miR-200b-5p or hsa-miR-200b-3p; give one"),
        ("miR-21b", r"holds no miRNA 'miR-21b'; of its number there is hsa-miR-21-5p and hsa-miR-21-3p"),
        ("miR-133b-5p", r"holds no miRNA 'miR-133b-5p'; of this miRNA there is hsa-miR-133b$"),
        ("miR-322", r"hsa has no miR-322; mmu has one$"),
        ("miR-12", r"holds no miRNA 'miR-12': hsa has no miR-12, nor has any species; miRBase may"),
        ("hsq-miR-21", r"miRBase has no species 'hsq'$"),
        ("miR-17-92", r"'miR-17-92' looks like a cluster; name its miRNAs"),
        ("miR-17~92", r"'miR-17~92' is a cluster"),
        ("MIR99AHG", r"^'MIR99AHG' is the host gene of a miRNA, not a miRNA$"),
        ("PTEN", r"holds no miRNA 'PTEN'$"),
        ("MI0000077", r"accession of a hairpin"),
    ],
)
def test_what_cannot_be_known_is_one_sentence_with_the_same_number(mature, name, said):
    found, _, unknown = find_mirnas([name, "miR-21-5p"], mature)
    assert found["mirna"].tolist() == ["hsa-miR-21-5p"] and len(unknown) == 1
    assert re.search(said, unknown[0]), unknown
    numbers = set(re.findall(r"(?:miR|let)-(\d+)", unknown[0]))
    assert numbers <= set(re.findall(r"\d+", name))
    with pytest.raises(ValueError, match=said):
        from_mirbase([name], mature)


def test_what_is_filled_in_is_said(mature):
    (said,) = from_mirbase(["miR-451"], mature)[1]
    assert said == "miR-451 means hsa-miR-451a (the first of this number)"
    (said,) = from_mirbase(["miR-21*"], mature)[1]
    assert said == "miR-21* means hsa-miR-21-3p (* is the minor arm, here 3p)"
    (said,) = from_mirbase(["miR-192/322"], mature)[1]
    assert said == "miR-192/322 means hsa-miR-192-5p (hsa has no miR-322)"
    (said,) = from_mirbase(["hsa-miR-21-5p|0|+1"], mature)[1]
    assert said.endswith("('|0|+1' is left out; an isomiR with another 5' end has another seed, give its sequence)")


def test_other_species_and_several_at_once(mature):
    names = ["mmu-miR-322", "ebv-mir-bart1-5p", "miR-BART1-5p", "ath-miR156a", "miR-21"]
    found, meant = from_mirbase(names, mature)
    assert found["mirna"].tolist() == ["mmu-miR-322-5p", "ebv-miR-BART1-5p", "ath-miR156a-5p", "hsa-miR-21-5p"]
    assert len(meant) == 5
    assert len(from_mirbase(["hsa-let-7a,hsa-let-7b"], mature)[0]) == 2
    assert from_mirbase(["miR-322"], mature, species="mmu")[0]["mirna"].tolist() == ["mmu-miR-322-5p"]


@pytest.mark.parametrize(
    "text",
    [
        '"hsa-miR-21-5p"\n"hsa-let-7a-5p"\n\n',
        "miRNA\nhsa-miR-21-5p\nhsa-let-7a-5p\n",
        "# mine\nhsa-miR-21-5p  # oncogenic\n\nhsa-let-7a-5p\n",
        "1\thsa-miR-21-5p\n2\thsa-let-7a-5p\n",
        "miRNA_ID,reads\nhsa-miR-21-5p,1200\nhsa-let-7a-5p,17\n",
        '"","baseMean","log2FoldChange"\n"hsa-miR-21-5p",12.5,NA\n"hsa-let-7a-5p",2.5,-1e-3\n',
        "hsa-miR-21-5p, hsa-let-7a-5p\n",
        "hsa-miR-21-5p hsa-let-7a-5p",
        "\ufeffmature;x\nhsa-miR-21-5p;1\nhsa-let-7a-5p;2\n",
    ],
)
def test_name_lists_are_read_as_people_keep_them(tmp_path, mature, text):
    path = tmp_path / "names.txt"
    path.write_text(text)
    assert names_in(path) == ["hsa-miR-21-5p", "hsa-let-7a-5p"]
    (tmp_path / "utr.fa").write_text(">a\n" + "ACGU" * 30 + "\n")
    assert len(read_inputs(path, tmp_path / "utr.fa", mirbase=mature).mirnas) == 2


@pytest.mark.parametrize("text", [">a\nACGUACGUACGUACGU\n", "ACGUACGUACGUACGU\n", "PTEN\nTP53\n", "", "1\n2\n"])
def test_what_is_no_list_of_mirnas_is_none(tmp_path, text):
    (tmp_path / "x").write_text(text)
    assert names_in(tmp_path / "x") == []


def test_mirbases_mirnas_are_not_called_backwards(tmp_path, mature):
    (tmp_path / "utr.fa").write_text(">a\n" + "ACGU" * 30 + "\n")
    by_name = read_inputs("hsa-miR-378a-3p", tmp_path / "utr.fa", mirbase=mature)
    assert not [said for said in by_name.warnings if "5'" in said]
    (tmp_path / "m.fa").write_text(">mine\nACUGGACUUGGAGUCAGAAGGC\n")
    assert not [said for said in read_inputs(tmp_path / "m.fa", tmp_path / "utr.fa").warnings if "5'" in said]
    (tmp_path / "m.fa").write_text(">mine\nUUGAUAUGUUGGAUGAUGGAGU\n")
    assert [said for said in read_inputs(tmp_path / "m.fa", tmp_path / "utr.fa").warnings if "5'" in said]
    assert read_inputs("192-5p/215-5p", tmp_path / "utr.fa", mirbase=mature).mirnas["mirna"].tolist() == [
        "hsa-miR-192-5p",
        "hsa-miR-215-5p",
    ]


# --- all of miRBase


@pytest.fixture(scope="module")
def known(mirror):
    return Names(mirror / "mirbase/mature.fa")


def test_every_human_name_means_itself_however_it_is_written(known):
    human = [entry for entry in known.evidence.entries if entry.prefix == "hsa"]
    assert len(human) == 2656
    for entry in human:
        tail = entry.name[4:]
        written = [entry.name, entry.name.upper(), entry.name.lower(), tail, tail.replace("-", "", 1), entry.accession]
        for name in [*written, entry.name.replace("-", "_"), f"{entry.name}|0|+1"]:
            assert known.meant_by(name)[0] == [entry], name


def test_no_name_without_arm_letter_or_copy_changes_its_number(known):
    answered = 0
    for entry in known.evidence.entries:
        if entry.prefix != "hsa":
            continue
        stem = re.sub(r"-[35]p$", "", entry.name)
        for name in {stem, re.sub(r"-\d+$", "", stem), re.sub(r"[a-z]*(-\d+)?$", "", stem), f"{stem}*"}:
            try:
                found, _ = known.meant_by(name)
            except Exception as error:  # the sentence of a name that may be several
                assert type(error).__name__ == "_Unknown"
                continue
            number = re.search(r"-(\d+)", name)[1]
            assert found and {each.number for each in found} == {number} and {each.prefix for each in found} == {"hsa"}
            answered += 1
    assert answered > 3000


# miRBase's names before release 18, when the minor arm had a star, and what they are now; from the literature.
FIVE = (
    "let-7a let-7b let-7c let-7d let-7e let-7f let-7g let-7i 7 9 10a 10b 15a 15b 16 17 18a 20a 21 26a 26b 30a 30b 30c"
)
FIVE += (
    " 30d 30e 31 33a 34a 93 98 99a 99b 100 106a 106b 122 125a 125b 134 135a 138 145 146a 149 150 155 181a 181b 181c 182"
)
FIVE += (
    " 183 185 186 190a 191 192 194 195 196a 196b 203b 204 205 211 215 216a 218 219a 224 378d 424 449a 455 486 497 503"
)
THREE = "1 19a 19b 22 23a 23b 24 25 27a 27b 28 29a 29b 29c 32 92a 92b 96 101 103a 124 126 127 128 130a 130b 132 133a"
THREE += (
    " 137 139 141 143 144 148a 148b 152 153 184 187 197 200a 200b 200c 203a 206 208a 210 212 214 221 222 223 301a 302a"
)
THREE += (
    " 302b 302d 320a 324 326 328 330 335 338 339 340 342 361 363 367 370 371a 372 373 374a 375 376a 376c 377 378a 381"
)
NOT_THREE = {"28", "32", "96", "139", "324", "330", "335", "339", "340", "361", "371a", "374a", "378d", "455", "203b"}


def test_the_major_arm_is_the_one_that_bore_the_plain_name(known):
    asked, right, wrong = 0, 0, []
    for names, arm in ((FIVE, "5p"), (THREE, "3p")):
        for name in names.split():
            if name in NOT_THREE:  # both arms had a name of their own, or one alone is known
                continue
            stem = name if name.startswith("let") else f"miR-{name}"
            found = [entry.name for entry in known.meant_by(stem)[0]]
            asked += 1
            if len(found) == 1 and found[0] in (f"hsa-{stem}-{arm}", f"hsa-{stem}"):
                right += 1
            else:
                wrong.append((stem, found))
    assert asked > 140 and right == asked, wrong


def test_old_names_without_a_letter_take_the_first(known):
    for number in map(str, (15, 26, 29, 30, 103, 133, 135, 148, 199, 208, 216, 219, 320, 376, 378, 451)):
        letter, _ = choose_letter(known.by_number["hsa", "mir", number], known.evidence)
        assert letter == "a", number
    for number in ("200", "548"):
        assert choose_letter(known.by_number["hsa", "mir", number], known.evidence)[0] is None, number


def test_the_seeds_that_look_turned_are_mirbases(known):
    from deepmirnatar.prediction.checks import BACKWARDS, SEEDS

    odd = {e.seed for e in known.evidence.entries if e.seed not in SEEDS and e.sequence[::-1][1:8] in SEEDS}
    assert odd == BACKWARDS
