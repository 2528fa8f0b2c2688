"""The list for signing as XLSX: whatever somebody is called, no cell is a formula."""

import io
from typing import Any

from portal.access.site import site
from portal.confirming import signed_list
from portal.confirming.signed_list import Line, SignedList
from portal.kernel import clock
from portal.kernel.cells import safe, text
from portal.kernel.i18n import _

WIDTHS = (6, 34, 34, 18, 10, 38, 26)  # of the columns, in letters


def sheet(made: SignedList) -> bytes:
    """The file."""
    # A second of every start would go to what is asked for once a week.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = safe(made.asked.title)
    book.properties.creator = safe(site().name)
    table = book.create_sheet(_("Who has read it"))
    for column, width in zip("ABCDEFG", WIDTHS, strict=True):
        table.column_dimensions[column].width = width
    facts = [*made.facts, (_("Made on"), signed_list.moment(made.made_at))]
    table.freeze_panes = f"A{len(facts) + 5}"  # below the columns' names
    table.append([text(table, _("List of who has read it"), bold=True)])
    table.append([text(table, made.asked.title, bold=True)])
    for label, value in facts:
        table.append([None, text(table, label), text(table, value)])
    table.append([text(table, signed_list.note())])
    table.append([text(table, head, bold=True) for head in signed_list.heads()])
    number = 0
    for name, lines in made.groups:
        table.append([None, text(table, name, bold=True)])
        for line in lines:
            number += 1
            table.append([number, *_cells(table, line)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(table: Any, line: Line) -> list[Any]:
    return [
        text(table, line.name),
        text(table, line.position),
        _moment(table, line),
        text(table, line.version),
        text(table, line.channel),
    ]


def _moment(table: Any, line: Line) -> Any:
    """When it was confirmed, as a time that can be sorted; by the town hall's clock."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    if line.at is None:
        return None
    cell = WriteOnlyCell(table, clock.local(line.at).replace(tzinfo=None, microsecond=0))
    cell.number_format = "dd.mm.yyyy hh:mm"
    cell.alignment = Alignment(horizontal="left")
    return cell
