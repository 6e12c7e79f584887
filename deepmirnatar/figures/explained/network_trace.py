"""The shapes inside the paper's network, read from a network that is built and run, not from its description."""

from dataclasses import dataclass

from deepmirnatar import embeddings


@dataclass(frozen=True)
class Part:
    """What one module of a network took and gave, and how many parameters it holds (its parts included)."""

    inputs: tuple[tuple[int, ...], ...]
    output: tuple[int, ...]
    parameters: int


@dataclass(frozen=True)
class Traced:
    """A network, its settings and its parts by name ('' is the whole), as in `named_modules`."""

    settings: object
    network: object
    parts: dict[str, Part]

    def __getitem__(self, name: str) -> Part:
        return self.parts[name]


def embedded_shape(embedding: dict, length: int) -> tuple[int, int, int]:
    """(1, positions, size) of a sequence of `length` nt; `embedding` is a complete stanza of the study."""
    kind = embeddings.load(embedding["kind"])
    settings = kind.Settings(**embedding["settings"])
    positions = length - settings.k + 1
    if settings.pool:
        positions = min(positions, settings.pool)
    return 1, positions, kind.width(settings)


def trace_model(model: dict, mirna: str, site: str) -> Traced:
    """`trace` for a real pair of strings; `model` holds settings and, by strand, complete embedding stanzas."""
    embeddings = model["embeddings"]
    return trace(
        model["settings"],
        embedded_shape(embeddings["mirna"], len(mirna)),
        embedded_shape(embeddings["site"], len(site)),
    )


def trace(settings: dict, mirna: tuple[int, int, int], site: tuple[int, int, int]) -> Traced:
    """Build the network of `settings` and run it once on one pair, embedded in the shapes (1, k-mers, size)."""
    import torch

    from deepmirnatar.predictors.networks.papers_network import Network
    from deepmirnatar.predictors.papers_network import Settings

    settings = Settings(**settings)
    network = Network((mirna[2], site[2]), settings).eval()
    parts = {}

    def hook(name: str):
        def note(module, inputs, output):
            output = output[0] if isinstance(output, tuple) else output
            taken = tuple(tuple(each.shape) for each in inputs)
            count = sum(each.numel() for each in module.parameters())
            parts[name] = Part(taken, tuple(output.shape), count)

        return note

    for name, module in network.named_modules():
        module.register_forward_hook(hook(name))
    with torch.no_grad():
        network(torch.zeros(mirna), torch.tensor([mirna[1]]), torch.zeros(site), torch.tensor([site[1]]))
        # Convolutions, whose weights the network takes into one product, on what that is given.
        for name, module in network.named_modules():
            if isinstance(module, torch.nn.Conv1d):
                length = parts[name.partition(".convolution")[0]].inputs[0][1]
                module(torch.zeros(1, module.in_channels, length))
    return Traced(settings, network, parts)
