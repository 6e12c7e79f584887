"""What every family of miRNAs does to every mRNA of a species, once for all tables that are explained with them."""

from deepmirnatar.activity.given import given
from deepmirnatar.activity.predictions import predictions
from deepmirnatar.common.logs import log_to


def main(stanza: dict, mature: str, kept: str) -> None:
    predictions(given(stanza["species"], stanza["mirnas"], stanza["targets"], mature), stanza["quick"], kept)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.params.stanza, snakemake.input.mature, snakemake.output[0])
