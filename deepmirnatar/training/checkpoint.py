"""What an interrupted training continues from."""

import shutil
from pathlib import Path

import torch

from deepmirnatar.common.files import atomic
from deepmirnatar.common.logs import log


class Checkpoint:
    """Everything a run needs to continue, in one folder that no rule calls its output."""

    def __init__(self, folder: Path):
        self.path = Path(folder) / "last.pt"

    def save(self, parts: dict, state: dict) -> None:
        """`parts` have state_dict; `state` holds plain values and tensors; generator states are added."""
        saved = {name: part.state_dict() for name, part in parts.items()}
        rng = {"torch": torch.get_rng_state()}
        if torch.cuda.is_available():
            rng["cuda"] = torch.cuda.get_rng_state_all()
        with atomic(self.path) as part:
            torch.save({"parts": saved, "state": state, "rng": rng}, part)

    def load(self, parts: dict, device: torch.device) -> dict | None:
        """Restore `parts` and the generators; return the saved state, or None where there is none."""
        if not self.path.exists():
            return None
        saved = torch.load(self.path, map_location="cpu", weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(saved["parts"][name])
        torch.set_rng_state(saved["rng"]["torch"])
        if device.type == "cuda" and "cuda" in saved["rng"]:
            torch.cuda.set_rng_state_all(saved["rng"]["cuda"])
        log.info("continuing from checkpoint %s", self.path)
        return saved["state"]

    def remove(self) -> None:
        shutil.rmtree(self.path.parent, ignore_errors=True)
