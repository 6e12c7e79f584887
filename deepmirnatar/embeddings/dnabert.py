"""DNABERT 4-mers of the target site (Ji et al. 2021), one contextual vector per k-mer.

Two sources, one way of use. `weights: pretrain` trains a small BERT (hidden size 96) here, on the training split's
sites and the 3'UTRs of the reference (also those of test genes: nothing there gives a label away), with DNABERT's own
objective: masked k-mers in runs of k, so that the neighbours, which overlap it, cannot give a k-mer away. Two aids
bring so short a training past the plateau where position is not yet used: position vectors start as sinusoids,
and in the first part of the steps k-mers are masked singly.

Otherwise `weights` is a folder with a published checkpoint (config.json and model.safetensors, or
pytorch_model.bin, which is read without unpickling objects): 12 layers, hidden size 768, frozen. How 768 become 96
the paper does not say: here a layer that is learned with the model narrows them (`project_to`), or, with `projection:
pca`, components fitted on the training split.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.files import atomic, digest, read_tensors, write_tsv
from deepmirnatar.common.logs import log, progress
from deepmirnatar.common.settings import SIZE, setting
from deepmirnatar.embeddings.vectors import Features, KmerSettings
from deepmirnatar.rna.kmers import END, MASK, PAD, SPECIAL, START, tokenize, vocabulary

LABEL, LEARNS, GPU = "DNABERT", True, True
# A published checkpoint has the first, one of the second, and mostly the third.
CONFIG, WEIGHTS, VOCABULARY = "config.json", ("model.safetensors", "pytorch_model.bin"), "vocab.txt"
FILES = (CONFIG, *WEIGHTS, VOCABULARY)
PUBLISHED_SIZE = 768  # hidden size of the published weights
LONGEST_KMERS = 510  # in addition to the two tokens at the ends


@dataclass
class Settings(KmerSettings):
    weights: str = setting("pretrain", "`pretrain`, or `dnabert4` (downloaded), or a folder with published weights")
    projection: str = setting("none", "how published vectors are narrowed", ("none", "pca"))
    size: int = setting(96, "values of a vector", **SIZE)
    layers: int = setting(2, "layers of the encoder", least=1, most=48)
    heads: int = setting(12, "attention heads; must divide the width", least=1, most=64)
    steps: int = setting(3000, "steps of pre-training", least=1, most=10_000_000)
    batch_size: int = setting(32, "training pieces of a step", least=1, most=65_536)
    piece_kmers: int = setting(64, "k-mers of a training piece", least=8, most=510)
    learning_rate: float = setting(3e-3, "step size", above=0, most=1)
    mask: float = setting(0.15, "fraction of k-mers that are masked", above=0, below=1)
    single_mask_fraction: float = setting(
        0.4, "fraction of the steps, at the beginning, that mask single k-mers", least=0, most=1
    )

    # What published weights do not read.
    PRETRAINING = ("layers", "heads", "steps", "batch_size", "piece_kmers", "learning_rate", "mask",
                   "single_mask_fraction")  # fmt: skip

    def check(self) -> None:
        """ValueError where settings contradict each other."""
        if self.weights == "pretrain" and self.size % self.heads:
            raise ValueError(f"heads: {self.heads} does not divide size, {self.size}")
        if self.projection == "pca" and self.size > PUBLISHED_SIZE:
            raise ValueError(f"size: {self.size} is more than the {PUBLISHED_SIZE} values that are projected")
        if self.weights == "pretrain" and self.size % 2:
            raise ValueError(f"size: {self.size} should be even; positions are half sines, half cosines")


def configuration(settings: Settings):
    """A BERT of DNABERT's kind at this size."""
    from transformers import BertConfig

    return BertConfig(
        vocab_size=len(vocabulary(settings.k)),
        hidden_size=settings.size,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        intermediate_size=4 * settings.size,
        max_position_embeddings=LONGEST_KMERS + 2,
        type_vocab_size=2,
        initializer_range=0.1,
        # The corpus is far larger than the model can memorise, and drawing masks is a third of a CPU step.
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",  # the fused kernels are slower at eight values a head
    )


