"""The action plan as XLSX: a line a task, whatever is typed stays text (decision 0009)."""

import io
from typing import Any

from portal.access.site import site
from portal.kernel import clock
from portal.kernel.cells import day, safe, text
from portal.kernel.i18n import _, long_date
from portal.tasks.plan import PlannedGoal, PlannedMeasure
from portal.tasks.progress import Progress
from portal.tasks.words import state_name

WIDTHS = (34, 40, 46, 26, 14, 14, 10, 12, 12)  # of the columns, in letters


def sheet(space: str, goals: list[PlannedGoal]) -> bytes:
    """The file."""
    # A second of every start would go to what is asked for once a month.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = safe(space)
    book.properties.creator = safe(site().name)
    table = book.create_sheet(_("Action plan"))
    for column, width in zip("ABCDEFGHI", WIDTHS, strict=True):
        table.column_dimensions[column].width = width
    table.freeze_panes = "A4"
    table.append([text(table, _("Action plan: %(space)s", space=space), bold=True)])
    table.append([text(table, _("As of %(day)s", day=long_date(clock.today())))])
    heads = (
        _("Goal"), _("Measure"), _("Task"), _("Who does it"), _("Last day"), _("State"),
        _("Weight"), _("Percent done"), _("Percent planned"),
    )  # fmt: skip
    table.append([text(table, head, bold=True) for head in heads])
    for goal in goals:
        figures = [goal.weight, *_shares(goal.progress)]
        table.append([text(table, goal.title, bold=True), *[None] * 5, *figures])
        for measure in goal.measures:
            _measure(table, goal, measure)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _measure(table: Any, goal: PlannedGoal, measure: PlannedMeasure) -> None:
    above = [text(table, goal.title), text(table, measure.title, bold=True), None]
    owned = [text(table, measure.owner), day(table, measure.due), None]
    table.append([*above, *owned, measure.weight, *_shares(measure.progress)])
    for task in measure.tasks:
        table.append(
            [
                text(table, goal.title), text(table, measure.title), text(table, task.title),
                text(table, task.owner), day(table, task.due), text(table, state_name(task.state)),
                task.weight, *_shares(task.progress),
            ]
        )  # fmt: skip


def _shares(progress: Progress | None) -> list[int | None]:
    return [None, None] if progress is None else [progress.percent, progress.planned_percent]
