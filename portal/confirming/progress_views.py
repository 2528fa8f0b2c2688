"""Who has confirmed: by unit, by name; reminding; the signed list; a head's open requirements."""

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import current_viewer
from portal.access.doors import signed_in
from portal.confirming import overview, progress, reminding, signed_list, spreadsheet
from portal.confirming.progress import Person, Tally
from portal.confirming.reminding import Reminded
from portal.kernel.forms import PortalForm
from portal.kernel.i18n import _, day_words, ngettext
from portal.kernel.limits import Limit
from portal.kernel.links import link, number
from portal.kernel.text import tidy

bp = Blueprint("progress", __name__)
PAGE = 100  # names on a page
NAMED = 8  # absent people named after a reminder; the rest are counted
WORDS_LONG = 100
_lists = Limit(4, 30.0)  # the list of 10,000 people takes five seconds of a processor


@bp.get("/content/<int:content_id>/progress")
@signed_in
def show(content_id: int) -> ResponseReturnValue:
    """How far it has come: in numbers by unit, and who has not confirmed."""
    viewer = current_viewer()
    asked = progress.asked(viewer, content_id, request.args.get("round", type=number))
    found = progress.people(asked, viewer)
    total, tallies = progress.tallies(found, asked.tree, _("Without a unit"))
    key, words = request.args.get("unit", "")[:20], _typed()
    chosen = next((tally for tally in tallies if tally.key == key), None)
    missing = _missing(found, asked, chosen.key if chosen else "", words)
    order = {tally.key: place for place, tally in enumerate(tallies)}
    missing.sort(key=lambda each: order.get(progress.key_of(each), len(order)))
    page = max(1, min(request.args.get("page", 1, type=int), 1_000))
    here = {
        "content_id": content_id,
        "round": asked.row.round if len(asked.rounds) > 1 else None,
        "unit": chosen.key if chosen else None,
        "q": words or None,
    }
    more = len(missing) > page * PAGE
    return render_template(
        "confirming/progress.html",
        asked=asked,
        total=total,
        tallies=tallies,
        chosen=chosen,
        words=words,
        here=here,
        groups=_by_unit(missing[(page - 1) * PAGE : page * PAGE], tallies),
        number=len(missing),
        briefed=sum(each.channel == "briefing" for each in found),
        to_remind=sum(_is_here(each, asked, chosen) for each in found),
        previous=link("progress.show", **here, page=page - 1) if page > 1 else "",
        following=link("progress.show", **here, page=page + 1) if more else "",
    )


def _typed() -> str:
    return tidy(request.args.get("q", "").replace("\0", " "))[:WORDS_LONG]


def _missing(found: list[Person], asked: progress.Asked, key: str, words: str) -> list[Person]:
    """Who has not confirmed: of a unit or all, whose name or position holds the words."""
    needles = words.casefold().split()
    return [
        each
        for each in found
        if each.state != "confirmed"
        and progress.within(each, key, asked.tree)
        and all(word in f"{each.name} {each.position}".casefold() for word in needles)
    ]


def _is_here(person: Person, asked: progress.Asked, chosen: Tally | None) -> bool:
    """Whether a reminder would reach her now."""
    is_due = person.state in ("waiting", "overdue") and not person.is_reminded_today
    return is_due and progress.within(person, chosen.key if chosen else "", asked.tree)


def _by_unit(people: list[Person], tallies: list[Tally]) -> list[tuple[str, list[Person]]]:
    """The people under their units' names, in the order that they come in."""
    names = {tally.key: tally.name for tally in tallies}
    groups: dict[str, list[Person]] = {}
    for each in people:
        groups.setdefault(progress.key_of(each), []).append(each)
    return [(names.get(key, ""), some) for key, some in groups.items()]


@bp.post("/content/<int:content_id>/remind")
@signed_in
def remind(content_id: int) -> ResponseReturnValue:
    """Remind whoever has not confirmed and is here; who is away is named."""
    form, done = PortalForm(), list[Reminded]()
    key = request.form.get("unit", "")[:20]
    viewer = current_viewer()
    if form.accepts(lambda: done.append(reminding.remind(content_id, by=viewer, key=key))):
        for words in _words(done[0]):
            flash(words, "success" if done[0].number else "info")
    for problem in form.form_errors:
        flash(str(problem), "error")
    return redirect(link("progress.show", content_id=content_id, unit=key or None))


def _words(done: Reminded) -> list[str]:
    """What a reminder did, in whole sentences."""
    told = []
    if done.number:
        told.append(
            ngettext("%(n)s person is reminded.", "%(n)s people are reminded.", done.number)
        )
    else:
        told.append(_("Nobody is reminded now."))
    if done.already:
        told.append(
            ngettext(
                "%(n)s was reminded earlier today; once a day is enough.",
                "%(n)s were reminded earlier today; once a day is enough.",
                done.already,
            )
        )
    if done.away:
        names = ", ".join(_absent(each) for each in done.away[:NAMED])
        if len(done.away) > NAMED:
            names = _("%(names)s and %(n)s more", names=names, n=len(done.away) - NAMED)
        told.append(_("Left in peace while away: %(names)s.", names=names))
    return [" ".join(told)]


def _absent(person: Person) -> str:
    name = person.name or _("somebody not known to you")
    if person.away_until is None:
        return name
    return _("%(name)s (until %(day)s)", name=name, day=day_words(person.away_until))


# ── The signed list ──────────────────────────────────────────────────────────


@bp.get("/content/<int:content_id>/confirmations.<any(pdf, xlsx):form>")
@signed_in
def signed(content_id: int, form: str) -> ResponseReturnValue:
    """The list for signing, of those whom the viewer follows."""
    viewer = current_viewer()
    asked = progress.asked(viewer, content_id, request.args.get("round", type=number))
    _lists.check(str(viewer.real.user_id))
    made = signed_list.gather(asked, viewer)
    body = signed_list.draw(made) if form == "pdf" else spreadsheet.sheet(made)
    response = Response(body, mimetype=signed_list.TYPES[form])
    name = signed_list.file_name(made, form)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


# ── What is open ─────────────────────────────────────────────────────────────


@bp.get("/confirmations")
@signed_in
def index() -> ResponseReturnValue:
    """What is asked of the people whom she heads, and what she asked herself."""
    viewer = current_viewer()
    if not viewer.is_staff and not viewer.params["contributes"]:
        raise NotFound
    return render_template("confirming/overview.html", found=overview.open_for(viewer))
