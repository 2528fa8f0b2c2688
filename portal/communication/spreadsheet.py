"""The register as XLSX, to sort and count in Excel: a row an entry, a second sheet of figures."""

import io
from typing import Any

from portal.access import Viewer
from portal.communication import queries
from portal.communication.held import Held, held_by
from portal.communication.lists import STATES
from portal.communication.paper import proof_words
from portal.communication.queries import Asked, Line
from portal.kernel.cells import day, safe, text
from portal.kernel.i18n import _
from portal.spaces.queries import Place

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_MAX = 20_000
WIDTHS = (34, 50, 22, 22, 13, 13, 13, 26, 14, 13, 10, 50, 50)  # of the columns, in letters


def sheet(viewer: Viewer, space: Place, asked: Asked) -> bytes:
    """The file of everything that is asked for, whatever page of it was looked at."""
    # A second of every start would go to what is asked for once a month.
    from openpyxl import Workbook

    lines = queries.entries(viewer, space.id, asked, limit=ROWS_MAX)
    held = Held()
    for begin in range(0, len(lines), 500):  # as many numbers as any database takes at once
        some = held_by(viewer, [each.id for each in lines[begin : begin + 500]])
        held.proofs |= some.proofs
        held.figures |= some.figures
    book = Workbook(write_only=True)
    book.properties.title = safe(f"{_('Communication plan')}: {space.name}")
    book.properties.creator = safe(space.name)
    _entries(book, lines, held)
    _figures(book, lines, held)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _entries(book: Any, lines: list[Line], held: Held) -> None:
    table = book.create_sheet(_("Communication plan"))
    for number, width in enumerate(WIDTHS):
        table.column_dimensions["ABCDEFGHIJKLM"[number]].width = width
    table.freeze_panes = "A2"
    heads = (
        _("Objective"), _("Message"), _("Audience"), _("Channel"), _("Planned for"),
        _("Last day"), _("Put off to"), _("Who answers for it"), _("State"), _("Done on"),
        _("Days late"), _("What came of it, or why not"), _("Proofs"),
    )  # fmt: skip
    table.append([text(table, head, bold=True, wraps=True) for head in heads])
    for line in lines:
        table.append(_row(table, line, held))


def _row(table: Any, line: Line, held: Held) -> list[Any]:
    def words(told: str) -> Any:
        return text(table, told, wraps=True)

    proofs = "\n".join(
        " ".join(filter(None, (proof_words(proof), proof.full_url)))
        for proof in held.proofs.get(line.id, [])
    )
    return [
        words(line.objective),
        words(line.message),
        words(line.audience),
        words(line.channel),
        day(table, line.planned_on),
        day(table, line.planned_until),
        day(table, line.moved_to),
        words(line.owner),
        words(str(STATES[line.state])),
        day(table, line.done_on),
        line.days_late or None,
        words(line.outcome),
        words(proofs),
    ]


def _figures(book: Any, lines: list[Line], held: Held) -> None:
    table = book.create_sheet(_("Figures"))
    for letter, width in zip("ABCDEFG", (50, 34, 16, 16, 16, 34, 13), strict=True):
        table.column_dimensions[letter].width = width
    table.freeze_panes = "A2"
    heads = (
        _("Message"), _("What is counted"), _("Planned"), _("Reached"), _("Unit of measure"),
        _("Source"), _("As of"),
    )  # fmt: skip
    table.append([text(table, head, bold=True, wraps=True) for head in heads])
    for line in lines:
        for each in held.figures.get(line.id, []):
            table.append(
                [
                    text(table, line.message, wraps=True),
                    text(table, each.name, wraps=True),
                    each.planned,
                    each.reached,
                    text(table, each.unit),
                    text(table, each.source, wraps=True),
                    day(table, each.dated),
                ]
            )
