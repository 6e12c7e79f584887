"""What the rules of predictions ask of the config."""

from functools import cache
from types import SimpleNamespace

from deepmirnatar.common.files import read_tensors, sha256
from deepmirnatar.prediction.inputs import names_in
from deepmirnatar.study.plan import Plan
from workflow import functions
from workflow.fingerprint import ROOT

WEIGHTS = ROOT / "deepmirnatar" / "prediction" / "weights"
MIRBASE = "resources/downloads/mirbase/mature.fa"


@cache
def shipped_predictor() -> str:
    """The predictor of the shipped weights, which are read once for all jobs."""
    return read_tensors(WEIGHTS / "sites.safetensors")[1]["predictor"]


class Inputs:
    """Input and params functions of predictions."""

    def __init__(self, plan: Plan):
        self.plan, self.study = plan, plan.study

    def plug_ins(self, wildcards) -> list[str]:
        """As `functions.plug_ins`; a prediction chooses a predictor."""
        names = functions.plug_ins(self.plan, wildcards)
        if hasattr(wildcards, "prediction"):
            names += functions.plug_ins(self.plan, SimpleNamespace(model=self.prediction(wildcards)["model"]))
        if hasattr(wildcards, "shipped"):
            names.append(f"deepmirnatar.predictors.{shipped_predictor()}")
        return names

    def needs_gpu(self, wildcards) -> bool:
        return self.plan.models[self.prediction(wildcards)["model"]]["gpu"]

    def strands(self, wildcards) -> list[str]:
        return self.plan.models[self.prediction(wildcards)["model"]]["strands"]

    @property
    def wanted_predictions(self) -> list[str]:
        """Wanted predictions by a model of the study."""
        return [name for name in self.study.wanted_predictions if name in self.study.predictions]

    @property
    def wanted_shipped(self) -> list[str]:
        """Wanted predictions by the shipped weights."""
        return [name for name in self.study.wanted_predictions if name in self.study.shipped]

    def shipped_files(self, wildcards) -> dict:
        """What `prediction.inputs.read_inputs` is given."""
        stanza = self.study.shipped[wildcards.shipped]
        files = {key: stanza[key] for key in ("mirnas", "targets", "annotation", "genome") if key in stanza}
        mirnas = stanza["mirnas"]
        return files | ({"mirbase": MIRBASE} if isinstance(mirnas, list) or names_in(mirnas) else {})

    def shipped_inputs(self, wildcards) -> dict[str, str]:
        """The files among them."""
        return {name: file for name, file in self.shipped_files(wildcards).items() if isinstance(file, str)}

    def shipped_known(self, wildcards) -> list[str]:
        """The table of known targets, where there is one."""
        known = self.study.shipped[wildcards.shipped]["known"]
        return [known] if known else []

    def shipped_sites(self, wildcards) -> list[str]:
        """The scored parts of a prediction's targets: their tables of sites."""
        return self._parts(wildcards, "sites")

    def shipped_genes(self, wildcards) -> list[str]:
        """Likewise of genes."""
        return self._parts(wildcards, "genes")

    def _parts(self, wildcards, kind: str) -> list[str]:
        parts = range(self.study.shipped[wildcards.shipped]["chunks"])
        return [f"results/predictions/{wildcards.shipped}/parts/{part}.{kind}.tsv" for part in parts]

    @staticmethod
    def shipped_weights() -> list[str]:
        """Digests of the shipped weights: others make a prediction run again."""
        return [sha256(path) for path in sorted(WEIGHTS.glob("*.safetensors"))]

    @staticmethod
    def report_parts() -> list[str]:
        """Digests of what a prediction's report is made of beside code."""
        files = [*WEIGHTS.parent.glob("report.*"), WEIGHTS.parent / "page.css"]
        return [sha256(path) for path in sorted(files) if path.suffix != ".py"]

    def prediction(self, wildcards) -> dict:
        """A prediction's complete stanza."""
        return self.study.predictions[wildcards.prediction]

    def prediction_inputs(self, wildcards) -> dict:
        return self.study.prediction_files(wildcards.prediction)

    def prediction_run(self, wildcards) -> dict[str, str]:
        """The finished run that scores: its model and its settings."""
        stanza = self.prediction(wildcards)
        folder = f"results/runs/{stanza['dataset']}/{stanza['model']}/seed-{stanza['seed']}"
        return {"model": f"{folder}/model.safetensors", "settings": f"{folder}/settings.json"}

    def prediction_features(self, wildcards) -> list[str]:
        stanza = self.prediction(wildcards)
        used = self.plan.models[stanza["model"]]["embeddings"]
        folder = f"results/embeddings/{stanza['dataset']}"
        return [f"{folder}/{name}/{wildcards.prediction}.candidates.safetensors" for name in used]

    def prediction_training(self, wildcards) -> str:
        return f"results/datasets/{self.prediction(wildcards)['dataset']}/pairs.tsv"

    def prediction_orientation(self, wildcards) -> str:
        """How the training dataset writes its miRNAs; candidates are 5'->3' in any case."""
        return self.study.datasets[self.prediction(wildcards)["dataset"]]["orientation"]

    def prediction_labels(self, wildcards) -> dict[str, str]:
        """What figures print of the run."""
        return {
            "model": self.study.models[self.prediction(wildcards)["model"]]["label"],
            "dataset": self.prediction(wildcards)["dataset"],
        }

    def known_targets(self, wildcards) -> list[str]:
        return self.study.known_targets(wildcards.prediction)
