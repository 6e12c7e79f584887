"""One colour for one thing in all figures: classes, roles of a score, methods. Colour-blind safe (Okabe and Ito)."""

BLUE, ORANGE, GREEN, PINK, RED, SKY, YELLOW, BLACK = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442", "#000000"
)  # fmt: skip
GREY, LIGHT, DARK = "#999999", "#DDDDDD", "#555555"
# The order keeps neighbours apart for all common kinds of colour blindness.
PALETTE = [BLUE, ORANGE, GREEN, PINK, RED, SKY, YELLOW, BLACK]

CLASSES = {1: RED, 0: GREY}  # positives, negatives
CLASS_NAMES = {1: "positive", 0: "negative"}
# What a score is: a method, a shortcut that never reads the miRNA against the site, or the seed match.
ROLES = {"model": BLUE, "shortcut": ORANGE, "signal": GREEN}

# (colour, dash) of the methods that most experiments show, by the name of the model or else of its predictor.
METHODS = {
    "papers_network": (BLUE, "-"),
    "interaction_map": (BLACK, "-"),
    "mitar": (GREEN, "-"),
    "tec_mitarget": (PINK, "-"),
    "miraw": (RED, "-"),
    "kmer_trees": (SKY, "-"),
    "duplex_trees": (ORANGE, "-"),
    "mirsvr": (GREEN, "--"),
    "pita": (PINK, "--"),
    "miranda": (RED, "--"),
    "rnahybrid": (SKY, "--"),
    "rnacofold": (ORANGE, "--"),
    "seed_match": (BLACK, "--"),
    "mirna_only": (GREY, "-"),
    "target_only": (GREY, "--"),
    "site_only": (GREY, "-."),
    "pair_lookup": (GREY, ":"),
}
_OTHERS = [(colour, dash) for dash in ("-.", ":") for colour in (ORANGE, PINK, SKY, RED, GREEN, BLACK, BLUE)]


def method_styles(models: dict[str, dict]) -> dict[str, tuple[str, str]]:
    """Model -> (colour, dash). `models`: name -> stanza with its `predictor`, in the order of the figure.

    A model takes the entry of its name, or of its predictor where it is the first of the figure that has it; all
    others take the next free style by position.
    """
    styles: dict[str, tuple[str, str]] = {}
    for name, stanza in models.items():
        key = name if name in METHODS else stanza["predictor"]
        if key in METHODS and METHODS[key] not in styles.values():
            styles[name] = METHODS[key]
    free = (style for number in range(len(models)) for style in _OTHERS)
    return {name: styles.get(name) or next(free) for name in models}
