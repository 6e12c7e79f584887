"""The network: shapes, variants, masking; and that it is the architecture the paper describes."""

import numpy as np
import pytest
import torch
from torch import nn

from deepmirnatar.predictors.networks.layers import Dropout, convolve
from deepmirnatar.predictors.networks.papers_network import Attention, Network, Recurrent, TextCNN, lengths_to_mask
from deepmirnatar.predictors.papers_network import Settings

VARIANTS = {
    "full": {},
    "no_sca": {"spatial": False},
    "no_textcnn": {"textcnn": False},
    "no_bilstm": {"rnn": "none"},
    "bigru": {"rnn": "gru"},
    "transformer": {"textcnn": False, "rnn": "positions", "spatial": False},
    "one_module": {"decoder_modules": 1},
}


def batch(seed: int = 0, rows: int = 5):
    torch.manual_seed(seed)
    mirna_lengths = torch.tensor([14, 19, 23, 17, 19][:rows])
    site_lengths = torch.tensor([37, 4, 50, 20, 37][:rows])
    mirna = torch.randn(rows, 23, 34) * lengths_to_mask(mirna_lengths, 23)[..., None]
    site = torch.randn(rows, 50, 96) * lengths_to_mask(site_lengths, 50)[..., None]
    return mirna, mirna_lengths, site, site_lengths


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_rows_logits_do_not_depend_on_padding_or_neighbours(variant):
    network = Network((34, 96), Settings(**VARIANTS[variant])).eval()
    with torch.no_grad():
        for part in network.parameters():  # so that every term, beta's too, takes part
            part.add_(0.05 * torch.randn_like(part))
        mirna, mirna_lengths, site, site_lengths = batch()
        together = network(mirna, mirna_lengths, site, site_lengths)
        assert together.shape == (5, 2)
        for row in range(5):
            m, s = int(mirna_lengths[row]), int(site_lengths[row])
            one = slice(row, row + 1)
            alone = network(mirna[one, :m], mirna_lengths[one], site[one, :s], site_lengths[one])
            assert torch.allclose(alone[0], together[row], atol=1e-5)


@pytest.mark.parametrize("variant", VARIANTS)
def test_both_strands_matter_and_every_weight_learns(variant):
    network = Network((34, 96), Settings(**VARIANTS[variant], dropout=0.0))
    inputs = batch()
    if network.decoder[0].attention.beta is not None:
        for module in network.decoder:
            nn.init.constant_(module.attention.beta, 0.5)  # at its start, 0, the convolution has no gradient
    mirna, site = inputs[0].requires_grad_(), inputs[2].requires_grad_()
    network(mirna, inputs[1], site, inputs[3])[:, 1].sum().backward()
    assert (mirna.grad.abs().sum(dim=(1, 2)) > 0).all()
    assert (site.grad.abs().sum(dim=(1, 2)) > 0).all()
    # A softmax over keys ignores what is added to all of them, so the key's bias cannot learn.
    still = [name for name, part in network.named_parameters() if part.grad is None or not part.grad.abs().sum() > 0]
    assert all(name.endswith("key.bias") for name in still), still


def test_the_papers_sizes():
    network = Network((34, 96), Settings())
    assert [each.kernel_size[0] for each in network.site.textcnn.convolutions] == [1, 3, 5]
    assert all(each.out_channels == 128 for each in network.site.textcnn.convolutions)
    assert len(network.decoder) == 4
    assert network.decoder[0].attention.heads == 8
    assert network.site.order.forwards.hidden_size == 64
    assert [part.out_features for part in network.decoder[0].feed_forward if isinstance(part, nn.Linear)] == [256, 64]
    assert [part.out_features for part in network.head if isinstance(part, nn.Linear)] == [256, 2]
    assert network.decoder[0].attention.beta.shape == ()


