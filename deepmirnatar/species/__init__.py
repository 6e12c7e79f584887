"""A species by name: its mRNAs and its miRNAs, fetched or made once and kept in the user's cache folder."""
