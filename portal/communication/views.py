"""The register of a space's communication plan, and an entry with its proofs and figures."""

from datetime import date
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.access import Action, Role, Viewer, current_viewer, fetch, may
from portal.access.doors import signed_in
from portal.communication import amounts, lists, queries
from portal.communication.forms import DoneForm, FigureForm, Forms, ProofForm
from portal.communication.held import held_by
from portal.communication.models import Entry, Figure
from portal.communication.proving import seal_of
from portal.communication.queries import Asked, Line
from portal.communication.services import FEATURE
from portal.kernel import clock
from portal.kernel.i18n import _l, month_name
from portal.kernel.links import link, number
from portal.spaces import features
from portal.spaces import queries as spaces
from portal.spaces.queries import Place

bp = Blueprint("communication", __name__)
PAGES_MAX = 1_000
VIEWS = {
    "late": _l("late"),
    "week": _l("due this week"),
    "unproved": _l("done, without proof"),
    "uncounted": _l("done, without a figure"),
}


# The longer addresses stand in their own modules; `link()` takes the first that its values fill.
@bp.get("/spaces/<slug>/communication")
@signed_in
def register(slug: str) -> ResponseReturnValue:
    """The register: planned against done, and every entry as asked."""
    space, viewer = features.entered(slug, FEATURE)
    asked = asked_for()
    page = max(1, min(request.args.get("page", 1, type=int), PAGES_MAX))
    tallies, total = queries.tallies(viewer, space.id, asked)
    lines = queries.entries(viewer, space.id, asked, page)
    here = {"slug": slug, **asked.query}
    more = total.every > page * queries.PAGE
    return render_template(
        "communication/register.html",
        space=space,
        asked=asked,
        groups=_grouped(lines, asked, {each.id: each for each in tallies}),
        objectives=tallies,
        total=total,
        choices=queries.choices(viewer, space.id),
        named_objectives=[(each.id, each.title) for each in tallies],
        months=months(asked.month),
        states=lists.STATES,
        views=VIEWS,
        may_add=writes(space),
        may_keep=space.role >= Role.EDITOR and space.archived_at is None,
        here=here,
        today=clock.today(),
        previous=link("communication.register", **here, page=page - 1) if page > 1 else "",
        following=link("communication.register", **here, page=page + 1) if more else "",
    )


def writes(space: Place) -> bool:
    """Whether the viewer adds to the plan of a space."""
    return space.role >= Role.CONTRIBUTOR and space.archived_at is None


def asked_for() -> Asked:
    """What the address narrows the register by; what it says wrongly narrows nothing."""
    args = request.args
    state = args.get("state", "")
    return Asked(
        objective=args.get("objective", 0, type=number),
        audience=args.get("audience", "")[: Entry.AUDIENCE_MAX].replace("\0", ""),
        channel=args.get("channel", "")[: Entry.CHANNEL_MAX].replace("\0", ""),
        owner=args.get("owner", 0, type=number),
        state=state if state in lists.STATES or state in VIEWS else "",
        month=month_asked(),
        by_month=args.get("by") == "month",
    )


def month_asked() -> date | None:
    """The month of an address, «2026-11», as its first day; None for none and for nonsense."""
    try:
        year, month = request.args.get("month", "").split("-")
        found = date(int(year), int(month), 1) if len(year) == 4 and len(month) == 2 else None
    except ValueError:
        return None
    return found if found and 2000 <= found.year <= 2100 else None


def months(chosen: date | None) -> list[tuple[str, str]]:
    """The months to choose from: half a year back, a year ahead, and the one asked for."""
    today = clock.today().replace(day=1)
    begin = today.year * 12 + today.month - 7
    found = {date(n // 12, n % 12 + 1, 1) for n in range(begin, begin + 19)} | {chosen or today}
    return [(f"{each:%Y-%m}", in_words(each)) for each in sorted(found)]


def in_words(month: date) -> str:
    return f"{month_name(month.month)} {month.year}"


def _grouped(lines: list[Line], asked: Asked, tallies: dict[int, Any]) -> list[Any]:
    """Lines under their objective or month: (key, heading, tally or None, lines)."""
    if asked.by_month:
        by_month = groupby(lines, key=lambda line: line.planned_on.replace(day=1))
        return [(f"{key:%Y-%m}", in_words(key), None, list(some)) for key, some in by_month]
    by_objective = groupby(lines, key=lambda line: line.objective_id)
    return [(str(key), tallies[key].title, tallies[key], list(s)) for key, s in by_objective]


# ── One entry ───────────────────────────────────────────────────────────


@bp.get("/communication/<int:entry_id>")
@signed_in
def show(entry_id: int) -> ResponseReturnValue:
    """An entry, with what proves it and what it reached. ?figure=7: that one is to be changed."""
    entry = fetch(Entry, entry_id)
    return page(entry, current_viewer(), chosen=request.args.get("figure", 0, type=number))


def empty_forms(entry: Entry, chosen: int = 0) -> Forms:
    """The forms of an entry's page as nobody has typed into them. chosen: a figure to change."""
    today = clock.today()
    figures = queries.figures_of(entry)
    changed = next((_of_figure(each) for each in figures if each.id == chosen), {})
    done = None
    if entry.state != "done":
        # A figure that was planned waits there for what it reached.
        waiting = next((each for each in figures if each.reached is None), None)
        counted = _of_figure(waiting) if waiting else {}
        done = DoneForm(
            formdata=None, prefix="done-", done_on=today, outcome=entry.outcome, **counted
        )
    return Forms(
        done,
        ProofForm(formdata=None, prefix="proof-", kind="link", dated=entry.done_on),
        FigureForm(formdata=None, prefix="figure-", **changed),
    )


def _of_figure(figure: Figure) -> dict[str, Any]:
    """What the fields of a figure show of it."""
    return {
        "ident": str(figure.id),
        "figure_seal": seal_of(figure),
        "figure_name": figure.name,
        "unit": figure.unit,
        "planned": amounts.typed(figure.planned),
        "reached": amounts.typed(figure.reached),
        "source": figure.source,
        "figure_dated": figure.dated,
    }


def page(
    entry: Entry, viewer: Viewer, forms: Forms | None = None, chosen: int = 0
) -> tuple[str, int]:
    """The page of an entry. forms: those of which one was refused; chosen: a figure to change."""
    line = queries.some(viewer, [entry.id])[0]
    held = held_by(viewer, [entry.id])
    place = spaces.held(viewer, entry.space_id)
    assert place is not None  # she reads the entry
    edits = may(viewer, Action.EDIT, entry)
    shown = render_template(
        "communication/show.html",
        space=place,
        entry=entry,
        line=line,
        proofs=held.proofs.get(entry.id, []),
        figures=held.figures.get(entry.id, []),
        forms=(forms or empty_forms(entry, chosen)) if edits else None,
        units=lists.offered(lists.UNITS, queries.choices(viewer, place.id).units) if edits else [],
        has_plan=FEATURE in place.features,
        may_delete=may(viewer, Action.TRASH, entry),
        states=lists.STATES,
        kinds=lists.PROOFS,
        icons=lists.PROOF_ICONS,
        amount=amounts.shown,
    )
    return shown, 422 if forms else 200
