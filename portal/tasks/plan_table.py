"""The action plan as XLSX: a line a task, whatever is typed stays text (decision 0009)."""

import io
import re
from typing import Any

from portal.access.site import site
from portal.kernel import clock
from portal.kernel.i18n import _, long_date
from portal.tasks.plan import PlannedGoal, PlannedMeasure
from portal.tasks.progress import Progress
from portal.tasks.words import state_name

# What spreadsheets take for the beginning of a formula, also after they were saved as CSV.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML has no word for them
WIDTHS = (34, 40, 46, 26, 14, 14, 10, 12, 12)  # of the columns, in letters


def sheet(space: str, goals: list[PlannedGoal]) -> bytes:
    """The file."""
    # A second of every start would go to what is asked for once a month.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = _safe(space)
    book.properties.creator = _safe(site().name)
    table = book.create_sheet(_("Action plan"))
    for column, width in zip("ABCDEFGHI", WIDTHS, strict=True):
        table.column_dimensions[column].width = width
    table.freeze_panes = "A4"
    table.append([_text(table, _("Action plan: %(space)s", space=space), bold=True)])
    table.append([_text(table, _("As of %(day)s", day=long_date(clock.today())))])
    heads = (
        _("Goal"), _("Measure"), _("Task"), _("Who does it"), _("Last day"), _("State"),
        _("Weight"), _("Percent done"), _("Percent planned"),
    )  # fmt: skip
    table.append([_text(table, head, bold=True) for head in heads])
    for goal in goals:
        figures = [goal.weight, *_shares(goal.progress)]
        table.append([_text(table, goal.title, bold=True), *[None] * 5, *figures])
        for measure in goal.measures:
            _measure(table, goal, measure)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _measure(table: Any, goal: PlannedGoal, measure: PlannedMeasure) -> None:
    above = [_text(table, goal.title), _text(table, measure.title, bold=True), None]
    owned = [_text(table, measure.owner), measure.due, None]
    table.append([*above, *owned, measure.weight, *_shares(measure.progress)])
    for task in measure.tasks:
        table.append(
            [
                _text(table, goal.title), _text(table, measure.title), _text(table, task.title),
                _text(table, task.owner), task.due, _text(table, state_name(task.state)),
                task.weight, *_shares(task.progress),
            ]
        )  # fmt: skip


def _shares(progress: Progress | None) -> list[int | None]:
    return [None, None] if progress is None else [progress.percent, progress.planned_percent]


def _text(table: Any, words: str, *, bold: bool = False) -> Any:
    """A cell of text, also where it begins as a formula does."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(table, _safe(words))
    cell.data_type = "s"
    if words.startswith(FORMULA):
        cell.quotePrefix = True  # as if it were typed with an apostrophe
    if bold:
        cell.font = Font(bold=True)
    return cell


def _safe(words: str) -> str:
    return _UNWRITABLE.sub("", words)
