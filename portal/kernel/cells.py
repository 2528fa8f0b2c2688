"""Cells of a table for Excel: whatever somebody wrote, no cell is a formula (decision 0009)."""

import re
from datetime import date
from typing import Any

# What spreadsheets take for the beginning of a formula, also after they were saved as CSV.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML has no word for them


def text(table: Any, words: str, *, bold: bool = False, wraps: bool = False) -> Any:
    """A cell of text, also where it begins as a formula does."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    cell = WriteOnlyCell(table, safe(words))
    cell.data_type = "s"
    if words.startswith(FORMULA):
        cell.quotePrefix = True  # as if it were typed with an apostrophe
    if bold:
        cell.font = Font(bold=True)
    if wraps:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def day(table: Any, value: date | None) -> Any:
    """A cell with a day that can be sorted; empty for none."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    if value is None:
        return None
    cell = WriteOnlyCell(table, value)
    cell.number_format = "dd.mm.yyyy"
    cell.alignment = Alignment(horizontal="left", vertical="top")
    return cell


def safe(words: str) -> str:
    """Words without the signs that a file of XML cannot hold."""
    return _UNWRITABLE.sub("", words)
