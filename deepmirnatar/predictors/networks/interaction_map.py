"""The interaction map of a miRNA and a site, and a small network over it.

For every register r, the site position opposite miRNA nt 1 (also a few beyond the site's 3' end), and every miRNA nt i,
one code is for (miRNA base i, site base r - i + 1). In these sheared coordinates a helix without bulges is one
row, and a bulge is a step to a neighbouring row. Shapes: B pairs, R registers, NT miRNA nt.
"""

import copy

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

NT = 24  # miRNA nt that are read; shorter ones are filled up with N
BEYOND = 4  # registers beyond the site's 3' end, where nt 1 and its neighbours hang over
BASES = 5  # A, C, G, U, N; outside the site counts as N
CODES = BASES * BASES
STREAM = 64  # width of a k-mer stream that is joined
DUPLEX_FEATURES = 31  # columns of `rna.duplex_features`


def interaction_codes(mirna: torch.Tensor, site: torch.Tensor) -> torch.Tensor:
    """Codes 5 * miRNA base + site base, shape (B, R, NT), R = site length + BEYOND, nt 1 in the last column.

    mirna: (B, NT), site: (B, S), both 5'->3', bases 0 to 3 for A, C, G, U and 4 where there is none.
    """
    around = nn.functional.pad(site, (NT - 1, BEYOND), value=BASES - 1)
    # Opposite nt i of register r is site position r - i + 1: windows of the site, the miRNA reversed.
    return BASES * mirna.flip(1)[:, None, :] + around.unfold(1, NT, 1)


def pairing_channels() -> torch.Tensor:
    """What is known of each code: Watson-Crick pair, G-U, G-C, outside of either sequence; shape (CODES, 4)."""
    mirna, site = torch.meshgrid(torch.arange(BASES), torch.arange(BASES), indexing="ij")
    low, high = torch.minimum(mirna, site), torch.maximum(mirna, site)
    # Complementary bases have codes that add up to 3; C is 1, G is 2, U is 3.
    watson_crick, outside = (mirna + site == 3), (high == BASES - 1)
    wobble, strong = (low == 2) & (high == 3), (low == 1) & (high == 2)
    return torch.stack([watson_crick, wobble, strong, outside], dim=-1).reshape(CODES, 4).float()


