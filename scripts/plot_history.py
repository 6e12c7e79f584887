"""Training and validation loss and validation AUC by epoch, for every run that has epochs.

Reads history tables only.
"""

from deepmirnatar.common.files import read_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.figures.charts import panels, save, style


def main(histories: list[str], runs: list[tuple], labels: dict[str, str], outputs: list[str]) -> None:
    found = [(run, read_tsv(path)) for run, path in zip(runs, histories, strict=True)]
    found = [(run, table) for run, table in found if len(table)]
    datasets = list(dict.fromkeys(run[0] for run, _ in found))
    figure, axes = panels(max(1, 2 * len(datasets)), width=4.6, height=3.4, columns=2)
    if not found:
        axes[0].text(0.5, 0.5, "no model of this experiment is trained by epochs", ha="center")
    order = list(dict.fromkeys(run[1] for run, _ in found))
    for row, dataset in enumerate(datasets):
        loss, auc = axes[2 * row], axes[2 * row + 1]
        for (name, model, seed), table in found:
            if name != dataset:
                continue
            number = order.index(model)
            line = style(number)
            label = f"{labels.get(model, model)}, seed {seed}"
            loss.plot(table["epoch"], table["valid_loss"], **line, label=f"{label}: valid", marker=".")
            loss.plot(table["epoch"], table["train_loss"], **(line | {"linestyle": ":"}), label=f"{label}: train")
            auc.plot(table["epoch"], table["valid_auroc"], **line, label=label, marker=".")
        loss.set(title=f"{dataset}: loss (cross-entropy, nats)", xlabel="epoch", ylabel="loss")
        auc.set(title=f"{dataset}: AUC on valid", xlabel="epoch", ylabel="AUC")
        for axis in (loss, auc):
            axis.legend()
            axis.xaxis.get_major_locator().set_params(integer=True)
    save(figure, *outputs)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(list(snakemake.input.histories), snakemake.params.runs, snakemake.params.labels, list(snakemake.output))
