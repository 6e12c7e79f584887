"""The network of Peng et al. 2024 (doi:10.62617/mcb253), sections 2.3 to 2.6.

    miRNA k-mers (B, M, 34) -> TextCNN -> BiLSTM -> (B, M, 64) --\
                                                                  4 decoder modules -> (B, 64) -> logits (B, 2)
    site k-mers  (B, S, 96) -> TextCNN -> BiLSTM -> (B, S, 64) --/

Dropout is after each TextCNN, recurrent layer, attention and feed-forward block and inside the head (the paper
gives its rate, not its places). B batch, M miRNA k-mers, S site k-mers. Padding is masked everywhere, so a row's
result does not depend on the rows that share its batch.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from deepmirnatar.predictors.networks.layers import Dropout, Exchange, convolve


def lengths_to_mask(lengths: Tensor, longest: int) -> Tensor:
    """True where a k-mer is; (B,) -> (B, longest)."""
    return torch.arange(longest, device=lengths.device) < lengths[:, None]


class TextCNN(nn.Module):
    """Parallel convolutions of width 1, 3 and 5, ReLU, no pooling; linear to the hidden size."""

    def __init__(self, size: int, hidden: int, filters: int, kernels: tuple[int, ...], dropout: float):
        super().__init__()
        self.convolutions = nn.ModuleList(nn.Conv1d(size, filters, width, padding=width // 2) for width in kernels)
        self.linear = nn.Linear(filters * len(kernels), hidden)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, L, size) -> (B, L, hidden); padding must be zero going in and is zero coming out."""
        found = functional.relu(convolve(x, self.convolutions))
        return self.dropout(self.linear(found)) * mask[..., None]


class Recurrent(nn.Module):
    """Bidirectional LSTM or GRU over padded rows; GLU back to the hidden size and LayerNorm (released code).

    The backward direction runs over each row reversed within its own length, so that padding always comes last
    and never enters a state. That equals a packed sequence and is faster on a CPU.
    """

    def __init__(self, kind: str, hidden: int, dropout: float):
        super().__init__()
        cell = {"lstm": nn.LSTM, "gru": nn.GRU}[kind]
        self.forwards = cell(hidden, hidden, batch_first=True)
        self.backwards = cell(hidden, hidden, batch_first=True)
        self.norm = nn.LayerNorm(hidden)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, L, hidden) -> (B, L, hidden)."""
        lengths, places = mask.sum(dim=1), torch.arange(x.shape[1], device=x.device)
        turned = torch.where(mask, lengths[:, None] - 1 - places, places)
        turned = (turned + torch.arange(len(x), device=x.device)[:, None] * x.shape[1]).flatten()
        ahead = self.forwards(x)[0]
        back = Exchange.apply(self.backwards(Exchange.apply(x, turned))[0], turned)
        return self.dropout(self.norm(functional.glu(torch.cat([ahead, back], dim=2), dim=2))) * mask[..., None]


class Sinusoid(nn.Module):
    """Fixed positions (Vaswani et al. 2017), for the variant that has no recurrent layer."""

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        places = torch.arange(x.shape[1], device=x.device, dtype=torch.float32)[:, None]
        rates = torch.exp(torch.arange(0, x.shape[2], 2, device=x.device) * (-9.21034 / x.shape[2]))
        waves = torch.cat([torch.sin(places * rates), torch.cos(places * rates)], dim=1)
        return (x + waves) * mask[..., None]


class Encoder(nn.Module):
    """One stream: TextCNN (or a linear layer), then BiLSTM, BiGRU, positions or nothing."""

    def __init__(self, size: int, settings):
        super().__init__()
        hidden = settings.hidden
        self.project = nn.Linear(size, settings.project_to) if size > settings.project_to else None
        size = settings.project_to if self.project else size
        self.textcnn = (
            TextCNN(size, hidden, settings.filters, tuple(settings.kernels), settings.dropout)
            if settings.textcnn
            else None
        )
        self.linear = None if settings.textcnn else nn.Linear(size, hidden)
        self.order = {"lstm": None, "gru": None, "none": nn.Identity(), "positions": Sinusoid()}[settings.rnn]
        if settings.rnn in ("lstm", "gru"):
            self.order = Recurrent(settings.rnn, hidden, settings.dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, L, size) -> (B, L, hidden)."""
        if self.project:
            x = self.project(x) * mask[..., None]
        x = self.textcnn(x, mask) if self.textcnn else self.linear(x) * mask[..., None]
        return x if isinstance(self.order, nn.Identity) else self.order(x, mask)


