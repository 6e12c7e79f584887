"""What the rules of activity ask of the config: each method takes Snakemake's wildcards."""

from deepmirnatar.study import activity
from deepmirnatar.study.study import Study


class Activities:
    """Input and params functions of workflow/rules/activity.smk."""

    def __init__(self, study: Study):
        self.study = study

    def stanza(self, wildcards) -> dict:
        """The complete stanza of a table that is explained."""
        return self.study.activity[wildcards.activity]

    def files(self, wildcards) -> dict:
        """The table, the predictions that it shares with others, and the files that its stanza names."""
        stanza, first = self.stanza(wildcards), activity.shared(self.study.activity)[wildcards.activity]
        found = {"kept": f"results/activity/{first}/predictions.safetensors"}
        return found | {key: stanza[key] for key in activity.FILES if stanza[key]}

    def predicted_from(self, wildcards) -> dict:
        """What of the stanza decides the predictions, so that an edit of the rest computes none anew."""
        return {key: self.stanza(wildcards)[key] for key in activity.PREDICTED_FROM}

    def sequences(self, wildcards) -> list[str]:
        """A user's own miRNAs and targets."""
        return [file for key in ("mirnas", "targets") if (file := self.stanza(wildcards)[key])]
