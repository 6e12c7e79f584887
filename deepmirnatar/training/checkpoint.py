"""What an interrupted training continues from."""

import copy
import io
import shutil
from pathlib import Path

import torch

from deepmirnatar.common.files import atomic
from deepmirnatar.common.logs import log


class Checkpoint:
    """Everything a run needs to continue, in one folder that no rule calls its output."""

    def __init__(self, folder: Path):
        self.path = Path(folder) / "last.pt"
        # The folder's name is a digest of the run's settings, seed and data.
        self.run = self.path.parent.name

    def save(self, parts: dict, state: dict) -> None:
        """`parts` have state_dict; `state` holds plain values and tensors; generator states are added."""
        saved = {name: part.state_dict() for name, part in parts.items()}
        rng = {"torch": torch.get_rng_state()}
        if torch.cuda.is_available():
            rng["cuda"] = torch.cuda.get_rng_state_all()
        # By way of memory: where the disk is full, torch's own writer does not say so.
        content = io.BytesIO()
        torch.save({"run": self.run, "parts": saved, "state": state, "rng": rng}, content)
        with atomic(self.path) as part:
            part.write_bytes(content.getbuffer())

    def load(self, parts: dict, device: torch.device) -> dict | None:
        """Restore `parts` and the generators; return the saved state, or None where there is none to go on from.

        A checkpoint that is damaged or another run's is warned of and left aside; `parts` are then as they were.
        """
        if not self.path.exists():
            return None
        before = {name: copy.deepcopy(part.state_dict()) for name, part in parts.items()}
        try:
            saved = torch.load(self.path, map_location="cpu", weights_only=True)
            if saved["run"] != self.run:
                raise ValueError("it is another run's")
            for name, part in parts.items():
                part.load_state_dict(saved["parts"][name])
            torch.set_rng_state(saved["rng"]["torch"])
            if device.type == "cuda" and "cuda" in saved["rng"]:
                torch.cuda.set_rng_state_all(saved["rng"]["cuda"])
            state = saved["state"]
        except Exception as error:  # torch answers damaged files with errors of many kinds
            for name, part in parts.items():
                part.load_state_dict(before[name])
            reason = error if isinstance(error, ValueError) else type(error).__name__
            log.warning("%s: this checkpoint cannot be used (%s); training starts anew", self.path, reason)
            return None
        log.info("continuing from checkpoint %s", self.path)
        return state

    def remove(self) -> None:
        """Delete it, with its folder."""
        shutil.rmtree(self.path.parent, ignore_errors=True)