def mask_runs(tokens, run: int, fraction: float, generator):
    """Choose k-mers to hide, whole runs of `run` at a time; bool, like `tokens` (batch, length).

    A run begins with probability fraction / run, so that about `fraction` of the k-mers are hidden.
    """
    import torch

    starts = torch.rand(tokens.shape, generator=generator) < fraction / run
    hidden = starts.clone()
    for step in range(1, run):
        hidden[:, step:] |= starts[:, :-step]
    return hidden & (tokens >= len(SPECIAL))


def pieces(sequences: list[str], k: int, length: int) -> np.ndarray:
    """Tokens of the corpus cut into rows [CLS] ... [SEP], padded; shape (pieces, length + 2).

    Sequences are broken at unknown letters (N).
    """
    known = [part for sequence in sequences for part in sequence.split("N") if len(part) >= k + 4]
    tokens, offsets = tokenize(known, k)
    counts = -(-np.diff(offsets) // length)  # pieces per sequence
    of = np.repeat(np.arange(len(counts)), counts)
    starts = offsets[of] + length * (np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts))
    sizes = np.minimum(length, offsets[of + 1] - starts)
    inside = np.arange(length) < sizes[:, None]
    out = np.full((len(of), length + 2), PAD, dtype=np.int64)
    out[:, 0] = START
    out[:, 1:-1][inside] = tokens[(starts[:, None] + np.arange(length))[inside]]
    out[np.arange(len(of)), sizes + 1] = END
    return out


