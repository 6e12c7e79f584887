"""A network as built from its settings: the whole, the encoder of the site, one decoder module.

Reads the example pair, which passes through the network, and a model's settings.
"""

from deepmirnatar.common.logs import log_to
from deepmirnatar.figures.charts import save
from deepmirnatar.figures.explained import architecture, decoder, encoder
from deepmirnatar.figures.explained.example import read_example
from deepmirnatar.figures.explained.network_trace import trace_model

FIGURES = {"architecture": architecture.draw, "encoder": encoder.draw, "decoder": decoder.draw}


def main(example_file: str, model: dict, outputs: dict[str, list[str]]) -> None:
    """`outputs`: name in `FIGURES` -> files of that figure."""
    example = read_example(example_file)
    traced = trace_model(model, example.mirna_sequence, example.site["sequence"])
    for name, draw in FIGURES.items():
        save(draw(traced, example, model), *outputs[name])


if __name__ == "__main__":
    log_to(snakemake.log[0])
    outputs = {name: [snakemake.output[name], snakemake.output[f"{name}_png"]] for name in FIGURES}
    main(snakemake.input.example, snakemake.params.model, outputs)
