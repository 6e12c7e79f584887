"""Sites that pair with a whole miRNA, which are cut and not only held: the rule in plants, rare in animals."""

import numpy as np
import pandas as pd

from deepmirnatar.rna.sequences import reverse_complement

MARK = "fully complementary"


def fully_complementary(mirnas: pd.Series, sites: pd.Series) -> np.ndarray:
    """Does the site of each row hold what pairs with nt 2 to the last of its miRNA? Shape (rows,), bool.

    Watson-Crick pairs alone; nt 1 lies in a pocket of Argonaute and need not pair. Both 5'->3', RNA.
    """
    wanted = {mirna: reverse_complement(mirna[1:]) for mirna in mirnas.unique()}
    return np.array([wanted[mirna] in site for mirna, site in zip(mirnas, sites, strict=True)], dtype=bool)
