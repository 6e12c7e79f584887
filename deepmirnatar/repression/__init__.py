"""How much does a miRNA lower an mRNA? Experiments, the model of a site's effect, its fit."""
