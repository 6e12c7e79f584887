"""The two drawings of a result as SVG text, coloured by the page: z of all families, and fold changes of targets."""

from html import escape

import numpy as np

WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 12, 40
SHADES = ["s1", "s2", "s3", "s4"]  # classes of predicted repression, weakest first


class _Axes:
    """Numbers to places on the drawing, and the frame around it."""

    def __init__(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.x, self.y = x, y

    def across(self, value):
        return LEFT + (value - self.x[0]) / (self.x[1] - self.x[0]) * (WIDTH - LEFT - RIGHT)

    def up(self, value):
        return HEIGHT - BOTTOM - (value - self.y[0]) / (self.y[1] - self.y[0]) * (HEIGHT - TOP - BOTTOM)

    def frame(self, x_label: str, y_label: str) -> str:
        parts = [f'<path class="axis" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>']
        for value in ticks(*self.x):
            at = self.across(value)
            parts.append(f'<path class="axis" d="M{at:.1f} {HEIGHT - BOTTOM}v5"/>')
            parts.append(_text(at, HEIGHT - BOTTOM + 17, _number(value), "middle"))
        for value in ticks(*self.y):
            at = self.up(value)
            parts.append(f'<path class="axis" d="M{LEFT} {at:.1f}h-5"/>')
            parts.append(_text(LEFT - 8, at + 4, _number(value), "end"))
        middle = (TOP + HEIGHT - BOTTOM) / 2
        parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, x_label, "middle"))
        turned = f'transform="rotate(-90 12 {middle:g})"'
        parts.append(_text(12, middle, y_label, "middle", turned))
        return "".join(parts)


def rank_plot(z: np.ndarray, conserved: np.ndarray, named: dict[int, str], threshold: float) -> str:
    """z of families against their rank, strongest first; `named`: row -> name."""
    order = np.argsort(-z, kind="stable")
    place = np.empty(len(z), dtype=int)
    place[order] = np.arange(1, len(z) + 1)
    low, high = min(z.min(), -threshold) - 1, max(z.max(), threshold) + 1
    axes = _Axes((0, len(z) + 1), (low, high))
    parts = [axes.frame("families, by z", "z")]
    for line in (-threshold, threshold):
        parts.append(f'<path class="limit" d="M{LEFT} {axes.up(line):.1f}H{WIDTH - RIGHT}"/>')
    for kind, rows in (("other", ~conserved), ("conserved", conserved)):
        dots = "".join(f"M{axes.across(place[row]):.1f} {axes.up(z[row]):.1f}h0" for row in np.flatnonzero(rows))
        parts.append(f'<path class="dots {kind}" d="{dots}"/>')
    taken: list[float] = []
    for row in sorted(named, key=lambda row: -z[row]):
        at = axes.up(z[row])
        while any(abs(at - other) < 13 for other in taken):
            at += 13 if z[row] > 0 else -13
        taken.append(at)
        right = place[row] < len(z) / 2
        x = axes.across(place[row]) + (9 if right else -9)
        parts.append(_text(x, at + 4, named[row], "start" if right else "end"))
    return _svg("".join(parts), "z of all families by rank; named: " + (", ".join(named.values()) or "none"))


def cumulative_plot(log2fc: np.ndarray, classes: np.ndarray, labels: list[str], name: str) -> str:
    """Cumulative distribution of fold changes in each class of predicted repression; `classes` (genes,) -> `labels`."""
    low, high = np.quantile(log2fc, [0.01, 0.99])
    reach = max(abs(low), abs(high), 0.1)
    axes = _Axes((-reach, reach), (0, 1))
    parts = [axes.frame("log2 fold change", "fraction of genes")]
    for number, label in enumerate(labels):
        values = np.sort(log2fc[classes == number])
        y = TOP + 16 + 16 * number
        parts.append(f'<path class="key {SHADES[number]}" d="M{LEFT + 12} {y - 4}h18"/>')
        parts.append(_text(LEFT + 36, y, f"{label} ({len(values):,})", "start"))
        if len(values):
            share = np.linspace(0, 1, min(len(values), 200) + 1)[1:]
            at = np.clip(np.quantile(values, share), -reach, reach)
            line = " ".join(f"{axes.across(x):.1f} {axes.up(y):.1f}" for x, y in zip(at, share, strict=True))
            parts.append(f'<path class="curve {SHADES[number]}" d="M{line}"/>')
    return _svg("".join(parts), f"Cumulative distributions of log2 fold changes by predicted repression, {name}")


def ticks(low: float, high: float) -> list[float]:
    """Round numbers between two values, three to seven of them."""
    rough = (high - low) / 5
    step = 10 ** np.floor(np.log10(rough))
    step *= next(factor for factor in (1, 2, 5, 10) if step * factor >= rough)
    return [float(round(value, 9)) + 0.0 for value in np.arange(np.ceil(low / step) * step, high + step / 1e6, step)]


def _svg(inside: str, title: str) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{inside}</svg>"
    )


def _text(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(text)}</text>'


def _number(value: float) -> str:
    return f"{value:,g}".replace("-", "−")
