"""From miRNAs and targets to ranked genes."""

EXPLAINED = 10  # sites that are drawn with the bases that the network's score rests on, unless told otherwise
