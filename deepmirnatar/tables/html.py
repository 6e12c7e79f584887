"""A table as one HTML file that can be read in the report: no scripts, the raw table as a download inside."""

import base64
from html import escape

import pandas as pd

# Within one class, because the report's first page takes a document in.
STYLE = """
.shown { font: 14px/1.45 system-ui, sans-serif; color: #1e293b; background: #fff; }
.shown p { max-width: 50rem; }
.shown table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.shown :is(th, td) { padding: .25rem .7rem; border-bottom: 1px solid #e2e8f0; text-align: left; vertical-align: top; }
.shown td.number { text-align: right; }
.shown td:first-child { white-space: nowrap; }
.shown thead th { position: sticky; top: 0; background: #f1f5f9; }
.shown tbody tr:hover { background: #f8fafc; }
"""


def table_html(table: pd.DataFrame, digits: int = 4) -> str:
    """A <table>; numbers rounded and right-aligned, missing values empty, columns that hold nothing left out."""
    # Missing values make counts floats; as counts they need no decimals.
    table = table.dropna(axis="columns", how="all").convert_dtypes(convert_string=False, convert_boolean=False)
    numeric = [pd.api.types.is_numeric_dtype(table[name]) for name in table.columns]
    lines = ["<table><thead><tr>", *(f"<th>{escape(str(name))}</th>" for name in table.columns), "</tr></thead><tbody>"]
    for row in table.itertuples(index=False):
        lines.append("<tr>")
        for value, number in zip(row, numeric, strict=True):
            lines.append(f"<td{' class=number' if number else ''}>{escape(_text(value, digits))}</td>")
        lines.append("</tr>")
    return "".join(lines) + "</tbody></table>"


def blocks_html(table: pd.DataFrame, names: list[str], verdict: str, digits: int = 3) -> str:
    """Each row as a block: its names as a heading, its verdict, and the other columns below each other."""
    blocks = []
    for _, row in table.iterrows():
        rest = [name for name in table.columns if name not in (*names, verdict) and _text(row[name], digits)]
        cells = "".join(f"<tr><td>{escape(name)}<td class=number>{escape(_text(row[name], digits))}" for name in rest)
        heading = escape(", ".join(row[names]))
        blocks.append(
            f"<h3>{heading}</h3><p><b>{escape(verdict)}:</b> {escape(row[verdict])}</p><table>{cells}</table>"
        )
    return "".join(blocks)


def page(title: str, caption: str, body: str, file: str = "", raw: str = "") -> str:
    """A whole document; `raw` is the text of the TSV that it offers for download as `file`."""
    link = ""
    if raw:
        encoded = base64.b64encode(raw.encode()).decode()
        link = f'<p><a download="{file}" href="data:text/tab-separated-values;base64,{encoded}">{file}</a></p>'
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    top = f"<h2>{escape(title)}</h2><p>{escape(caption)}</p>{link}"
    return f"<!doctype html><html lang=en><head>{head}</head><body><div class=shown>{top}{body}</div></body></html>\n"


def _text(value: object, digits: int) -> str:
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, float):
        return f"{value:,.{digits}f}" if value == 0 or abs(value) >= 10**-digits else f"{value:.2g}"
    return str(value)
