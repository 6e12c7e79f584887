"""One real miRNA and 3'UTR: the levels of a prediction, the windows along the 3'UTR, the duplex at one site.

Reads the example pair.
"""

from deepmirnatar.common.logs import log_to
from deepmirnatar.figures.charts import save
from deepmirnatar.figures.explained import duplex, levels, windows
from deepmirnatar.figures.explained.example import read_example

FIGURES = {"levels": levels.draw, "windows": windows.draw, "duplex": duplex.draw}


def main(example_file: str, outputs: dict[str, list[str]]) -> None:
    """`outputs`: name in `FIGURES` -> files of that figure."""
    example = read_example(example_file)
    for name, draw in FIGURES.items():
        save(draw(example), *outputs[name])


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.example, {name: [snakemake.output[name], snakemake.output[f"{name}_png"]] for name in FIGURES})
