"""What the paper shows, and what an experiment can draw of it."""

# What an experiment can draw: the key under its `figures` -> the files that it makes, once per dataset. `transfer`
# is one figure for all datasets.
FIGURES = {
    "ablation": ["ablation_loss", "ablation_scores"],
    "batch_size": ["batch_size"],
    "dropout": ["dropout"],
    "curves": ["roc", "precision_recall"],
    "recurrent_layer": ["recurrent_layer"],
    "methods": ["radar", "cost"],
    "transfer": ["transfer"],
    "model_audit": [],
}

# What the paper shows: the key under an experiment's `figures` -> item, what, file. Any experiment has Tables 1 and 2.
ITEMS = {
    "datasets": ("Table 1", "the data", "tables/{experiment}/datasets.tsv"),
    "settings": ("Table 2", "settings", "tables/{experiment}/settings.tsv"),
    "ablation": ("Figure 8A, B", "ablation", "figures/{experiment}/{dataset}/ablation_scores.svg"),
    "batch_size": ("Figure 9", "batch size", "figures/{experiment}/{dataset}/batch_size.svg"),
    "dropout": ("Figure 10", "dropout", "figures/{experiment}/{dataset}/dropout.svg"),
    "curves": ("Figure 11A, B", "ROC, PR curve", "figures/{experiment}/{dataset}/roc.svg"),
    "recurrent_layer": ("Figure 12", "BiLSTM or BiGRU", "figures/{experiment}/{dataset}/recurrent_layer.svg"),
    "methods": ("Figure 13, Table 3", "all methods", "figures/{experiment}/{dataset}/radar.svg"),
}

# Items that no experiment makes.
OTHER_ITEMS = [
    ("Figures 2, 3, 6", "site and gene level, windows, a duplex", "figures/explained/levels.svg"),
    ("Figures 4, 5, 7", "architecture as built", "figures/explained/architecture.svg"),
    ("Figure 14", "case study, 8 miRNAs and 8 genes", "predictions/case_study/case_study.svg"),
]

# The test split that the paper's printed numbers are of.
PAPERS_DATASET = "released"
