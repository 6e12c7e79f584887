"""The graph of rules, drawn from what Snakemake says it would run.

Reads the workflow and the config, nothing else.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.patches as shapes

from deepmirnatar.common.files import write_json
from deepmirnatar.common.logs import log_to
from deepmirnatar.figures.charts import panels, save
from deepmirnatar.figures.colours import BLACK, PALETTE

_STAGES = ["sources", "datasets", "embeddings", "runs", "experiments", "figures", "audits", "predict"]
_ENDS = "plot_*, tabulate_*"
_FIGURES = ("tables", "explained")  # rule files that make what a reader sees, too
# A grey in place of the yellow, which is too pale for a thin line.
_COLOURS = dict(zip(_STAGES, [*PALETTE[:6], BLACK, "#888888"], strict=True))


def main(rule_files: list[str], snakefile: str, config: dict, outputs: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        # As the study has it, with all that was laid over it on the command line.
        write_json(config, Path(folder) / "config.json")
        command = [sys.executable, "-m", "snakemake", "all", "-s", snakefile, "--rulegraph", "dot", "--nolock"]
        command += ["--forceall", "--configfile", f"{folder}/config.json"]
        answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode:
        raise RuntimeError(f"snakemake --rulegraph failed:\n{answer.stderr.strip()}")
    names = dict(re.findall(r'(\d+)\[label = "([^"\\]+)', answer.stdout))
    # Two dozen rules draw and tabulate, and one chooses what is drawn; one box stands for all of them.
    ends = ("plot_", "tabulate_", "choose_", "render_", "summarize_study")
    names = {key: _ENDS if name.startswith(ends) else name for key, name in names.items()}
    edges = {(names[a], names[b]) for a, b in re.findall(r"(\d+) -> (\d+)", answer.stdout)}
    edges = _forward(edges)
    # The target of all is no work of its own; without it the arrows of all figures need not cross the picture.
    names = {key: name for key, name in names.items() if name != "all"}
    edges = {edge for edge in edges if "all" not in edge}
    edges = {edge for edge in edges if not _detour(edge, edges)}
    stage = {
        rule: _STAGES.index("figures" if Path(path).stem in _FIGURES else Path(path).stem)
        for path in rule_files
        if Path(path).stem in (*_STAGES, *_FIGURES)  # no stage: what stands beside the study
        for rule in re.findall(r"^rule (\w+):", Path(path).read_text(encoding="utf-8"), flags=re.M)
    }
    stage[_ENDS] = _STAGES.index("figures")
    depth = {}
    for rule in names.values():
        _depth(rule, edges, depth)
    levels = {}
    for rule, level in sorted(depth.items(), key=lambda item: (item[1], stage.get(item[0], 9), item[0])):
        levels.setdefault(level, []).append(rule)
    widest = max(map(len, levels.values()))
    figure, (axis,) = panels(1, width=max(7, 2.1 * widest), height=0.72 * len(levels) + 0.6)
    place = {}
    for level, rules in levels.items():
        for number, rule in enumerate(rules):
            place[rule] = ((number + 0.5) * widest / len(rules), -level)
    for start, end in edges:
        (x0, y0), (x1, y1) = place[start], place[end]
        axis.annotate(
            "",
            (x1, y1 + 0.26),
            (x0, y0 - 0.26),
            arrowprops={"arrowstyle": "->", "color": "#888888", "lw": 0.8},
            zorder=0,  # behind the boxes that lie on its way
        )
    for rule, (x, y) in place.items():
        colour = _COLOURS[_STAGES[stage[rule]]] if rule in stage else "#333333"
        box = shapes.FancyBboxPatch(
            (x - 0.46, y - 0.2),
            0.92,
            0.4,
            boxstyle="round,pad=0.02",
            facecolor="white",
            edgecolor=colour,
            lw=1.6,
        )
        axis.add_patch(box)
        axis.text(x, y, rule, ha="center", va="center", fontsize=8, zorder=3)
    handles = [
        shapes.Patch(facecolor="white", edgecolor=colour, label=f"{name}.smk") for name, colour in _COLOURS.items()
    ]
    axis.legend(handles=handles, loc="upper left", fontsize=8)
    axis.set(xlim=(0, widest), ylim=(-max(levels) - 0.5, 0.5))
    axis.axis("off")
    save(figure, *outputs)


def _forward(edges: set) -> set:
    """Without arrows that lead back: a dataset may wait for another's split, a training for another's weights."""
    kept, done, path = set(), set(), []

    def walk(rule: str) -> None:
        path.append(rule)
        for start, end in sorted(edges):
            if start == rule and end not in path:
                kept.add((start, end))
                if end not in done:
                    walk(end)
        path.pop()
        done.add(rule)

    for rule in sorted({start for start, _ in edges} - {end for start, end in edges if start != end}):
        walk(rule)
    return kept


def _detour(edge: tuple, edges: set) -> bool:
    """Does a longer way lead from one end of this edge to the other? Then the picture is clearer without it."""
    start, end = edge
    seen, waiting = set(), [after for before, after in edges if before == start and after != end]
    while waiting:
        each = waiting.pop()
        if each == end:
            return True
        if each not in seen:
            seen.add(each)
            waiting += [after for before, after in edges if before == each]
    return False


def _depth(rule: str, edges: set, depth: dict) -> int:
    """Longest way from a rule that needs nothing."""
    if rule not in depth:
        depth[rule] = max((_depth(start, edges, depth) + 1 for start, end in edges if end == rule), default=0)
    return depth[rule]


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        list(snakemake.input.rules),
        snakemake.params.snakefile,
        snakemake.params.config,
        list(snakemake.output),
    )
