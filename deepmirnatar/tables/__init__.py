"""Tables of the report: what each is called there, the paper's item that it answers to, and its caption."""

# name of the file -> (title, item of the paper, caption)
TABLES = {
    "datasets": ("datasets", "Table 1", "Pairs by source, label and split."),
    "settings": (
        "settings",
        "Table 2",
        "Every setting of every model of the experiment, and how long an epoch of its training took on the machine "
        "that ran it.",
    ),
    "scores": (
        "all scores",
        "",
        "All scores with epochs, device and date. Scores that need a threshold are at the default one; columns ending "
        "in _valid are at the threshold chosen on the validation split.",
    ),
    "paper_items": (
        "the paper, item by item",
        "",
        "Which of the paper's figures and tables this experiment makes, the AUC that the paper prints for its model "
        "where it prints one, ours for the model named, and how that was made.",
    ),
    "transfer": (
        "trained on, tested on",
        "",
        "Every model on every test set of the experiment. On test sets of positives alone, the recall next to the "
        "specificity on the own test split at the same threshold.",
    ),
    "methods": (
        "all methods",
        "Table 3",
        "Every method on the same test rows, at its default threshold and at the one chosen on the validation split. "
        "Columns paper_* are as printed; found_* is how many of a test set of positives are called at that threshold, "
        "to be read with the specificity in the same row. swap_auroc is there for models whose audit is drawn.",
    ),
    "costs": (
        "cost of each method",
        "",
        "Training and scoring speed and memory from the benchmark files of this run, of whole jobs on the machine "
        "that ran them.",
    ),
}


def label(title: str, paper: str) -> str:
    """What the report's list shows: the title, and the paper's item where there is one."""
    return f"{title} (the paper's {paper})" if paper else title
