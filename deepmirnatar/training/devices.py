"""Devices, threads and random seeds of a training or scoring job."""

import os
import random

import numpy as np
import torch


def pick_device(wanted: str = "auto") -> torch.device:
    """`auto` takes a GPU where there is one; `cuda` without one is an error, never a silent fall-back."""
    if wanted not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device {wanted!r}: choose auto, cpu or cuda")
    if wanted == "cuda" and not torch.cuda.is_available():
        raise RuntimeError("device: cuda was asked for, but torch sees no GPU. Set `device: auto` or `cpu`.")
    if wanted == "cpu" or not torch.cuda.is_available():
        return torch.device("cpu")
    return torch.device("cuda")


def mixed_precision(device: torch.device, bfloat16: bool = False) -> torch.autocast:
    """Autocast as a device runs it: always on a GPU, in bfloat16 where it has it; on a CPU if asked and supported.

    bfloat16 has float32's range and needs no loss scaling; older GPUs only have float16.
    """
    if device.type == "cuda":
        # Emulated, it would be slower than float32.
        native = torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.autocast("cuda", torch.bfloat16 if native else torch.float16)
    supported = bfloat16 and torch.cpu._is_avx512_bf16_supported()
    return torch.autocast("cpu", torch.bfloat16, enabled=supported)


def seed_everything(seed: int) -> None:
    """Python's, NumPy's and torch's random numbers, of every device."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def use_threads(threads: int) -> None:
    """torch uses all cores of the machine unless set to the rule's share."""
    torch.set_num_threads(max(1, threads))


def device_name(device: torch.device) -> str:
    """What a log and a table of results call it."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return f"cpu ({os.cpu_count()} cores)"
