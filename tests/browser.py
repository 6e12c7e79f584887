"""A headless Chromium for tests of pages, driven over the DevTools protocol, and a made-up prediction to show."""

import base64
import json
import os
import select
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.rna.sequences import reverse_complement

CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--remote-debugging-pipe"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1240,900"]


class Navigated(Exception):
    """The page was left while it was asked."""


class Browser:
    """One page of one Chromium. `requested` lists every address that the page asked for, `errors` what it threw."""

    def __init__(self, folder: Path):
        self.downloads = folder / "downloads"
        read_there, self._write = os.pipe()
        self._read, write_there = os.pipe()
        # Chromium reads commands from descriptor 3 and answers on 4.
        command = f'exec "$0" "$@" 3<&{read_there} 4>&{write_there}'
        self._process = subprocess.Popen(
            ["bash", "-c", command, CHROMIUM, *FLAGS, f"--user-data-dir={folder / 'profile'}"],
            pass_fds=(read_there, write_there),
            stderr=subprocess.DEVNULL,
        )
        os.close(read_there)
        os.close(write_there)
        self._number, self._unread, self._session = 0, b"", None
        self.requested, self.errors, self._loaded = [], [], False
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self.send(f"{domain}.enable")
        self.send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(self.downloads))

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        os.close(self._read)
        os.close(self._write)

    def send(self, method: str, **parameters) -> dict:
        """Send a command and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session and not method.startswith("Browser."):
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive(60)
            if answer.get("id") == self._number:
                if "navigated" in answer.get("error", {}).get("message", ""):
                    raise Navigated
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]

    def open(self, address: str) -> None:
        self._loaded = False
        self.send("Page.navigate", url=address)
        while not self._loaded:
            self._receive(60)

    def run(self, script: str):
        """The value of a JavaScript expression; a promise is awaited."""
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, script: str, seconds: float = 30):
        """The first true value of a JavaScript expression."""
        end = time.monotonic() + seconds
        while True:
            with suppress(Navigated):
                if value := self.run(script):
                    return value
            assert time.monotonic() < end, f"never true: {script}"
            time.sleep(0.05)

    def press(self, key: str) -> None:
        code = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowDown": 40}[key]
        more = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **more)

    def downloaded(self, name: str) -> Path:
        path, end = self.downloads / name, time.monotonic() + 30
        while not path.exists():
            assert time.monotonic() < end, f"{name} was not downloaded"
            time.sleep(0.05)
        return path

    def screenshot(self, name: str, dark: bool = False, width: int = 1240, height: int = 900) -> None:
        """Save what the window shows, where DEEPMIRNATAR_SCREENSHOTS names a folder."""
        folder = os.environ.get("DEEPMIRNATAR_SCREENSHOTS")
        if not folder:
            return
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1.5, mobile=False)
        time.sleep(0.2)
        image = self.send("Page.captureScreenshot", format="png")["data"]
        self.send("Emulation.clearDeviceMetricsOverride")
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / f"{name}.png").write_bytes(base64.b64decode(image))

    def _receive(self, seconds: float) -> dict:
        while b"\0" not in self._unread:
            assert select.select([self._read], [], [], seconds)[0], "Chromium does not answer"
            more = os.read(self._read, 1 << 20)
            assert more, "Chromium has ended"
            self._unread += more
        message, _, self._unread = self._unread.partition(b"\0")
        event = json.loads(message)
        kind = event.get("method")
        if kind == "Network.requestWillBeSent":
            self.requested.append(event["params"]["request"]["url"])
        elif kind == "Runtime.exceptionThrown":
            self.errors.append(event["params"]["exceptionDetails"])
        elif kind == "Page.loadEventFired":
            self._loaded = True
        return event


MIRNAS = {"hsa-miR-122-5p": "UGGAGUGUGACAAUGGUGUUUG", "hsa-let-7a-5p": "UGAGGUAGUAGGUUGUAUAGUU"}
SITE_COLUMNS = ["mirna", "target", "region", "start", "end", "seed_start", "seed_end", "seed_type", "repression"]
SITE_COLUMNS += ["binding", "mirna_sequence", "site_sequence"]
# Sites of a stronger type mostly lower more.
TYPES = {"8mer": 4, "7mer-m8": 2.5, "7mer-A1": 1.5, "6mer": 0.8, "offset 6mer": 0.2}


def prediction(count: int = 300, mirnas: dict[str, str] = MIRNAS) -> tuple:
    """(genes, sites, mrnas, about, explained) of `count` made-up genes for each miRNA.

    GENE1 has the first miRNA's best site; every gene but each tenth has one to eight sites. A quarter of the even ones
    is a coding part.
    """
    rng = np.random.default_rng(1)
    letters = "".join(rng.choice(list("ACGU"), 4096))

    def drawn(length: int) -> str:
        start = int(rng.integers(4096 - length))
        return letters[start : start + length]

    lengths = {f"GENE{number}": int(rng.integers(300, 8000)) for number in range(1, count + 1)}
    mrnas = {name: (length, 0, length // 4 if int(name[4:]) % 2 == 0 else 0) for name, length in lengths.items()}
    sites, genes = [], []
    for name, mirna in mirnas.items():
        core, m8, tail = reverse_complement(mirna[1:7]), reverse_complement(mirna[7]), reverse_complement(mirna[12:18])
        seeds = {"8mer": f"{m8}{core}A", "7mer-m8": f"{m8}{core}G", "7mer-A1": f"G{core}A", "6mer": f"G{core}G"}
        for number, (target, length) in enumerate(lengths.items(), start=1):
            own = []
            for start in sorted(map(int, rng.integers(0, length - 40, number % 10 and 1 + number % 8))):
                seed_type = "8mer" if number == 1 else [*TYPES][int(rng.integers(len(TYPES)))]
                site = drawn(12) + tail + drawn(10) + seeds.get(seed_type, "GAGAGAGA") + drawn(4)
                score = 0.999 if number == 1 else float(rng.beta(TYPES[seed_type], 3))
                region = "ORF" if start < mrnas[target][2] else "3'UTR"
                places = (start, start + 40, start + 28, start + 36)
                own.append((name, target, region, *places, seed_type, -0.4 * score**2, score / 10, mirna, site))
            sites += own
            kinds, effects, bound = [site[7][:4] for site in own], [site[8] for site in own], [site[9] for site in own]
            genes.append(
                {
                    "mirna": name,
                    "target": target,
                    "repression": sum(effects),
                    "binding": round(1 - float(np.prod(1 - np.array(bound))), 4),
                    "sites": len(own),
                    "orf_sites": sum(site[2] == "ORF" for site in own),
                    "utr_length": length - mrnas[target][2],
                    "cds_length": mrnas[target][2],
                    **{f"n_{kind}": kinds.count(kind) for kind in ("8mer", "7mer", "6mer")},
                    "known": int(number % 7 == 1),
                    "strong": int(number % 14 == 1),
                }
            )
    sites = pd.DataFrame(sites, columns=SITE_COLUMNS)
    genes = pd.DataFrame(genes).sort_values("repression", ignore_index=True)
    genes.insert(0, "rank", range(1, len(genes) + 1))
    best = sites[sites["target"].isin(genes["target"].head(20))].nsmallest(60, "repression")
    explained = {}
    for site in best.itertuples():
        mirna = -np.abs(rng.normal(0.2, 0.15, len(site.mirna_sequence)))
        window = rng.normal(-0.05, 0.12, len(site.site_sequence))
        mirna[1:8] -= 1
        window[28:36] -= 1
        explained[site.mirna_sequence, site.site_sequence] = {"site": window, "mirna": mirna}
    about = {
        "version": "0.1.0",
        "model": "interaction map, ensemble of 5",
        "date": "2026-11-24",
        "command": "deepmirnatar predict --mirnas mirnas.fa --targets utrs.fa --out folder",
        "weights": "sha256 3f2a90c4",
        "warnings": ["GENE10 is shorter than one window and has no site."],
    }
    return genes, sites, mrnas, about, explained
