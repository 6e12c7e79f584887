"""Digests of pairs that were trained on."""

import hashlib

import numpy as np
import pandas as pd

from deepmirnatar.datasets.seen import pair_digests, seen


def test_a_pair_is_known_again_by_its_strings_alone():
    pairs = pd.DataFrame(
        {"mirna_sequence": ["UGAGG", "UGAGG", "ACGUA"], "target_sequence": ["CCUCA", "AAAAA", "CCUCA"]}
    )
    digests = pair_digests(pairs)
    wanted = int.from_bytes(hashlib.blake2b(b"UGAGG\tCCUCA", digest_size=4).digest(), "little")
    assert digests.dtype == np.uint32 and digests[0] == wanted and len(set(digests)) == 3
    dna = pd.DataFrame({"mirna_sequence": ["tgagg", "CCUCA"], "target_sequence": ["CCTCA", "UGAGG"]})
    assert seen(dna, digests).tolist() == [True, False]
