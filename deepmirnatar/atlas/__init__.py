"""Repression of all genes by all miRNAs of a species, computed once and looked up."""
