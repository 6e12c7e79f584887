"""One decoder module, with the shapes that one real pair has on its way through it."""

from deepmirnatar.figures.charts import pyplot
from deepmirnatar.figures.explained.diagrams import GREY, arrow, box, canvas, parameters, route, shape_text
from deepmirnatar.figures.explained.example import Example
from deepmirnatar.figures.explained.network_trace import Traced

CONVOLUTION, QUERY, KEY, VALUE = 1.35, 2.95, 4.55, 6.15  # centres of the columns, inches
WIDTH, HEIGHT, GAP = 1.42, 0.46, 0.32
F_ATT, F_CONV = r"$F_{\mathrm{att}}$", r"$F_{\mathrm{conv}}$"


def draw(traced: Traced, example: Example, model: dict):
    """The first decoder module, as a figure."""
    figure = pyplot().figure()
    draw_module(figure, traced)
    return figure


def weights_shape(traced: Traced) -> tuple[int, int, int, int]:
    """(batch, heads, miRNA k-mers, site k-mers): a weight for each site k-mer that a miRNA k-mer looks at."""
    query, key = traced["decoder.0.attention.query"].output, traced["decoder.0.attention.key"].output
    return query[0], traced.network.decoder[0].attention.heads, query[1], key[1]


def draw_module(figure, traced: Traced) -> None:
    def part(name: str):
        return traced[f"decoder.0.{name}"]

    attention = traced.network.decoder[0].attention
    spatial = attention.convolution is not None
    dropout = f"dropout {traced.settings.dropout:g}"
    height = 0.42 + (9 if spatial else 8) * (HEIGHT + GAP) - 0.15
    axis = canvas(figure, 7.2, height)
    count = (
        "The decoder module"
        if traced.settings.decoder_modules == 1
        else f"One of {traced.settings.decoder_modules} decoder modules"
    )
    title = f"{count}: {parameters(traced['decoder.0'].parameters)}"
    axis.text(3.6, height - 0.2, title, ha="center", va="center", fontsize=10)

    def row(number: int) -> float:
        return height - 0.42 - HEIGHT / 2 - number * (HEIGHT + GAP)

    # Inputs, and the layers that read them.
    mirna, site = (shape_text(shape) for shape in traced["decoder.0"].inputs[:2])
    x = (CONVOLUTION + QUERY) / 2 if spatial else QUERY
    mirna_box = box(axis, x, row(0), 1.8, HEIGHT, "miRNA stream", "data", mirna)
    site_box = box(axis, (KEY + VALUE) / 2, row(0), 1.8, HEIGHT, "site stream", "data", site)
    layers = {}
    for name, x, source in (("query", QUERY, mirna_box), ("key", KEY, site_box), ("value", VALUE, site_box)):
        text = parameters(part(f"attention.{name}").parameters)
        layers[name] = box(axis, x, row(1), WIDTH, HEIGHT, f"linear: {name}", "linear", text)
        fork(axis, source, layers[name])

    # Attention of the miRNA to the site.
    text = f"{attention.heads} heads, softmax over the site"
    weights = box(axis, (QUERY + KEY) / 2, row(2), 3.02, HEIGHT, "attention weights", "attention", text)
    for name in ("query", "key"):
        start = layers[name].bottom
        arrow(axis, start, (start[0], weights.top[1]), shape_text(part(f"attention.{name}").output))
    mean = box(axis, KEY, row(3), 1.92, HEIGHT, "sum of values", "attention", "by weight; heads joined")
    arrow(axis, (KEY, weights.bottom[1]), mean.top, shape_text(weights_shape(traced)))
    down = layers["value"].bottom
    route(axis, down, (VALUE, row(3)), mean.right)
    beside(axis, VALUE, (down[1] + weights.top[1]) / 2, shape_text(part("attention.value").output))
    out = box(axis, KEY, row(4), 1.92, HEIGHT, "linear", "linear", parameters(part("attention.out").parameters))
    arrow(axis, mean.bottom, out.top, shape_text(part("attention.out").inputs[0]))

    # The convolution along the miRNA stream.
    if spatial:
        own, width = part("attention.convolution"), attention.convolution.kernel_size[0]
        text = parameters(own.parameters)
        convolution = box(axis, CONVOLUTION, row(1), WIDTH, HEIGHT, f"Conv1d, width {width}", "convolution", text)
        fork(axis, mirna_box, convolution)
        text = f"β learned, at first {attention.beta.item():g}"
        total = box(axis, QUERY, row(5), 1.92, HEIGHT, f"{F_ATT} + β · {F_CONV}", "attention", text)
        route(axis, convolution.bottom, (CONVOLUTION, row(5)), total.left)
        beside(axis, CONVOLUTION, row(3), f"{F_CONV}\n{shape_text(own.output)}\n(channels first)")
        route(axis, out.bottom, (KEY, row(5)), total.right)
        beside(axis, KEY, row(5) + 0.12, f"{F_ATT}  {shape_text(part('attention.out').output)}")

    # Both residual blocks.
    number = 6 if spatial else 5
    norms = [
        box(axis, QUERY, row(number + 2 * at), 2.5, HEIGHT, "add, LayerNorm", "linear", parameters(own.parameters))
        for at, own in enumerate([part("norms.0"), part("norms.1")])
    ]
    if spatial:
        arrow(axis, total.bottom, norms[0].top, f"{shape_text(part('attention').output)}, {dropout}")
    else:
        route(axis, out.bottom, (KEY, row(number)), norms[0].right)
        beside(axis, KEY, row(number) + 0.12, f"{shape_text(part('attention').output)}, {dropout}")
    route(axis, mirna_box.left, (0.3, row(0)), (0.3, row(number)), norms[0].left)
    beside(axis, 0.3, row(number) + 0.12, "residual")
    inner = [part(f"feed_forward.{at}").output[-1] for at in (0, 2)]
    text = (
        f"{part('feed_forward').inputs[0][-1]} → {inner[0]} → {inner[1]}, {parameters(part('feed_forward').parameters)}"
    )
    forward = box(axis, QUERY, row(number + 1), 2.5, HEIGHT, "linear, ReLU, linear", "linear", text)
    arrow(axis, norms[0].bottom, forward.top, shape_text(part("norms.0").output))
    arrow(axis, forward.bottom, norms[1].top, f"{shape_text(part('feed_forward').output)}, {dropout}")
    side = norms[0].bottom[1] - 0.06
    route(axis, (QUERY, side), (0.9, side), (0.9, row(number + 2)), norms[1].left)
    beside(axis, 0.9, row(number + 2) + 0.12, "residual")
    end = norms[1].right[0] + 0.5
    arrow(axis, norms[1].right, (end, row(number + 2)))
    text = "to the next module, or to the head" if traced.settings.decoder_modules > 1 else "to the head"
    beside(axis, end, row(number + 2), f"{shape_text(traced['decoder.0'].output)}\n{text}")


def fork(axis, start, end) -> None:
    """From the bottom of one box to the top of another, which may be next to it."""
    middle = (start.bottom[1] + end.top[1]) / 2
    route(axis, start.bottom, (start.x, middle), (end.x, middle), end.top)


def beside(axis, x: float, y: float, text: str) -> None:
    axis.text(x + 0.06, y, text, ha="left", va="center", fontsize=7.5, color=GREY, linespacing=1.4)
