"""Scores of others for repression: context++, the biochemical model, the weighted count."""

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.repression.rivals import biochemical, context, count
from deepmirnatar.rna.affinity import SHAPES, Affinities
from deepmirnatar.rna.sequences import joined

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"  # its 8mer is CUACCUCA
GOLDEN = {
    "3P_score": "3' pairing contribution",
    "Local_AU": "local AU contribution",
    "TA_3UTR": "TA contribution",
    "SPS": "SPS contribution",
    "Len_ORF": "ORF length contribution",
    "ORF8m": "ORF 8mer contribution",
    **{f"sRNA{place}{base}": f"sRNA{place}{base} contribution" for place in "18" for base in "ACG"},
}


# --- weighted count


def test_each_type_counts_once_with_its_weight():
    utrs = [
        "GGCUACCUCAGG",  # 8mer
        "GGCUACCUCUGG",  # 7mer-m8
        "GGAUACCUCAGG",  # 7mer-A1
        "GGAUACCUCUGG",  # 6mer
        "GGCUACCUAAGG",  # offset 6mer
        "UACCUCAGGGCUACCUC",  # 7mer-A1 at the start, 7mer-m8 at the end
        "",
    ]
    np.testing.assert_allclose(count.counts([LET7], utrs)[0], [-1, -0.6, -0.5, -0.2, 0, -1.1, 0])


# --- context++


@pytest.fixture
def parameters(tmp_path) -> context.Parameters:
    """Made-up files of the published form: every coefficient is .1, every range 1 to 3."""
    kinds = context.TYPES
    head = [f"{kind} {what}" for what in ("coeff", "min", "max") for kind in kinds]
    rows = {"Intercept": ["-0.5"] * 4 + [""] * 8}
    rows |= {name: ["0.1"] * 4 + ["1"] * 4 + ["3"] * 4 for name in context.FEATURES}
    lines = ["\t".join(["Feature", *head]), *("\t".join([name, *row]) for name, row in rows.items())]
    (tmp_path / "parameters.txt").write_text("\n".join(lines) + "\n")
    (tmp_path / "seeds.txt").write_text(
        "Seed region\tSPS (8mer and 7mer-m8)\tSPS (7mer-1a and 6mer)\tTA\nGAGGUAG\t-9\t-7\t3\n"
    )
    return context.Parameters.read(tmp_path / "parameters.txt", tmp_path / "seeds.txt")


def test_features_of_a_site_by_hand(parameters):
    utr = "GGGGGGGGGGGGGGG" + "AACAACCU" + "GG" + "CUACCUCA" + "AGU"
    orf = "AUGCUACCUCACUACCUCAUGA"
    sites = context.find(parameters, LET7, joined([utr]), joined([orf]))
    assert sites.window.tolist() == [25] and sites.site_type.tolist() == [0]
    raw = dict(zip(context.FEATURES, sites.contributions[0] / 0.1, strict=True))
    scaled = {name: 2 * raw[name] + 1 for name in context.SCALED}
    assert scaled["Len_3UTR"] == pytest.approx(np.log10(36)) and scaled["Len_ORF"] == pytest.approx(np.log10(22))
    # miRNA nt 10-16 (AGGUUGU) face ACAACCU, an offset of 1: three pairs of .5 and four of 1.
    assert scaled["3P_score"] == pytest.approx(3 * 0.5 + 4)
    up = [1 / (k + 1) for k in range(25)]
    letters = utr[:25][::-1]
    down = [1 / (k + 2) for k in range(3)]
    au = sum(w for w, b in zip(up, letters, strict=True) if b in "AU") + down[0] + down[2]
    assert scaled["Local_AU"] == pytest.approx(au / (sum(up) + sum(down)))
    assert scaled["Min_dist"] == pytest.approx(np.log10(3))
    assert raw["ORF8m"] == pytest.approx(2) and raw["Off6m"] == 0
    assert [raw[f"sRNA1{base}"] for base in "ACG"] == [0, 0, 0]  # U
    assert [raw[f"sRNA8{base}"] for base in "ACG"] == pytest.approx([0, 0, 1])
    assert scaled["SPS"] == pytest.approx(-9) and scaled["TA_3UTR"] == pytest.approx(3)
    assert sites.score[0] == pytest.approx(min(-0.03, -0.5 + sites.contributions.sum()))