def pretrain(
    corpus: list[str],
    settings: Settings,
    path: Path,
    checkpoints: Path,
    seed: int = 1,
    device: str = "auto",
    history_path: Path | None = None,
) -> pd.DataFrame:
    """Pre-train and save one safetensors file; returns the loss history (step, loss, accuracy), saved where asked.

    Resumes from `checkpoints` after an interruption, to the same result.
    """
    import torch
    from transformers import BertForMaskedLM

    from deepmirnatar.training.checkpoint import Checkpoint
    from deepmirnatar.training.devices import pick_device, seed_everything

    device = pick_device(device)
    seed_everything(seed)
    model = BertForMaskedLM(configuration(settings)).to(device)
    _start_with_sinusoids(model.bert.embeddings.position_embeddings.weight)
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.learning_rate, weight_decay=0.01, betas=(0.9, 0.98))
    warmup = max(1, settings.steps // 20)

    def pace(step: int) -> float:
        return min((step + 1) / warmup, (settings.steps - step) / max(1, settings.steps - warmup))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, pace)
    rows = torch.from_numpy(pieces(corpus, settings.k, settings.piece_kmers))
    log.info("pre-training on %d pieces of up to %d k-mers, device %s", len(rows), settings.piece_kmers, device)
    checkpoint = Checkpoint(checkpoints / digest(str(path), asdict(settings), seed, len(rows), int(rows.sum())))
    parts = {"model": model, "optimizer": optimizer, "schedule": schedule}
    state = checkpoint.load(parts, device)
    history, first = (state["history"], state["step"]) if state else ([], 0)
    generator = torch.Generator()
    model.train()
    for step in progress(range(first, settings.steps), "pre-training", unit="steps"):
        # A step's rows and masks depend on seed and step alone, so a resumed run repeats them.
        generator.manual_seed(seed * 1_000_003 + step)
        tokens = rows[torch.randint(len(rows), (settings.batch_size,), generator=generator)]
        tokens = tokens[:, : int((tokens != PAD).sum(dim=1).max())]
        run = 1 if step < settings.single_mask_fraction * settings.steps else settings.k
        hidden = mask_runs(tokens, run, settings.mask, generator)
        chance = torch.rand(tokens.shape, generator=generator)
        other = torch.randint(len(SPECIAL), len(vocabulary(settings.k)), tokens.shape, generator=generator)
        # BERT's 80 / 10 / 10: masked, another k-mer, left as it is.
        shown = torch.where(hidden & (chance < 0.8), MASK, tokens)
        shown = torch.where(hidden & (chance >= 0.8) & (chance < 0.9), other, shown)
        tokens, hidden, shown = tokens.to(device), hidden.to(device), shown.to(device)
        states = model.bert(shown, attention_mask=(shown != PAD).long()).last_hidden_state
        logits = model.cls(states[hidden])
        loss = torch.nn.functional.cross_entropy(logits, tokens[hidden])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if (step + 1) % max(1, settings.steps // 20) == 0 or step + 1 == settings.steps:
            accuracy = (logits.argmax(dim=1) == tokens[hidden]).float().mean().item()
            history.append((step + 1, loss.item(), accuracy))
            log.info(
                "pre-training: step %d of %d, loss %.3f, accuracy %.3f",
                step + 1,
                settings.steps,
                loss.item(),
                accuracy,
            )
            checkpoint.save(parts, {"history": history, "step": step + 1})
    _save(model.bert, {"source": "pretrain", "seed": seed}, {}, path)
    table = pd.DataFrame(history, columns=["step", "loss", "accuracy"])
    if history_path:
        write_tsv(table, history_path)
    # Only now is all of it safe.
    checkpoint.remove()
    return table


def _start_with_sinusoids(weight) -> None:
    """Position vectors, shape (positions, size), as wide as the k-mers' own; wavelengths from 6 to 6,000 k-mers."""
    import torch

    places = torch.arange(weight.shape[0])[:, None]
    rates = 1000.0 ** -torch.linspace(0, 1, weight.shape[1] // 2)
    with torch.no_grad():
        weight.copy_(0.1 * torch.cat([torch.sin(places * rates), torch.cos(places * rates)], dim=1))


def adopt(folder: Path, training_sites: list[str], settings: Settings, path: Path, device: str = "auto") -> None:
    """Read a published checkpoint from `folder`, check its vocabulary, fit the PCA if asked (on 20,000 of the training
    sites at most), save one file."""
    folder = Path(folder)
    model = _load_published(folder)
    vocab = folder / VOCABULARY
    if vocab.exists() and vocab.read_text(encoding="utf-8").split() != vocabulary(settings.k):
        raise ValueError(f"{vocab}: is not DNABERT's vocabulary of {settings.k}-mers in its order")
    projection = {}
    if settings.projection == "pca":
        from sklearn.decomposition import PCA

        sample = np.random.default_rng(0).permutation(training_sites)[:20_000].tolist()
        vectors = _run(model, sample, settings.k, device)[0]
        pca = PCA(settings.size, random_state=0).fit(vectors.astype(np.float32))
        projection = {"pca.mean": pca.mean_, "pca.components": pca.components_}
        log.info(
            "PCA to %d dimensions keeps %.3f of the variance",
            settings.size,
            pca.explained_variance_ratio_.sum(),
        )
    _save(model, {"source": str(folder)}, projection, path)


def width(settings: Settings) -> int:
    """Values of a vector: published weights keep theirs unless a projection is fitted here."""
    published = settings.weights != "pretrain" and settings.projection != "pca"
    return PUBLISHED_SIZE if published else settings.size


def embed(sequences: list[str], settings: Settings, embedder: Path, device: str = "auto") -> Features:
    """One vector per k-mer, special tokens dropped; float16. Raises ValueError for a sequence that is too long."""
    most = LONGEST_KMERS + settings.k - 1
    if too_long := max((len(each) for each in sequences if len(each) > most), default=0):
        raise ValueError(f"a sequence of {too_long:,} nt is longer than DNABERT reads, {most}; cut it, or leave it out")
    import torch
    from transformers import BertConfig, BertModel

    arrays, description = read_tensors(embedder)
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    mean, components = tensors.pop("pca.mean", None), tensors.pop("pca.components", None)
    model = BertModel(BertConfig(**description["config"]), add_pooling_layer=False)
    model.load_state_dict(tensors)
    vectors, offsets = _run(model, sequences, settings.k, device, mean, components)
    return Features(vectors, np.arange(len(vectors)), offsets, pd.Index(sequences))


def _run(model, sequences: list[str], k: int, device: str, mean=None, components=None) -> tuple[np.ndarray, np.ndarray]:
    """Last hidden states of all k-mers, or their principal components, end to end, float16, and offsets."""
    import torch

    from deepmirnatar.training.devices import pick_device

    device = pick_device(device)
    model = model.to(device).eval()
    tokens, offsets = tokenize(sequences, k)
    lengths = np.diff(offsets)
    width = model.config.hidden_size if components is None else len(components)
    out = np.empty((len(tokens), width), dtype=np.float16)
    order = np.argsort(lengths, kind="stable")
    batches = np.array_split(order, max(1, -(-len(order) // 512)))
    with torch.inference_mode():
        for rows in progress(batches, "embedding", unit="batches"):
            longest = lengths[rows].max()
            place = offsets[rows][:, None] + np.arange(longest)
            inside = np.arange(longest) < lengths[rows][:, None]
            ids = np.full((len(rows), longest + 2), PAD)
            ids[:, 0] = START
            ids[:, 1:-1][inside] = tokens[place[inside]]
            ids[np.arange(len(rows)), lengths[rows] + 1] = END
            ids = torch.from_numpy(ids).to(device)
            states = model(ids, attention_mask=(ids != PAD).long()).last_hidden_state
            states = states[:, 1:-1][torch.from_numpy(inside).to(device)].cpu()
            if components is not None:
                states = (states - mean) @ components.T
            out[place[inside]] = states.half().numpy()
    return out, offsets


def _load_published(folder: Path):
    """A BertModel from a folder in DNABERT's format; names the files that are missing."""
    import torch
    from safetensors.torch import load_file
    from transformers import BertConfig, BertModel

    weights = [folder / name for name in WEIGHTS if (folder / name).exists()]
    if not (folder / CONFIG).exists() or not weights:
        raise FileNotFoundError(
            f"{folder}: needs config.json and model.safetensors (or pytorch_model.bin). Run `snakemake download`, "
            "or set `weights: pretrain` in the embedding's stanza."
        )
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    # The published file carries keys of the fork it was written with.
    keep = set(BertConfig().to_dict()) - {"architectures", "transformers_version", "dtype"}
    model = BertModel(BertConfig(**{key: config[key] for key in config if key in keep}), add_pooling_layer=False)
    if weights[0].suffix == ".safetensors":
        tensors = load_file(weights[0])
    else:
        tensors = torch.load(weights[0], map_location="cpu", weights_only=True)
    tensors = {name.removeprefix("bert."): value for name, value in tensors.items()}
    wanted = model.state_dict()
    missing = [name for name in wanted if name not in tensors]
    if missing:
        raise ValueError(
            f"{weights[0]}: lacks {len(missing)} weights, such as {missing[0]!r}: not a BERT of this config"
        )
    model.load_state_dict({name: tensors[name] for name in wanted})
    return model


def _save(model, about: dict, more: dict, path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    keys = ["vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"]
    keys += ["max_position_embeddings", "type_vocab_size", "hidden_act", "layer_norm_eps"]
    config = {key: getattr(model.config, key) for key in keys}
    tensors = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    tensors |= {name: torch.as_tensor(value, dtype=torch.float32).contiguous() for name, value in more.items()}
    description = json.dumps({"kind": "dnabert", "config": config, **about})
    with atomic(path) as part:
        save_file(tensors, part, metadata={"description": description})
