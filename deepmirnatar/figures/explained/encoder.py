"""The encoder of one sequence, with the shapes that one real sequence has on its way through it."""

from deepmirnatar import embeddings
from deepmirnatar.figures.charts import pyplot
from deepmirnatar.figures.explained.diagrams import (
    GREY,
    RECURRENT,
    Box,
    arrow,
    box,
    canvas,
    parameters,
    route,
    shape_text,
)
from deepmirnatar.figures.explained.example import Example
from deepmirnatar.figures.explained.network_trace import Traced

HEIGHT, GAP, MIDDLE = 0.46, 0.34, 3.6  # inches
STRAND = {"mirna": "miRNA", "site": "site"}


def draw(traced: Traced, example: Example, model: dict, strand: str = "site"):
    """The encoder of one strand, mirna or site, as a figure."""
    figure = pyplot().figure()
    draw_encoder(figure, traced, strand, embeddings.load(model["embeddings"][strand]["kind"]).LABEL)
    return figure


def levels(traced: Traced, strand: str, embedding: str) -> list[list[tuple]]:
    """Boxes of one row, from top to bottom: (title, kind, lines, shape of what leaves it)."""
    encoder = getattr(traced.network, strand)

    def part(name: str):
        return traced[f"{strand}.{name}"]

    def concatenated(shapes: list[tuple], axis: int) -> tuple[int, ...]:
        total = sum(shape[axis] for shape in shapes)
        return tuple(total if at == axis else size for at, size in enumerate(shapes[0]))

    vectors = traced[strand].inputs[0]
    found = [[(f"vectors of the {STRAND[strand]}'s k-mers", "embedding", [embedding], vectors)]]
    if encoder.project is not None:
        found.append([("linear", "linear", [parameters(part("project").parameters)], part("project").output)])
    if encoder.textcnn is None:
        found.append([("linear", "linear", [parameters(part("linear").parameters)], part("linear").output)])
    else:
        convolutions = [
            (
                f"Conv1d, width {layer.kernel_size[0]}, ReLU",
                "convolution",
                [f"{layer.in_channels} → {layer.out_channels} channels", parameters(own.parameters)],
                own.output,
            )
            for number, layer in enumerate(encoder.textcnn.convolutions)
            for own in [part(f"textcnn.convolutions.{number}")]
        ]
        joined, linear = part("textcnn.linear").inputs[0], part("textcnn.linear")
        dropout = f"dropout {traced.settings.dropout:g}"
        found += [
            convolutions,
            [("concatenate", "data", ["channels last again"], joined)],
            [("linear", "linear", [f"{parameters(linear.parameters)}, {dropout}"], linear.output)],
        ]
    if traced.settings.rnn in ("lstm", "gru"):
        name = traced.settings.rnn.upper()
        both = [part("order.forwards"), part("order.backwards")]
        norm = part("order.norm")
        found += [
            [
                (f"{name}, {way}", "recurrent", [parameters(own.parameters)], own.output)
                for way, own in zip(("forwards", "backwards"), both, strict=True)
            ],
            [("concatenate", "data", [], concatenated([own.output for own in both], 2))],
            [("GLU", "data", ["one half gates the other"], norm.inputs[0])],
            [
                (
                    "LayerNorm",
                    "linear",
                    [f"{parameters(norm.parameters)}, dropout {traced.settings.dropout:g}"],
                    norm.output,
                )
            ],
        ]
    elif traced.settings.rnn == "positions":
        found.append([(RECURRENT["positions"], "recurrent", ["added, none learned"], part("order").output)])
    return found


def draw_encoder(figure, traced: Traced, strand: str, embedding: str) -> None:
    rows = levels(traced, strand, embedding)
    heights = [HEIGHT + 0.17 * (max(len(step[2]) for step in row) - 1) for row in rows]
    total = 0.5 + sum(heights) + GAP * len(rows) + 0.3
    axis = canvas(figure, 7.2, total)
    title = f"Encoder of the {STRAND[strand]}: {parameters(traced[strand].parameters)}"
    axis.text(MIDDLE, total - 0.2, title, ha="center", va="center", fontsize=10)
    y = total - 0.42
    above: list[tuple[Box, str]] = []
    for row, height in zip(rows, heights, strict=True):
        y -= height / 2
        wide = 6.8 / len(row) if len(row) > 1 else 3.0
        drawn = [
            box(axis, MIDDLE + wide * (at - (len(row) - 1) / 2), y, min(wide - 0.25, 3.0), height, *step[:2], *step[2])
            for at, step in enumerate(row)
        ]
        connect(axis, above, drawn)
        above = [(each, shape_text(step[3])) for each, step in zip(drawn, row, strict=True)]
        y -= height / 2 + GAP
    ((last, shape),) = above
    arrow(axis, last.bottom, (last.x, y + 0.04), shape)
    axis.text(MIDDLE, y - 0.08, "to the decoder", ha="center", va="center", fontsize=8)


def connect(axis, above: list[tuple[Box, str]], below: list[Box]) -> None:
    """Arrows from a row to the next, through one level line where rows differ in number; shapes next to them."""
    if not above:
        return
    if len(above) == len(below):
        for (start, label), end in zip(above, below, strict=True):
            arrow(axis, start.bottom, end.top, label)
        return
    line = (above[0][0].bottom[1] + below[0].top[1]) / 2
    for start, label in above:
        for end in below:
            route(axis, start.bottom, (start.x, line), (end.x, line), end.top)
        # Next to the piece that belongs to this box alone.
        middle = (start.bottom[1] + line) / 2
        axis.text(start.x + 0.06, middle, label, ha="left", va="center", fontsize=7.5, color=GREY)
