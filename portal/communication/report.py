"""The report of a month: what was planned, done and reached, gathered once for page and paper.

It is written in Bulgarian whoever asks for it: it goes to the mayor and into the file.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from portal.access import Viewer
from portal.access.site import site
from portal.accounts.models import User
from portal.communication import queries
from portal.communication.held import Shown, held_by
from portal.communication.models import Entry, Objective
from portal.communication.policy import policy
from portal.communication.queries import Line
from portal.kernel import clock
from portal.kernel.database import db, rows
from portal.kernel.i18n import _, long_date, month_name, ngettext, speaking
from portal.spaces import known
from portal.spaces.queries import Place

LANGUAGE = "bg"
PARTS = ("done", "early", "missed", "ahead", "elsewhere")
COUNTS = (
    "planned", "done", "late", "postponed", "cancelled", "undone", "ahead", "beside", "left",
)  # fmt: skip
# Shares of a whole do not add up: of them the report gives the mean.
SHARES = {"%", "процент", "процента", "на сто"}

_IN_MONTH = (
    select(*queries.ENTRIES.selected_columns)
    .select_from(Entry)
    .join(Objective, Objective.id == Entry.objective_id)
    .join(User, User.id == Entry.owner_id)
    .where(
        Entry.space_id == bindparam("space_id"),
        policy.readable,
        or_(
            Entry.planned_on.between(bindparam("since"), bindparam("next_until")),
            Entry.moved_to.between(bindparam("since"), bindparam("next_until")),
            Entry.done_on.between(bindparam("since"), bindparam("until")),
            and_(queries.is_late, Entry.due_on < bindparam("since")),
        ),
    )
    .order_by(Objective.position, Objective.id, Entry.planned_on, Entry.id)
)


@dataclass
class Done:
    """An entry done in the month, with what proves it and what it reached."""

    line: Line
    proofs: list[Shown]
    figures: list[Any]


@dataclass
class Missed:
    """What was planned and not done: state in words, and why if somebody wrote it."""

    line: Line
    state: str
    why: str


@dataclass
class Sum:
    """The figures of the month in one unit of measure."""

    unit: str
    planned: Decimal | None = None
    reached: Decimal | None = None
    number: int = 0  # of figures with something reached
    planned_number: int = 0
    is_mean: bool = False

    def take(self, planned: Decimal | None, reached: Decimal | None) -> None:
        if planned is not None:
            self.planned = (self.planned or Decimal(0)) + planned
            self.planned_number += 1
        if reached is not None:
            self.reached = (self.reached or Decimal(0)) + reached
            self.number += 1

    def settle(self) -> None:
        """Shares become their mean."""
        if self.is_mean:
            self.planned = _mean(self.planned, self.planned_number)
            self.reached = _mean(self.reached, self.number)


def _mean(total: Decimal | None, number: int) -> Decimal | None:
    return (total / number).quantize(Decimal("0.01")) if total is not None else None


@dataclass
class Report:
    """Everything that the report says, in the order in which it says it."""

    municipality: str
    space: str
    month: date
    made_on: date
    author: str
    position: str
    done: list[tuple[str, list[Done]]] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    ahead: list[Line] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    summary: str = ""

    @property
    def title(self) -> str:
        return _("Report on the communication plan")

    @property
    def period(self) -> str:
        return _("for %(month)s", month=month_in_words(self.month))

    @property
    def photos(self) -> list[tuple[Done, Shown]]:
        every = (each for _title, some in self.done for each in some)
        return [(each, proof) for each in every for proof in each.proofs if proof.is_photo]

    @property
    def is_empty(self) -> bool:
        return not (self.done or self.missed or self.ahead)


def month_in_words(month: date) -> str:
    suffix = " г." if LANGUAGE == "bg" else ""
    return f"{month_name(month.month)} {month.year}{suffix}"


def gather(viewer: Viewer, space: Place, month: date) -> Report:
    """The report of a space for a month, by its first day. Four statements."""
    with speaking(LANGUAGE):
        author = db.session.get(User, viewer.user_id) if viewer.user_id else None
        names = {row.id: row.name_bg for row in known.some([space.id])}
        report = Report(
            municipality=site().name,
            space=names.get(space.id, space.name),
            month=month,
            made_on=clock.today(),
            author=author.name if author else "",
            position=author.position if author else "",
        )
        _sort(report, _lines(viewer, space, month), viewer)
        report.summary = _summary(report)
        return report


def _lines(viewer: Viewer, space: Place, month: date) -> list[Line]:
    since, until = queries.month_of(month)
    values = {
        **viewer.params,
        **queries.days(),
        "space_id": space.id,
        "since": since,
        "until": until,
        "next_until": queries.month_of(until + timedelta(days=1))[1],
    }
    return [queries.line_of(row) for row in rows(_IN_MONTH, values)]


def _sort(report: Report, lines: list[Line], viewer: Viewer) -> None:
    """Each entry into the part of the report where it belongs."""
    since, until = queries.month_of(report.month)
    parts: dict[str, list[Line]] = {part: [] for part in PARTS}
    counts = dict.fromkeys(COUNTS, 0)
    for line in lines:
        part = part_of(line, since, until)
        parts[part].append(line)
        if since <= line.planned_on <= until:
            counts["planned"] += 1
            counts[_counted(part, line)] += 1
            counts["late"] += part == "done" and line.days_late > 0
        else:
            counts["beside"] += part == "done"
            counts["left"] += part == "missed"
    report.missed = [
        Missed(each, _state(each), "" if each.state == "done" else each.outcome)
        for each in parts["missed"]
    ]
    moved = [each for each in parts["missed"] if each.moved_to and not each.is_late]
    report.ahead = sorted(
        parts["ahead"] + moved, key=lambda each: (each.moved_to or each.planned_on, each.id)
    )
    report.counts = counts
    _with_proofs(report, parts["done"], viewer)


def part_of(line: Line, since: date, until: date) -> str:
    """Where an entry stands in the report of a month: one of PARTS."""
    is_here = since <= line.planned_on <= until
    if line.state == "done":
        done_on = line.done_on or line.planned_on
        if since <= done_on <= until:
            return "done"
        if not is_here:
            return "elsewhere"
        return "early" if done_on < since else "missed"
    if line.state == "cancelled" or (line.state == "postponed" and is_here):
        return "missed" if is_here else "elsewhere"
    return "missed" if line.is_late and line.planned_on <= until else "ahead"


def _counted(part: str, line: Line) -> str:
    """As what an entry that was planned for the month counts: once, whatever became of it."""
    if part in ("done", "early"):
        return "done"
    if part == "ahead":
        return "ahead"
    return line.state if line.state in ("postponed", "cancelled") else "undone"


def _with_proofs(report: Report, done: list[Line], viewer: Viewer) -> None:
    held = held_by(viewer, [each.id for each in done])
    sums: dict[str, Sum] = {}
    for line in done:
        figures = held.figures.get(line.id, [])
        made = Done(line, held.proofs.get(line.id, []), figures)
        if not report.done or report.done[-1][0] != line.objective:
            report.done.append((line.objective, []))
        report.done[-1][1].append(made)
        for each in figures:
            unit = each.unit.casefold()
            total = sums.setdefault(unit, Sum(each.unit, is_mean=unit in SHARES))
            total.take(each.planned, each.reached)
    for total in sums.values():
        total.settle()
    report.sums = sorted(sums.values(), key=lambda each: (each.is_mean, each.unit.casefold()))


def _state(line: Line) -> str:
    match line.state:
        case "postponed" if line.moved_to:
            return _("put off to %(day)s", day=long_date(line.moved_to))
        case "postponed":
            return _("put off, no new day yet")
        case "cancelled":
            return _("dropped from the plan")
        case "done" if line.done_on:
            return _("done only on %(day)s", day=long_date(line.done_on))
    return ngettext("not done, %(n)s day late", "not done, %(n)s days late", line.days_late)


def _summary(report: Report) -> str:
    """The month in one or two sentences with its numbers."""
    told = report.counts
    month = month_in_words(report.month)
    if not (told["planned"] or told["beside"] or told["left"]):
        return _("Nothing was planned for %(month)s.", month=month)
    parts = [
        ngettext("%(n)s of them was done", "%(n)s of them were done", told["done"]),
        *_phrases(told),
    ]
    begin = ngettext(
        "%(n)s activity was planned for %(month)s: ",
        "%(n)s activities were planned for %(month)s: ",
        told["planned"],
        month=month,
    )
    sentence = begin + ", ".join(parts) + "."
    if told["beside"]:
        sentence += " " + ngettext(
            "Beside these, %(n)s activity of other months was done.",
            "Beside these, %(n)s activities of other months were done.",
            told["beside"],
        )
    if told["left"]:
        sentence += " " + ngettext(
            "%(n)s activity is left over from earlier months.",
            "%(n)s activities are left over from earlier months.",
            told["left"],
        )
    return sentence


def _phrases(told: dict[str, int]) -> Iterable[str]:
    if told["late"]:
        yield ngettext("%(n)s of those late", "%(n)s of those late", told["late"])
    if told["postponed"]:
        yield ngettext("%(n)s was put off", "%(n)s were put off", told["postponed"])
    if told["cancelled"]:
        yield ngettext("%(n)s was dropped", "%(n)s were dropped", told["cancelled"])
    if told["undone"]:
        yield ngettext("%(n)s was not done", "%(n)s were not done", told["undone"])
    if told["ahead"]:
        yield ngettext("%(n)s is still ahead", "%(n)s are still ahead", told["ahead"])
