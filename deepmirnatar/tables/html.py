"""Tables as one HTML file that the report can show."""

from html import escape

import pandas as pd

from deepmirnatar.tables import TABLES

# Within one class, because the report's first page takes a document in.
STYLE = """
.shown { font: 14px/1.45 system-ui, sans-serif; color: #1e293b; background: #fff; }
.shown p { max-width: 50rem; }
.shown table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.shown :is(th, td) { padding: .25rem .7rem; border-bottom: 1px solid #e2e8f0; text-align: left; vertical-align: top; }
.shown thead th { position: sticky; top: 0; background: #f1f5f9; }
"""


def tables_page(title: str, tables: dict[str, pd.DataFrame]) -> str:
    """Each table below its title and caption in `TABLES`; columns that hold nothing are left out."""
    parts = []
    for name, table in tables.items():
        # Missing values make counts floats; as counts they need no decimals.
        shown = table.dropna(axis="columns", how="all").convert_dtypes(convert_string=False, convert_boolean=False)
        heading, _, caption = TABLES[name]
        parts.append(f"<h3>{escape(heading)}</h3><p>{escape(caption)}</p>{_html(shown, 4, index=False)}")
    return page(title, "", "".join(parts))


def blocks_page(title: str, caption: str, table: pd.DataFrame, names: list[str]) -> str:
    """Each row as a block: its `names` as a heading, and the other columns below each other."""
    parts = []
    for row in table.to_dict("records"):
        rest = pd.Series(
            {key: value for key, value in row.items() if key not in names and pd.notna(value)}, dtype=object
        )
        heading = escape(", ".join(row[name] for name in names))
        parts.append(f"<h3>{heading}</h3>{_html(rest.to_frame(), 3, header=False)}")
    return page(title, caption, "".join(parts))


def page(title: str, caption: str, body: str) -> str:
    """A whole document."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    top = f"<h2>{escape(title)}</h2><p>{escape(caption)}</p>"
    return f"<!doctype html><html lang=en><head>{head}</head><body><div class=shown>{top}{body}</div></body></html>\n"


def _html(table: pd.DataFrame, digits: int, **options) -> str:
    def number(value: float) -> str:
        return f"{value:,.{digits}f}" if value == 0 or abs(value) >= 10**-digits else f"{value:.2g}"

    with pd.option_context("display.max_colwidth", None):
        return table.to_html(border=0, na_rep="", float_format=number, **options)
