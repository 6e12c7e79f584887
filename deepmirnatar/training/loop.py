"""The training loop of every neural predictor: seeds, device, checkpoint and resume, early stopping.

A run that is killed and started again continues from its last checkpoint and ends with the same weights,
because everything random in an epoch follows from (seed, epoch) and the saved generator states.
"""

import time

import numpy as np
import pandas as pd
import torch

from deepmirnatar.common.logs import log, progress
from deepmirnatar.training.batches import bucketed_batches
from deepmirnatar.training.checkpoint import Checkpoint
from deepmirnatar.training.devices import device_name, mixed_precision
from deepmirnatar.training.optimizers import make_optimizer
from deepmirnatar.training.schedule import pace
from deepmirnatar.training.settings import SCORED_AT_ONCE, TrainingSettings

ALIKE = 0.01  # scores that differ by less count as equal


@torch.inference_mode()
def score(
    network: torch.nn.Module, data, mixed: torch.autocast, batch_size: int = SCORED_AT_ONCE, what: str = "scoring"
) -> np.ndarray:
    """Logits of every row, shape (rows, classes), float32; `data` has `lengths`, `batch(rows)` and len()."""
    network.eval()
    out = None
    batches = bucketed_batches(data.lengths, batch_size, None)
    for rows in progress(batches, what, unit="batches"):
        with mixed:
            logits = network(*data.batch(rows))
        logits = logits.float().cpu().numpy()
        out = np.empty((len(data), logits.shape[1]), dtype=np.float32) if out is None else out
        out[rows] = logits
    return out


def train(
    network: torch.nn.Module,
    data_train,
    data_valid,
    settings: TrainingSettings,
    seed: int,
    device: torch.device,
    checkpoint: Checkpoint,
) -> pd.DataFrame:
    """Fit `network` in place, leave the best epoch's weights in it, and return the history.

    Data: `batch(rows)` gives the network's arguments as tensors on `device`, `labels` is a tensor of 0/1 there.
    The network returns logits (batch, 2). Mixed precision on a GPU. History: epoch, train_loss, valid_loss,
    valid_auroc, seconds.
    """
    from sklearn.metrics import roc_auc_score  # not above: scoring, in this file, needs none of it

    network.to(device)
    optimizer = make_optimizer(network, settings)
    mixed = mixed_precision(device, settings.bfloat16)
    scaler = torch.amp.GradScaler(device.type, enabled=mixed.fast_dtype == torch.float16)
    parts = {"network": network, "optimizer": optimizer, "scaler": scaler}
    state = checkpoint.load(parts, device) or {
        "epoch": 0,
        "history": [],
        "best": None,
        "seen": None,
    }
    vectors = [part for group in optimizer.param_groups for part in group["params"]]
    size = sum(part.numel() for part in vectors)
    log.info("device %s, %d threads, seed %d", device_name(device), torch.get_num_threads(), seed)
    log.info("%s parameters, %d training rows", f"{size:,}", len(data_train))
    labels_valid = data_valid.labels.cpu().numpy()
    history, best, alike = state["history"], state["best"], False
    for epoch in range(state["epoch"] + 1, settings.epochs + 1):
        if settings.patience and best and epoch - 1 - best["epoch"] >= settings.patience:
            log.info("no better validation %s for %d epochs: stopped early", settings.select_by, settings.patience)
            break
        started = saved = time.monotonic()
        order = np.random.default_rng([seed, epoch])
        batches = bucketed_batches(data_train.lengths, settings.batch_size, order, settings.length_bucket)
        done, total, spent = state["seen"] or (0, 0.0, 0.0)
        network.train()
        for rows in progress(batches[done:], f"epoch {epoch}/{settings.epochs}", unit="batches"):
            for group in optimizer.param_groups:
                group["lr"] = settings.learning_rate * pace(settings, epoch - 1 + done / len(batches))
            with mixed:
                logits = network(*data_train.batch(rows))
                loss = torch.nn.functional.cross_entropy(logits.float(), data_train.labels[rows])
            optimizer.zero_grad(set_to_none=False)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_(vectors, 5.0)
            scaler.step(optimizer)
            scaler.update()
            total += loss.item() * len(rows)
            done += 1
            now = time.monotonic()
            if settings.checkpoint_minutes and now - saved > 60 * settings.checkpoint_minutes:
                seen = (done, total, spent + now - started)
                checkpoint.save(parts, {"epoch": epoch - 1, "history": history, "best": best, "seen": seen})
                saved = now
        state["seen"] = None
        logits = torch.from_numpy(score(network, data_valid, mixed, what="validation"))
        if not np.isfinite(total) or not torch.isfinite(logits).all():
            raise RuntimeError(f"epoch {epoch}: the training loss is not finite; lower `learning_rate`")
        valid_loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels_valid)).item()
        probability = logits.softmax(dim=1)[:, 1].numpy()
        alike = len(probability) > 1 and np.ptp(probability) < ALIKE
        auroc = roc_auc_score(labels_valid, probability) if 0 < labels_valid.mean() < 1 else float("nan")
        seconds = spent + time.monotonic() - started
        history.append((epoch, total / len(data_train), valid_loss, float(auroc), seconds))
        value = -valid_loss if settings.select_by == "loss" or np.isnan(auroc) else float(auroc)
        if best is None or value > best["value"]:
            weights = {name: tensor.detach().cpu().clone() for name, tensor in network.state_dict().items()}
            best = {"epoch": epoch, "value": value, "weights": weights}
        log.info(
            "epoch %d of %d: training loss %.4f, validation loss %.4f, AUC %.4f, %.0f s%s",
            *history[-1][:1], settings.epochs, *history[-1][1:], "" if best["epoch"] < epoch else " (best)",
        )  # fmt: skip
        checkpoint.save(parts, {"epoch": epoch, "history": history, "best": best, "seen": None})
    if alike:
        log.warning(
            "the network gives all pairs of valid the same score, so it has learned nothing: take another seed, more "
            "epochs or a lower learning_rate"
        )
    network.load_state_dict(best["weights"])
    network.to(device)
    log.info("best epoch %d of %d", best["epoch"], len(history))
    return pd.DataFrame(history, columns=["epoch", "train_loss", "valid_loss", "valid_auroc", "seconds"])
