"""The whole network as built, with the shapes that one real pair has on its way through it."""

from deepmirnatar import embeddings
from deepmirnatar.figures.charts import pyplot
from deepmirnatar.figures.explained.diagrams import GREY, RECURRENT, arrow, box, canvas, parameters, route, shape_text
from deepmirnatar.figures.explained.example import Example
from deepmirnatar.figures.explained.network_trace import Traced

COLUMNS = {"mirna": 1.9, "site": 5.3}
WIDTH, HEIGHT, GAP = 2.7, 0.46, 0.3  # inches


def draw(traced: Traced, example: Example, model: dict):
    """The network of a model (label, settings, embedding stanzas by strand), as a figure."""
    figure = pyplot().figure()
    draw_network(figure, traced, example, model)
    return figure


def streams(traced: Traced, example: Example, model: dict) -> dict[str, list[tuple]]:
    """Each strand's steps up to the decoder: (title, kind, line, shape of what leaves it), None where it has none."""
    texts = {
        "mirna": (example.mirna, len(example.mirna_sequence)),
        "site": (f"site in the 3'UTR of {example.gene}", len(example.site["sequence"])),
    }
    found = {}
    for strand, (title, length) in texts.items():
        stanza, vectors = model["embeddings"][strand], traced[strand].inputs[0]
        k = stanza["settings"]["k"]
        steps = [
            (title, "data", f"{length} nt, {length - k + 1} {k}-mers", None),
            (embeddings.load(stanza["kind"]).LABEL, "embedding", f"{vectors[2]} values a vector", vectors),
        ]
        for name, title, kind in (
            ("project", "linear", "linear"),
            ("textcnn", "TextCNN", "convolution"),
            ("linear", "linear", "linear"),
            ("order", RECURRENT.get(traced.settings.rnn, ""), "recurrent"),
        ):
            part = traced.parts.get(f"{strand}.{name}")
            steps.append((title, kind, parameters(part.parameters), part.output) if part else None)
        found[strand] = steps
    # A row that neither stream has is left out.
    keep = [number for number, pair in enumerate(zip(*found.values(), strict=True)) if any(pair)]
    return {strand: [steps[number] for number in keep] for strand, steps in found.items()}


def draw_network(figure, traced: Traced, example: Example, model: dict) -> None:
    steps = streams(traced, example, model)
    rows, modules = len(steps["mirna"]), traced.settings.decoder_modules
    # A stack as deep as there are modules; the first lies in front.
    shift = min(0.07, 0.4 / max(modules - 1, 1))
    stack = shift * (modules - 1)
    height = 0.42 + (rows + 4) * (HEIGHT + GAP) + stack
    axis = canvas(figure, 7.2, height)
    title = f"{model['label']} as built: {parameters(traced[''].parameters)}"
    axis.text(3.6, height - 0.2, title, ha="center", va="center", fontsize=10)
    top = height - 0.42
    ends = {}
    for strand, x in COLUMNS.items():
        last, label = None, ""
        for number, step in enumerate(steps[strand]):
            if step is None:
                continue
            y = top - HEIGHT / 2 - number * (HEIGHT + GAP)
            drawn = box(axis, x, y, WIDTH, HEIGHT, step[0], step[1], step[2])
            if last:
                arrow(axis, last.bottom, drawn.top, label)
            last, label = drawn, shape_text(step[3]) if step[3] else ""
        ends[strand] = last, label
    x = COLUMNS["mirna"]
    y = top - rows * (HEIGHT + GAP) - 0.31
    part = traced["decoder.0"]
    for number in range(modules - 1, 0, -1):
        box(axis, x + shift * number, y - shift * number, WIDTH, 0.62, "", "attention")
    count = f"{modules} decoder modules" if modules > 1 else "decoder module"
    kind = "SpatialConv attention" if traced.settings.spatial else "multi-head attention"
    each = parameters(part.parameters) + (" each" if modules > 1 else "")
    decoder = box(axis, x, y, WIDTH, 0.62, count, "attention", f"{kind} to the site", each)
    arrow(axis, ends["mirna"][0].bottom, decoder.top, ends["mirna"][1])
    site, shape = ends["site"]
    end = decoder.right[0] + stack, y - stack / 2
    route(axis, site.bottom, (site.x, end[1]), end)
    axis.text(site.x + 0.06, (site.bottom[1] + end[1]) / 2, shape, fontsize=7.5, color=GREY, va="center")
    if modules > 1:
        axis.text((end[0] + site.x) / 2, end[1] + 0.07, "to each module", fontsize=7.5, color=GREY, ha="center")
    y -= 0.31 + stack + GAP + HEIGHT / 2
    pooled = box(axis, x, y, WIDTH, HEIGHT, "sum over k-mers", "linear", "weights: softmax of their norms")
    arrow(axis, (x, decoder.bottom[1] - stack), pooled.top, shape_text(traced[f"decoder.{modules - 1}"].output))
    y -= HEIGHT + GAP
    inner = traced["head.0"].output[-1]
    text = f"{parameters(traced['head'].parameters)}, {inner} hidden values"
    head = box(axis, x, y, WIDTH, HEIGHT, "linear, ReLU, linear", "linear", text)
    arrow(axis, pooled.bottom, head.top, shape_text(traced["head"].inputs[0]))
    y -= HEIGHT + GAP
    result = box(axis, x, y, WIDTH, HEIGHT, "probability", "result", "softmax: target or no target")
    arrow(axis, head.bottom, result.top, shape_text(traced["head"].output))
    note = "Numbers next to arrows:\nbatch × k-mers × values per k-mer,\nas measured on this pair"
    axis.text(COLUMNS["site"], head.y, note, ha="center", va="center", fontsize=8, color=GREY, linespacing=1.5)