def test_sites_near_the_stop_codon_are_left_out_and_a_score_has_a_ceiling(parameters):
    utrs = ["G" * 13 + "CUACCUCAG", "G" * 14 + "CUACCUCAG", "G" * 14 + "AUACCUCAGGGGGGCUACCUCA"]
    parameters.intercept = np.full(4, 5.0)
    found = context.scores(parameters, [LET7], utrs, ["AUGUGA"] * 3)
    np.testing.assert_allclose(found, [[0, -0.03, -0.04]])  # none, an 8mer, a 7mer-A1 and an 8mer


def test_the_base_opposite_nt_8_counts_where_it_does_not_pair(parameters):
    sites = context.find(parameters, LET7, joined(["G" * 20 + "GUACCUCU", "G" * 20 + "CUACCUCU"]), joined(["", ""]))
    chosen = sites.contributions[:, [context.FEATURES.index(f"Site8{base}") for base in "ACG"]]
    np.testing.assert_allclose(chosen, [[0, 0, 0.1], [0, 0, 0]])


def test_parameters_that_lack_a_row_are_refused(tmp_path, parameters):
    lines = (tmp_path / "parameters.txt").read_text().splitlines()
    (tmp_path / "short.txt").write_text("\n".join(lines[:5]))
    with pytest.raises(ValueError, match=r"short\.txt: has no .*Min_dist"):
        context.Parameters.read(tmp_path / "short.txt", tmp_path / "seeds.txt")


def test_context_gives_the_golden_contributions(mirror):
    folder = mirror / "targetscan7"
    parameters = context.Parameters.read(folder / "Agarwal_2015_parameters.txt", folder / "TA_SPS_by_seed_region.txt")

    def human(name: str) -> dict[str, str]:
        table = pd.read_csv(folder / "sample" / name, sep="\t", header=None)
        table = table[table[1] == 9606]
        return dict(zip(table[0], table[2].str.replace("-", "").str.upper().str.replace("T", "U"), strict=True))

    utrs, orfs = human("UTR_Sequences_sample.txt"), human("ORF_Sequences_sample.txt")
    mirnas = pd.read_csv(folder / "sample/miR_for_context_scores.sample.txt", sep="\t", header=None)
    tables = []
    for row in mirnas[mirnas[1] == 9606].itertuples():
        sites = context.find(parameters, row[4], joined(utrs.values()), joined([orfs[gene] for gene in utrs]))
        table = pd.DataFrame(sites.contributions, columns=context.FEATURES)
        table["Gene ID"], table["Mirbase ID"] = np.array(list(utrs))[sites.utr], row[3]
        table["UTR start"] = sites.window + context.MATCHED[sites.site_type, 0] + 1
        tables.append(table)
    golden = pd.read_csv(folder / "sample/Targets.BL_PCT.context_scores.txt", sep="\t")
    golden = golden[golden["Species ID"] == 9606]
    both = golden.merge(pd.concat(tables), on=["Gene ID", "Mirbase ID", "UTR start"], validate="one_to_one")
    assert len(both) == len(golden) == sum(map(len, tables)) == 206
    for ours, theirs in GOLDEN.items():
        # They print three digits, and round the A/U content to three before.
        np.testing.assert_allclose(both[ours], both[theirs].astype(float), atol=6e-4, err_msg=ours)


# --- the biochemical model


@pytest.fixture
def network() -> Affinities:
    """One that gives every site a ln KA of its own: random weights of the published shapes."""
    rng = np.random.default_rng(3)
    return Affinities({name: np.abs(rng.normal(0, 0.5, shape)).astype("f4") for name, shape in SHAPES.items()})


def slow_candidates(transcript: str, site8: str, network: Affinities, mirna: str) -> list[tuple]:
    """As the definition reads: every place, then greedily from the strongest."""
    from deepmirnatar.rna.affinity import ln_ka_of

    strings = [site8, site8[:7], site8[1:], site8[1:7], site8[:6], site8[2:]]
    inside = [(2, 10), (2, 9), (3, 10), (3, 9), (2, 8), (4, 10)]
    found = []
    for place in range(len(transcript) - 5):
        site = ("XXX" + transcript + "XXXX")[place : place + 12]
        if not any(site[2 + i : 6 + i] == site8[i : i + 4] for i in range(5)):
            continue
        here = next((kind for kind in range(6) if site[slice(*inside[kind])] == strings[kind]), 6)
        if next((kind for kind in range(6) if strings[kind] in site), 6) != here:
            continue
        codes, ends = joined([transcript])
        one = np.zeros(1, int)
        value = ln_ka_of(codes, ends, one, one + place - 3, network.tables([mirna]), one, network.last)[0]
        found.append((-value, place, here))
    kept = []
    for value, place, kind in sorted(found):
        if value < 0 and all(abs(place - other) > 12 for other, *_ in kept):
            kept.append((place, kind, -value))
    return sorted(kept)


