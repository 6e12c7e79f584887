"""Annotations of genomes, GTF, GFF3 and BED: their transcripts, one isoform of each gene, and the mRNAs cut out."""
