"""RNA strings: complement, codes, k-mers, seed families; and DNABERT's vocabulary and tokens."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.rna.kmers import SPECIAL, tokenize, vocabulary
from deepmirnatar.rna.sequences import (
    PAIRS,
    encode,
    family,
    kmer_codes,
    reverse,
    reverse_complement,
    to_rna,
)


def test_to_rna_normalises_case_thymine_and_space():
    assert to_rna(pd.Series([" acgt\n", "TTUU", "ACGU"])).tolist() == ["ACGU", "UUUU", "ACGU"]


def test_an_empty_cell_is_not_turned_into_letters():
    assert to_rna(pd.Series(["ACGT", None], dtype="str")).isna().tolist() == [False, True]


def test_reverse_turns_without_complement():
    assert reverse(pd.Series(["AACGU", ""])).tolist() == ["UGCAA", ""]


def test_reverse_complement_of_let_7_seed():
    assert reverse_complement("GAGGUAG") == "CUACCUC"
    assert reverse_complement("AACGU") == "ACGUU"


def test_seed_family_is_nt_2_to_8():
    assert family("UGAGGUAGUAGGUUGUAUAGUU") == "GAGGUAG"


def test_codes_of_known_and_unknown_letters():
    assert encode("ACGUN").tolist() == [0, 1, 2, 3, 4]
    assert encode("aT-é").tolist() == [4, 4, 4, 4]
    assert encode("").tolist() == []


def test_pairs_are_watson_crick_and_wobble_in_both_orders_and_never_n():
    allowed = {"AU", "UA", "GC", "CG", "GU", "UG"}
    for (i, one), (j, other) in product(enumerate("ACGUN"), repeat=2):
        assert PAIRS[i, j] == (one + other in allowed)


@pytest.mark.parametrize("k", [1, 3, 4, 20])
def test_kmer_codes_equal_a_letter_by_letter_computation(rna, k):
    rng = np.random.default_rng(7)
    sequence = rna(rng, 60)
    sequence = sequence[:30] + "N" + sequence[31:]
    expected = []
    for start in range(len(sequence) - k + 1):
        code = 0
        for letter in sequence[start : start + k]:
            code = -1 if code < 0 or letter == "N" else 4 * code + "ACGU".index(letter)
        expected.append(code)
    assert kmer_codes(encode(sequence), k).tolist() == expected
    assert -1 in expected


def test_a_sequence_shorter_than_k_has_no_kmers():
    assert kmer_codes(encode("ACG"), 4).tolist() == []


def test_tokens_number_the_kmers_of_each_sequence_in_the_vocabulary(rna):
    rng = np.random.default_rng(8)
    sequences = [rna(rng, 22), rna(rng, 4), "ACG", "ACGNACGU"]
    words = vocabulary(4)
    tokens, offsets = tokenize(sequences, 4)
    assert offsets.tolist() == [0, 19, 20, 20, 25]
    for sequence, start, end in zip(sequences, offsets[:-1], offsets[1:], strict=True):
        expected = [sequence[at : at + 4].replace("U", "T") for at in range(len(sequence) - 3)]
        expected = ["[UNK]" if "N" in word else word for word in expected]
        assert [words[token] for token in tokens[start:end]] == expected


def test_vocabulary_has_the_special_tokens_first_and_every_kmer_once():
    words = vocabulary(3)
    assert words[:5] == SPECIAL == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    assert len(words) == len(set(words)) == 5 + 4**3


def test_vocabulary_agrees_with_the_published_one(mirror):
    assert vocabulary(4) == (mirror / "dnabert4_config" / "vocab.txt").read_text().split()