class Network(nn.Module):
    """Logits (B, 2) of pairs. Convolutions over the map, then along registers, then attention over registers.

    A score does not depend on the other pairs of its batch. In training the batch norms also count padding: where sites
    differ much in length, a `length_bucket` above 1 keeps it small.
    """

    def __init__(self, settings, stream_sizes: tuple[int, ...] = ()):
        super().__init__()
        size, width = settings.channels, settings.hidden
        self.hidden_bases = settings.hidden_bases
        self.codes = nn.Embedding(CODES, settings.code_size)
        nn.init.normal_(self.codes.weight, std=0.1)
        if settings.explicit_pairing:
            with torch.no_grad():
                self.codes.weight[:, :4] += pairing_channels()
        self.map = nn.Sequential(_convolution(settings.code_size, size, settings.kernel))
        if settings.second_convolution:
            self.map.append(_convolution(size, size, settings.kernel, settings.stride))
        columns = -(-NT // settings.stride) if settings.second_convolution else NT
        self.register = nn.Sequential(nn.Linear(columns * size, width), nn.BatchNorm1d(width), nn.ReLU(inplace=True))
        self.along = nn.Sequential(nn.Conv1d(width, width, 5, padding=2), nn.BatchNorm1d(width), nn.ReLU(inplace=True))
        self.attention = nn.Linear(width, settings.pools)
        joined = (settings.pools + 1) * width
        self.features = nn.BatchNorm1d(DUPLEX_FEATURES) if settings.duplex_features else None
        joined += DUPLEX_FEATURES if settings.duplex_features else 0
        self.streams = nn.ModuleList(nn.Conv1d(inputs, STREAM, 3, padding=1) for inputs in stream_sizes)
        joined += STREAM * len(stream_sizes)
        self.head = nn.Sequential(
            nn.Dropout(settings.dropout),
            nn.Linear(joined, width),
            nn.ReLU(inplace=True),
            nn.Dropout(settings.dropout),
            nn.Linear(width, 2),
        )

    def forward(self, mirna, site, lengths, features=None, streams=()) -> torch.Tensor:
        """mirna (B, NT) and site (B, S) codes, site lengths (B,); features (B, DUPLEX_FEATURES) and streams, each
        (vectors (B, K, size), lengths (B,)) laid end to end, where the settings join them."""
        if self.training and self.hidden_bases:
            # As if some bases were not known: no single pair may carry the score.
            mirna, site = (
                bases.masked_fill(torch.rand(bases.shape, device=bases.device) < self.hidden_bases, BASES - 1)
                for bases in (mirna, site)
            )
        x = self.codes(interaction_codes(mirna, site)).permute(0, 3, 1, 2)  # channels are last in memory
        pairs, _, registers, _ = x.shape
        beyond = (torch.arange(registers, device=site.device) >= lengths[:, None] + BEYOND)[..., None]
        # Padding must look to each convolution as the end of the map does, or a score would depend on the batch.
        inside = None if int(lengths.min()) == site.shape[1] else ~beyond[:, None]
        for convolution in self.map:
            x = convolution(x if inside is None else x * inside)
        x = self.register(x.permute(0, 2, 3, 1).reshape(pairs * registers, -1)).view(pairs, registers, -1)
        x = x if inside is None else x * inside[:, 0]
        x = x + self.along(x.transpose(1, 2)).transpose(1, 2)  # (B, R, width)
        weights = self.attention(x).float().masked_fill(beyond, -1e4).softmax(dim=1)
        parts = [torch.bmm(weights.transpose(1, 2).to(x.dtype), x).flatten(1), x.masked_fill(beyond, -1e4).amax(dim=1)]
        if self.features is not None:
            parts.append(self.features(features))
        for number, convolution in enumerate(self.streams):
            vectors, sizes = streams[2 * number : 2 * number + 2]
            inside = torch.arange(vectors.shape[1], device=site.device) < sizes[:, None]
            found = convolution(vectors.transpose(1, 2)).masked_fill(~inside[:, None], -1e4)
            parts.append(found.amax(dim=2).relu())
        return self.head(torch.cat(parts, dim=1))


class Ensemble(nn.Module):
    """The mean of several networks' logits, over a temperature that makes the softmax a calibrated probability."""

    def __init__(self, members: list[Network]):
        super().__init__()
        self.members = nn.ModuleList(members)
        self.register_buffer("temperature", torch.ones(()))

    def forward(self, *batch) -> torch.Tensor:
        return torch.stack([member(*batch).float() for member in self.members]).mean(dim=0) / self.temperature


def fused(network: nn.Module) -> nn.Module:
    """A copy for scoring alone: each batch norm has become part of the layer before it, which is about 1.5 times as
    fast on a CPU and differs in rounding."""
    network = copy.deepcopy(network).eval()
    for layers in [module for module in network.modules() if isinstance(module, nn.Sequential)]:
        for place in reversed(range(len(layers) - 1)):
            layer, norm = layers[place], layers[place + 1]
            if isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
                fuse = fuse_linear_bn_eval if isinstance(layer, nn.Linear) else fuse_conv_bn_eval
                layers[place] = fuse(layer, norm)
                del layers[place + 1]
    return network


def _convolution(inputs: int, outputs: int, kernel: list[int], stride: int = 1) -> nn.Sequential:
    """`stride` is along the miRNA; registers keep their number."""
    padding = [each // 2 for each in kernel]
    convolution = nn.Conv2d(inputs, outputs, kernel, stride=(1, stride), padding=padding, bias=False)
    return nn.Sequential(
        convolution.to(memory_format=torch.channels_last), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )
