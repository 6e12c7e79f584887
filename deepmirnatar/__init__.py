"""microRNA target sites: data, negatives, embeddings, models, metrics. No Snakemake in here."""

__version__ = "0.1.0"
