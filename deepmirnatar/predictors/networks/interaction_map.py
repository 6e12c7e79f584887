"""The interaction map of a miRNA and a site, and a small network over it.

For every register r, the site position opposite miRNA nt 1 (a few beyond the site's 3' end, too), and every miRNA nt i,
one code stands for (miRNA base i, site base r - i + 1). In these sheared coordinates a helix without bulges is one
row, and a bulge is a step to a neighbouring row. Shapes: B pairs, R registers, NT miRNA nt.
"""

import torch
from torch import nn

NT = 24  # miRNA nt that are read; shorter ones are filled up with N
BEYOND = 4  # registers beyond the site's 3' end, where nt 1 and its neighbours hang over
BASES = 5  # A, C, G, U, N; outside the site counts as N
CODES = BASES * BASES


def interaction_codes(mirna: torch.Tensor, site: torch.Tensor) -> torch.Tensor:
    """Codes 5 * miRNA base + site base, shape (B, R, NT), R = site length + BEYOND, nt 1 in the last column.

    mirna: (B, NT), site: (B, S), both 5'->3', bases 0 to 3 for A, C, G, U and 4 where there is none.
    """
    around = nn.functional.pad(site, (NT - 1, BEYOND), value=BASES - 1)
    # Opposite nt i of register r is site position r - i + 1: windows of the site, the miRNA reversed.
    return BASES * mirna.flip(1)[:, None, :] + around.unfold(1, NT, 1)


def pairing_channels() -> torch.Tensor:
    """What is known of each code: Watson-Crick pair, G-U, G-C, outside of either sequence; shape (CODES, 4)."""
    known = torch.zeros(CODES, 4)
    for mirna in range(BASES):
        for site in range(BASES):
            pair = {mirna, site}
            code = BASES * mirna + site
            known[code, 0] = mirna + site == 3
            known[code, 1] = pair == {2, 3}
            known[code, 2] = pair == {1, 2}
            known[code, 3] = BASES - 1 in pair
    return known


class Network(nn.Module):
    """Logits (B, 2) of pairs. Convolutions over the map, then along registers, then attention over registers."""

    def __init__(self, settings):
        super().__init__()
        size, width = settings.channels, settings.hidden
        self.codes = nn.Embedding(CODES, settings.code_size)
        nn.init.normal_(self.codes.weight, std=0.1)
        if settings.explicit_pairing:
            with torch.no_grad():
                self.codes.weight[:, :4] += pairing_channels()
        self.first = _convolution(settings.code_size, size, settings.kernel)
        self.second = _convolution(size, size, settings.kernel) if settings.second_convolution else None
        self.register = nn.Sequential(nn.Linear(NT * size, width), nn.BatchNorm1d(width), nn.ReLU())
        self.along = nn.Sequential(nn.Conv1d(width, width, 5, padding=2), nn.BatchNorm1d(width), nn.ReLU())
        self.attention = nn.Linear(width, settings.pools)
        self.extra = settings.extra
        self.head = nn.Sequential(
            nn.Dropout(settings.dropout),
            nn.Linear((settings.pools + 1) * width + self.extra, width),
            nn.ReLU(),
            nn.Dropout(settings.dropout),
            nn.Linear(width, 2),
        )

    def forward(self, mirna: torch.Tensor, site: torch.Tensor, lengths: torch.Tensor, *extra) -> torch.Tensor:
        """mirna (B, NT), site (B, S) codes, site lengths (B,), and features to be joined before the head (B, extra)."""
        x = self.codes(interaction_codes(mirna, site))
        x = x.permute(0, 3, 1, 2)  # (B, code_size, R, NT), channels last in memory
        x = self.first(x)
        if self.second is not None:
            x = self.second(x)
        pairs, _, registers, _ = x.shape
        x = x.permute(0, 2, 3, 1).reshape(pairs * registers, -1)
        x = self.register(x).view(pairs, registers, -1).transpose(1, 2)
        x = x + self.along(x)  # (B, hidden, R)
        beyond = torch.arange(registers, device=site.device) >= lengths[:, None] + BEYOND
        weights = self.attention(x.transpose(1, 2)).masked_fill(beyond[..., None], -1e4).float().softmax(dim=1)
        pooled = torch.einsum("bhr,brp->bph", x.float(), weights).flatten(1)
        highest = x.masked_fill(beyond[:, None], -1e4).amax(dim=2).float()
        return self.head(torch.cat([pooled, highest, *extra], dim=1))


def _convolution(inputs: int, outputs: int, kernel: list[int]) -> nn.Sequential:
    padding = [each // 2 for each in kernel]
    convolution = nn.Conv2d(inputs, outputs, kernel, padding=padding, bias=False).to(memory_format=torch.channels_last)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU())
