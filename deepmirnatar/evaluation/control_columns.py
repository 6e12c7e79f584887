"""What controls and their columns are called; apart from `controls.py`, whose changes need no new scores."""

# A dataset's controls go by this name where a test set is named, `released:controls`.
TEST_SET = "controls"
# What may have been seen in training; each is a column `{name}_seen` of real rows.
SEEN = ["pair", "gene", "family", "site"]
# Columns of 0 and 1, and all that controls have in addition to those of a pairs table.
FLAGS = [*(f"{name}_seen" for name in SEEN), "family_kept"]
COLUMNS = ["control", "real_id", "seed_type", *FLAGS]
