"""What the rules of predictions ask of the config: each method takes Snakemake's wildcards."""

from functools import cache
from types import SimpleNamespace

from deepmirnatar.common.files import read_description, sha256
from deepmirnatar.study.plan import Plan
from workflow import functions
from workflow.fingerprint import ROOT

FOLDER = ROOT / "deepmirnatar" / "prediction"


@cache
def built_in_predictor() -> str:
    """The predictor of the built-in weights, which are read once for all jobs."""
    return read_description(FOLDER / "weights" / "sites.safetensors")["predictor"]


class Predictions:
    """Input and params functions of workflow/rules/predict.smk."""

    def __init__(self, plan: Plan):
        self.plan, self.study = plan, plan.study

    def plug_ins(self, wildcards) -> list[str]:
        """As `functions.plug_ins`; a prediction chooses a predictor, and what its run embeds with."""
        names = functions.plug_ins(self.plan, wildcards)
        if hasattr(wildcards, "prediction"):
            if not (model := self._stanza(wildcards).get("model")):
                return [*names, f"deepmirnatar.predictors.{built_in_predictor()}"]
            names += functions.plug_ins(self.plan, SimpleNamespace(model=model))
            for embedding in self.study.models[model]["embeddings"].values():
                names += functions.plug_ins(self.plan, SimpleNamespace(embedding=embedding))
        return names

    def _stanza(self, wildcards) -> dict:
        return self.study.predictions[wildcards.prediction]

    def asked(self, wildcards) -> dict:
        """What `prediction.inputs.read_inputs` is given: files, and names of miRNAs."""
        return self.study.prediction_files(wildcards.prediction)

    def files(self, wildcards) -> dict[str, str]:
        """The files among them."""
        return {key: file for key, file in self.asked(wildcards).items() if isinstance(file, str)}

    def fasta(self, wildcards) -> list[str]:
        """The FASTA file to which random genes are added."""
        targets = self._stanza(wildcards)["targets"]
        return [targets] if isinstance(targets, str) else []

    def names(self, wildcards) -> list[str] | None:
        """Genes that are taken from the reference."""
        targets = self._stanza(wildcards)["targets"]
        return targets if isinstance(targets, list) else None

    def run(self, wildcards) -> list[str]:
        """Model, settings and embedders of the run that scores; none for the built-in model."""
        return self.study.prediction_run(wildcards.prediction)

    def known(self, wildcards) -> list[str]:
        """The table of known targets, where there is one."""
        known = self._stanza(wildcards)["known"]
        return [known] if known else []

    def sites(self, wildcards) -> list[str]:
        """The scored parts of a prediction's targets: their tables of sites."""
        return self._parts(wildcards, "sites")

    def genes(self, wildcards) -> list[str]:
        """Likewise of genes."""
        return self._parts(wildcards, "genes")

    def _parts(self, wildcards, kind: str) -> list[str]:
        parts = range(self._stanza(wildcards)["chunks"])
        return [f"results/predictions/{wildcards.prediction}/parts/{part}.{kind}.tsv" for part in parts]

    def needs_gpu(self, wildcards) -> bool:
        """Does a run with a network score? The built-in model needs none."""
        model = self._stanza(wildcards).get("model")
        return bool(model) and "batch_size" in self.study.models[model]["settings"]

    @staticmethod
    def built_in() -> list[str]:
        """Digests of the built-in weights: others make a prediction run again."""
        folders = [FOLDER.parent / name / "weights" for name in ("prediction", "repression", "binding")]
        return [sha256(file) for folder in folders for file in sorted(folder.glob("*.safetensors"))]

    @staticmethod
    def page() -> list[str]:
        """Digests of what a report is made of in addition to code."""
        files = [*FOLDER.glob("report.*"), FOLDER / "page.css", FOLDER / "expected.tsv"]
        return [sha256(file) for file in sorted(files) if file.suffix != ".py"]

    def case_study(self, wildcards) -> dict[str, str]:
        """What a case study reads."""
        folder, stanza = f"results/predictions/{wildcards.prediction}", self._stanza(wildcards)
        return {
            **{key: file for key, file in self.files(wildcards).items() if key in ("mirnas", "mirbase")},
            "genes": f"{folder}/genes.tsv",
            "groups": f"{folder}/targets.tsv",
            "fasta": f"{folder}/targets.fa",
            "training": f"results/datasets/{stanza['dataset']}/pairs.tsv",
            "known": stanza["known"],
        }

    def orientation(self, wildcards) -> str:
        """How the training dataset writes its miRNAs."""
        return self.study.datasets[self._stanza(wildcards)["dataset"]]["orientation"]

    def labels(self, wildcards) -> dict[str, str]:
        """What figures print of the run."""
        stanza = self._stanza(wildcards)
        return {"model": self.study.models[stanza["model"]]["label"], "dataset": stanza["dataset"]}