def test_recurrence_equals_a_packed_bidirectional_lstm():
    torch.manual_seed(1)
    mine = Recurrent("lstm", 6, 0.0).eval()
    theirs = nn.LSTM(6, 6, batch_first=True, bidirectional=True)
    for name, part in mine.forwards.named_parameters():
        getattr(theirs, name).data.copy_(part)
    for name, part in mine.backwards.named_parameters():
        getattr(theirs, f"{name}_reverse").data.copy_(part)
    lengths = torch.tensor([7, 3, 5])
    mask = lengths_to_mask(lengths, 7)
    x = torch.randn(3, 7, 6) * mask[..., None]
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    states = nn.utils.rnn.pad_packed_sequence(theirs(packed)[0], batch_first=True)[0]
    wanted = mine.norm(nn.functional.glu(states, dim=2)) * mask[..., None]
    assert torch.allclose(mine(x, mask), wanted, atol=1e-5)


def test_attention_is_scaled_dot_product_plus_beta_times_convolution():
    torch.manual_seed(2)
    attention = Attention(16, 4, spatial=True)
    x, site = torch.randn(2, 5, 16), torch.randn(2, 9, 16)
    mask, site_mask = torch.ones(2, 5, dtype=torch.bool), lengths_to_mask(torch.tensor([9, 6]), 9)
    plain = attention(x, site, mask, site_mask)

    def heads(tensor):
        return tensor.view(2, -1, 4, 4).transpose(1, 2)

    query, key, value = heads(attention.query(x)), heads(attention.key(site)), heads(attention.value(site))
    seen = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=site_mask[:, None, None, :])
    assert torch.allclose(plain, attention.out(seen.transpose(1, 2).reshape(2, 5, 16)), atol=1e-5)
    with torch.no_grad():
        attention.beta.fill_(0.7)
    added = attention(x, site, mask, site_mask) - plain
    assert torch.allclose(added, 0.7 * attention.convolution(x.transpose(1, 2)).transpose(1, 2), atol=1e-5)


def test_textcnn_sees_two_kmers_to_each_side():
    torch.manual_seed(3)
    textcnn = TextCNN(4, 8, 6, (1, 3, 5), 0.0).eval()
    x, mask = torch.randn(1, 12, 4), torch.ones(1, 12, dtype=torch.bool)
    changed = x.clone()
    changed[0, 6] += 1
    moved = (textcnn(x, mask) - textcnn(changed, mask)).abs().sum(dim=2)[0] > 1e-7
    assert np.flatnonzero(moved.numpy()).tolist() == [4, 5, 6, 7, 8]


def test_wide_vectors_are_projected_to_96():
    network = Network((34, 768), Settings())
    assert network.site.project.in_features == 768 and network.site.project.out_features == 96
    assert network.mirna.project is None


@pytest.mark.parametrize(("widths", "padded"), [((1, 3, 5), True), ((3,), True), ((5, 1), True), ((4,), False)])
def test_convolutions_as_one_product_equal_torchs(widths, padded):
    torch.manual_seed(0)
    convolutions = nn.ModuleList(nn.Conv1d(6, 4, width, padding=width // 2 if padded else 0) for width in widths)
    x = torch.randn(3, 11, 6, requires_grad=True)
    expected = torch.cat([each(x.transpose(1, 2)).transpose(1, 2) for each in convolutions], dim=2)
    found = convolve(x, convolutions)
    torch.testing.assert_close(found, expected)
    weight = torch.randn_like(expected)
    parts = [x, *convolutions.parameters()]
    for ours, torchs in zip(
        *(torch.autograd.grad((each * weight).sum(), parts) for each in (found, expected)), strict=True
    ):
        torch.testing.assert_close(ours, torchs)


def test_dropout_keeps_the_mean_and_drops_its_rate():
    torch.manual_seed(1)
    x = torch.ones(301, 1001, requires_grad=True)
    layer = Dropout(0.3).train()
    out = layer(x)
    dropped = (out == 0).float()
    assert dropped.mean().item() == pytest.approx(0.3, abs=0.004) and out.mean().item() == pytest.approx(1, abs=0.006)
    assert out[out > 0].unique().numel() == 1
    # Neighbours, which may come from one draw, are independent.
    assert (dropped[:, 1:] * dropped[:, :-1]).mean().item() == pytest.approx(0.09, abs=0.003)
    (gradient,) = torch.autograd.grad(out.sum(), x)
    assert torch.equal(gradient, out.detach())
    torch.manual_seed(1)
    assert torch.equal(out, layer(x))
    assert layer.eval()(x) is x and Dropout(0.0).train()(x) is x