def test_candidates_are_those_of_the_definition(network, rna):
    rng = np.random.default_rng(5)
    # Bases of the seed match alone, so that registers and neighbours compete.
    pieces = ["CUAC", "ACCU", "CUCA", "UACCUC", "CUACCUCA", "G", "AU"]
    transcripts = ["".join(rng.choice(pieces, 40)) for _ in range(5)] + ["UACCUC", "CCUCA", rna(rng, 300)]
    found = biochemical.candidates(*joined(transcripts), LET7, network)
    mine = list(zip(found.transcript.tolist(), found.place.tolist(), found.site_type.tolist(), strict=True))
    wanted = [
        (row, *each)
        for row, text in enumerate(transcripts)
        for each in slow_candidates(text, "CUACCUCA", network, LET7)
    ]
    assert mine == [each[:3] for each in wanted] and len({kind for *_, kind in mine}) >= 5
    np.testing.assert_allclose(found.ln_ka, [each[3] for each in wanted], rtol=1e-5)


def test_fold_changes_follow_the_formula(network):
    orf = "AUG" + "G" * 30 + "CUACCUCA" + "G" * 30 + "UGA"
    utr = "G" * 30 + "CUACCUCU" + "G" * 30
    transcripts = [orf + utr, utr, "G" * 50]
    found = biochemical.repression(network, [LET7], transcripts, np.array([len(orf), 0, 0]))
    sites = biochemical.candidates(*joined(transcripts), LET7, network)
    assert sites.transcript.tolist() == [0, 0, 1]
    base = -5.28 + np.array([-1.848806619644165, 0, 0])
    bound, free = 1 / (1 + np.exp(-base - sites.ln_ka)), 1 / (1 + np.exp(-base))
    b = np.exp(0.8655766248703003)
    first = np.log(1 + b * free[:2].sum()) - np.log(1 + b * bound[:2].sum())
    second = np.log(1 + b * free[2]) - np.log(1 + b * bound[2])
    np.testing.assert_allclose(found["all sites"][0], [first, second, 0], rtol=1e-5)
    np.testing.assert_array_equal(found["canonical"], found["all sites"])


def test_the_published_sample_has_our_sites_and_fold_changes(mirror):
    """Its features of accessibility, 3' pairing and conservation are taken as they are."""
    folder = mirror / "mcgeary2019"
    network = Affinities.read(folder / "model-100.index")
    transcripts = pd.read_csv(folder / "sample/inputs/transcripts.txt", sep="\t")
    codes, ends = joined(transcripts["orf_utr3"].str.replace("T", "U"))
    ln_b, orf, accessible, pairing, conserved = 0.5735143423, -1.7090857029, 0.1153374240, 0.0998506397, 0.9219825268
    differ = 0
    for row in pd.read_csv(folder / "sample/inputs/mirseqs.txt", sep="\t").itertuples():
        parts = []
        for mirna, name, free in ((row.guide_seq, row.guide_family, -6.5), (row.pass_seq, row.pass_family, -7.5)):
            table = pd.read_csv(folder / f"sample/features/{name}.txt", sep="\t")
            table["logSA_diff"] = table["logSA_diff"].fillna(table["logSA_diff"].mean())
            table = table[table["log_kd"] < 0]
            sites = biochemical.candidates(codes, ends, mirna.replace("T", "U"), network)
            kinds = np.array([*"01234", "5", "no site"], dtype=object)
            kinds[:6] = ["8mer", "7mer-m8", "7mer-a1", "6mer", "6mer-m8", "6mer-a1"]
            mine = set(
                zip(transcripts["transcript"][sites.transcript], sites.place, kinds[sites.site_type], strict=True)
            )
            differ += len(mine ^ set(zip(table["transcript"], table["loc"], table["stype"], strict=True)))
            everywhere = free + orf * table["in_ORF"] + accessible * table["logSA_diff"]
            own = pairing * table["Threep"] * (table["stype"] != "no site") + conserved * table["PCT"]
            bound = biochemical.expit(everywhere + own - table["log_kd"])
            parts.append(table.assign(bound=bound, free=biochemical.expit(everywhere)))
        sums = pd.concat(parts).groupby("transcript")[["bound", "free"]].sum()
        published = pd.read_csv(folder / f"sample/predictions/{row.mir}.txt", sep="\t", index_col=0)
        found = biochemical.log_fold_change(sums["bound"], sums["free"], ln_b)
        np.testing.assert_allclose(found, published["pred"][found.index], atol=1e-6)
    assert differ == 4  # two pairs of equal 12-mers that overlap: either may stay
