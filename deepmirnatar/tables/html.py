"""A table as one HTML file that can be read in the report: no scripts, the raw table as a download inside."""

import base64
from html import escape

import pandas as pd

STYLE = """
body { font: 14px/1.45 system-ui, sans-serif; color: #1e293b; background: #fff; margin: 1.5rem; }
p { max-width: 50rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid #e2e8f0; text-align: left; vertical-align: top; }
td.number { text-align: right; }
thead th { position: sticky; top: 0; background: #f1f5f9; }
tbody tr:hover { background: #f8fafc; }
"""


def table_html(table: pd.DataFrame, digits: int = 4) -> str:
    """A <table>; numbers rounded and right-aligned, missing values empty, columns that hold nothing left out."""
    table = table.dropna(axis="columns", how="all")
    numeric = [pd.api.types.is_numeric_dtype(table[name]) for name in table.columns]
    lines = ["<table><thead><tr>", *(f"<th>{escape(str(name))}</th>" for name in table.columns), "</tr></thead><tbody>"]
    for row in table.itertuples(index=False):
        lines.append("<tr>")
        for value, number in zip(row, numeric, strict=True):
            lines.append(f"<td{' class=number' if number else ''}>{escape(_text(value, digits))}</td>")
        lines.append("</tr>")
    return "".join(lines) + "</tbody></table>"


def page(title: str, caption: str, body: str, file: str = "", raw: str = "") -> str:
    """A whole document; `raw` is the text of the TSV that it offers for download as `file`."""
    link = ""
    if raw:
        encoded = base64.b64encode(raw.encode()).decode()
        link = f'<p><a download="{file}" href="data:text/tab-separated-values;base64,{encoded}">{file}</a></p>'
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    body = f"<h2>{escape(title)}</h2><p>{escape(caption)}</p>{link}{body}"
    return f"<!doctype html><html lang=en><head>{head}</head><body>{body}</body></html>\n"


def _text(value: object, digits: int) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, float) and not float(value).is_integer():
        return f"{value:,.{digits}f}" if abs(value) >= 10**-digits else f"{value:.2g}"
    return f"{int(value):,}" if isinstance(value, float) else str(value)
