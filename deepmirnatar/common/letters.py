"""Letters that a sequence may not hold: where the first one is, and what it looks like."""

import re

_LOOKS_LIKE = {
    "[-.~_]": "which looks like an alignment gap; remove the gaps",
    r"\*": "which looks like the stop of a protein; give RNA or DNA",
    "[0-9]": "which looks like a position or a 5' mark; give the letters alone",
    r"\s": "which is a blank; remove it",
    "[EFILPQZJO]": "which looks like a protein; give RNA or DNA",
    "[RYSWKMBDHVN]": "which means several bases (IUPAC); repair or remove the sequence",
    "[?X]": "which means an unknown base; repair or remove the sequence",
    "&": "which joins two sequences; give each its own record",
    ">": "which begins a header; write it on a new line",
    "['\"`’′]": "which looks like a quote or a 5' mark; give the letters alone",
    "": "which is not a letter of RNA or DNA; repair or remove the sequence",
}


def odd_letter(sequence: str, letters: str) -> tuple[int, str] | None:
    """Where (0-based) a sequence breaks its alphabet, and the letter there, for a sentence; None if it does not."""
    odd = re.search(f"[^{letters}]", sequence)
    if not odd:
        return None
    # A letter of proteins says more than an IUPAC code before it.
    protein = odd[0].isalpha() and re.search("[EFILPQZJO]", sequence)
    told = next(text for pattern, text in _LOOKS_LIKE.items() if re.match(pattern, protein[0] if protein else odd[0]))
    return odd.start(), f"{odd[0]!r} at nt {odd.start() + 1}, {told}"