class Attention(nn.Module):
    """Multi-head attention of the miRNA to the site, plus the spatial convolution.

    F_out = F_att + beta * F_conv, F_conv a convolution of width 3 along the miRNA stream, beta a learned scalar
    that starts at 0. The released code convolves a fixed random buffer instead, which is a constant; not here.
    """

    def __init__(self, hidden: int, heads: int, spatial: bool):
        super().__init__()
        self.heads = heads
        self.query, self.key = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden)
        self.value, self.out = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden)
        self.convolution = nn.Conv1d(hidden, hidden, 3, padding=1) if spatial else None
        self.beta = nn.Parameter(torch.zeros(())) if spatial else None

    def forward(self, x: Tensor, site: Tensor, mask: Tensor, site_mask: Tensor) -> Tensor:
        """x (B, M, hidden), site (B, S, hidden) -> (B, M, hidden)."""

        def split(tensor: Tensor) -> Tensor:
            return tensor.unflatten(2, (self.heads, -1)).transpose(1, 2)

        scale = (x.shape[2] // self.heads) ** -0.5
        query, key, value = split(self.query(x) * scale), split(self.key(site)), split(self.value(site))
        # Written out: the fused kernels are slower at eight values a head. The mask is added, not filled in: its
        # gradient costs nothing.
        padding = torch.zeros_like(site_mask, dtype=query.dtype).masked_fill_(~site_mask, float("-inf"))
        weights = (query @ key.transpose(2, 3) + padding[:, None, None, :]).softmax(dim=3)
        out = self.out((weights @ value).transpose(1, 2).flatten(2))
        if self.convolution is not None:
            out = out + self.beta * convolve(x * mask[..., None], [self.convolution])
        return out


class DecoderModule(nn.Module):
    """Attention to the site, residual, LayerNorm; feed-forward with ReLU, residual, LayerNorm."""

    def __init__(self, settings):
        super().__init__()
        hidden = settings.hidden
        self.attention = Attention(hidden, settings.heads, settings.spatial)
        self.feed_forward = nn.Sequential(
            nn.Linear(hidden, settings.feed_forward),
            nn.ReLU(),
            nn.Linear(settings.feed_forward, hidden),
        )
        self.norms = nn.ModuleList([nn.LayerNorm(hidden), nn.LayerNorm(hidden)])
        self.dropout = Dropout(settings.dropout)

    def forward(self, x: Tensor, site: Tensor, mask: Tensor, site_mask: Tensor) -> Tensor:
        x = self.norms[0](x + self.dropout(self.attention(x, site, mask, site_mask)))
        return self.norms[1](x + self.dropout(self.feed_forward(x)))


class Network(nn.Module):
    """The whole model; `sizes` are the widths of the miRNA and the site vectors."""

    def __init__(self, sizes: tuple[int, int], settings):
        super().__init__()
        self.mirna, self.site = Encoder(sizes[0], settings), Encoder(sizes[1], settings)
        self.decoder = nn.ModuleList(DecoderModule(settings) for _ in range(settings.decoder_modules))
        self.head = nn.Sequential(
            nn.Linear(settings.hidden, settings.head_size),
            nn.ReLU(),
            Dropout(settings.dropout),
            nn.Linear(settings.head_size, 2),
        )
        for name, part in self.named_parameters():
            if part.ndim > 1 and "norm" not in name:
                nn.init.xavier_uniform_(part)

    def forward(self, mirna: Tensor, mirna_lengths: Tensor, site: Tensor, site_lengths: Tensor) -> Tensor:
        """mirna (B, M, size), site (B, S, size), zero where padded; lengths (B,) -> logits (B, 2)."""
        mask = lengths_to_mask(mirna_lengths, mirna.shape[1])
        site_mask = lengths_to_mask(site_lengths, site.shape[1])
        x, context = self.mirna(mirna, mask), self.site(site, site_mask)
        for module in self.decoder:
            x = module(x, context, mask, site_mask)
        # Positions count by the softmax of their norms (paper, section 2.6); padding does not count.
        norms = x.norm(dim=2).masked_fill(~mask, float("-inf"))
        pooled = (x * norms.softmax(dim=1)[..., None]).sum(dim=1)
        return self.head(pooled)
