"""What the paper shows in addition to the figures of experiments, and where its printed numbers belong.

An item that an experiment makes is named by the kind of figure or the table that answers to it: `Figure.paper` in
`figures/kinds/`, `TABLES` in `tables/`.
"""

# Items that no experiment makes: item, what, file.
OTHER_ITEMS = [
    ("Figures 2, 3, 6", "site and gene level, windows, a duplex", "figures/explained/levels.svg"),
    ("Figures 4, 5, 7", "architecture as built", "figures/explained/architecture.svg"),
    ("Figure 14", "case study, 8 miRNAs and 8 genes", "predictions/case_study/case_study.svg"),
]

# The test split that the paper's printed numbers are of.
PAPERS_DATASET = "released"
