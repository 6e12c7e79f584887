"""What the paper shows, and what an experiment can draw of it."""

# What an experiment can draw: the key under its `figures` -> the files that it makes, once per dataset. `transfer`
# is one figure for all datasets.
FIGURES = {
    "figure_08": ["figure_08a", "figure_08b"],
    "figure_09": ["figure_09"],
    "figure_10": ["figure_10"],
    "figure_11": ["figure_11a", "figure_11b"],
    "figure_12": ["figure_12"],
    "figure_13": ["figure_13", "cost"],
    "transfer": ["transfer"],
    "model_audit": [],
}


# What the paper shows: the key under an experiment's `figures` -> item, what, file. Any experiment has Tables 1 and 2.
ITEMS = {
    "table_1": ("Table 1", "the data", "tables/{experiment}/table_1.tsv"),
    "table_2": ("Table 2", "settings", "tables/{experiment}/table_2.tsv"),
    "figure_08": ("Figure 8A, B", "ablation", "figures/{experiment}/{dataset}/figure_08b.svg"),
    "figure_09": ("Figure 9", "batch size", "figures/{experiment}/{dataset}/figure_09.svg"),
    "figure_10": ("Figure 10", "dropout", "figures/{experiment}/{dataset}/figure_10.svg"),
    "figure_11": ("Figure 11A, B", "ROC, PR curve", "figures/{experiment}/{dataset}/figure_11a.svg"),
    "figure_12": ("Figure 12", "BiLSTM or BiGRU", "figures/{experiment}/{dataset}/figure_12.svg"),
    "figure_13": ("Figure 13, Table 3", "all methods", "figures/{experiment}/{dataset}/figure_13.svg"),
}


# Items that no experiment makes.
OTHER_ITEMS = [
    ("Figures 2, 3, 6", "site and gene level, windows, a duplex", "figures/explained/figure_02.svg"),
    ("Figures 4, 5, 7", "architecture as built", "figures/explained/figure_04.svg"),
    ("Figure 14", "case study, 8 miRNAs and 8 genes", "predictions/case_study/figure_14.svg"),
]


# The test split that the paper's printed numbers are of.
PAPERS_DATASET = "released"
