"""What shows that an entry was done, and the figures that it was to reach and reached."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException, NotFound

from portal.access import Action, Viewer, may, require
from portal.accounts import checks
from portal.communication import amounts
from portal.communication.models import Entry, Figure, Proof
from portal.communication.services import day, finish, log, touch
from portal.content import kinds
from portal.content.models import Content
from portal.files import services as files
from portal.files.models import File
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction

PEOPLE_MAX = 10_000_000
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d)")  # «place.bg:8080» has a port, no scheme
MANY = 50  # proofs or figures of one entry


@dataclass(frozen=True)
class NewProof:
    """A proof as it was typed. file: an upload of whoever adds it."""

    kind: str
    title: str = ""
    url: str = ""
    file: File | None = None
    alt: str = ""
    licence: str = ""
    people: str = ""
    dated: date | None = None


@dataclass(frozen=True)
class NewFigure:
    """A figure as it was typed."""

    name: str
    unit: str
    planned: str = ""
    reached: str = ""
    source: str = ""
    dated: date | None = None


@transaction
def finish_with(
    entry: Entry,
    done_on: date | None,
    outcome: str,
    proof: NewProof | None,
    figure: NewFigure | None,
    *,
    by: Viewer,
    figure_id: int | None = None,
    seal: str | None = None,
) -> None:
    """Note that an entry is done, with a proof and a figure, or nothing of it at all.

    figure_id, seal: as `count` takes them. Raises Refused at the field, or Stale as that does.
    """
    finish(entry, done_on, outcome, by=by)
    if proof is not None:
        prove(entry, proof, by=by)
    if figure is not None:
        count(entry, figure, by=by, ident=figure_id, seal=seal)


@transaction
def prove(entry: Entry, proof: NewProof, *, by: Viewer) -> Proof:
    """Add a proof. Raises Refused at the field that its kind asks for."""
    require(by, Action.EDIT, entry)
    assert by.user_id is not None
    _has_room(entry, Proof, "kind")
    made = Proof(
        entry_id=entry.id,
        kind=checks.choice("kind", proof.kind, Proof.KINDS),
        title=checks.line("proof_title", proof.title, Proof.TITLE_MAX),
        alt=checks.line("alt", proof.alt, Proof.ALT_MAX) if proof.kind == "photo" else "",
        licence=checks.line("licence", proof.licence, Proof.LICENCE_MAX)
        if proof.kind == "photo"
        else "",
        dated=day("dated", proof.dated),
        added_by_id=by.user_id,
    )
    _fill(made, proof, by)
    db.session.add(made)
    db.session.flush()
    touch(entry, by)
    log("prove", entry, by, proof=made.id)
    return made


def _fill(made: Proof, proof: NewProof, by: Viewer) -> None:
    """What each kind of proof must have."""
    match proof.kind:
        case "portal":
            made.content_id = named_content(proof.url, by).id
        case "link":
            made.url = address(proof.url)
            _needs("url", made.url, _("Paste the address of the page."))
        case "clipping":
            made.url, made.file_id = address(proof.url), _file(proof, by)
            _needs("proof_title", made.title, _("Name the medium, and its number or page."))
            held = made.url or made.file_id
            _needs("file", held, _("Add the clipping as a file, or its address."))
        case "photo":
            made.file_id = _photo(proof, by)
            _needs("alt", made.alt, _("Describe what it shows, for whoever cannot see it."))
            told = _("Write who took it and whether those shown agreed to it.")
            _needs("licence", made.licence, told)
        case "attendance":
            made.people = amounts.whole("people", proof.people, PEOPLE_MAX)
            made.file_id = _file(proof, by)
            if made.people is None:
                raise Refused("people", _("Write how many people came."))


def _needs(field: str, value: object, message: str) -> None:
    if not value:
        raise Refused(field, message)


def _photo(proof: NewProof, by: Viewer) -> int:
    found = _file(proof, by)
    if found is None or proof.file is None or proof.file.width is None:
        raise Refused("file", _("Choose a photo: JPEG, PNG, WebP or GIF."))
    return found


def _file(proof: NewProof, by: Viewer) -> int | None:
    """The number of an upload that is the viewer's own."""
    if proof.file is None:
        return None
    if not files.is_own(by, proof.file):
        raise Refused("file", _("This file cannot be used. Upload it again."))
    return proof.file.id


def address(typed: str) -> str:
    """A web address of http or https; "" for nothing. Raises Refused at `url`."""
    told = checks.line("url", typed, Proof.URL_MAX)
    if told and not _SCHEME.match(told):
        told = f"https://{told}"
    try:
        parts = urlsplit(told)
        is_web = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        is_web = False
    if told and (not is_web or " " in told):
        raise Refused("url", _("This is no web address; it looks like https://place.bg/page."))
    return told


def named_content(typed: str, viewer: Viewer) -> Content:
    """The text of the portal whose address was pasted, if the viewer reads it.

    Raises Refused at `url`; what she may not read does not exist.
    """
    refused = Refused(
        "url", _("No text of the portal that you may read has this address. Copy it from its page.")
    )
    endpoints = {kinds.of(name).endpoint for name in kinds.names()}
    try:
        path = urlsplit(typed.strip()).path
        endpoint, values = current_app.url_map.bind("").match(path, method="GET")
    except (ValueError, HTTPException):
        raise refused from None
    number = str(values.get("address", "")).rpartition("-")[2]
    if endpoint not in endpoints or not number.isdecimal() or len(number) > 9:
        raise refused
    item = db.session.get(Content, int(number))
    if item is None or not may(viewer, Action.READ, item):
        raise refused
    return item


@transaction
def withdraw(entry: Entry, proof_id: int, *, by: Viewer) -> None:
    """Take a proof away; its file goes with the next sweep."""
    require(by, Action.EDIT, entry)
    proof = db.session.get(Proof, proof_id)
    if proof is None or proof.entry_id != entry.id:
        raise NotFound
    db.session.delete(proof)
    touch(entry, by)
    log("withdraw", entry, by, proof=proof_id)


# ── Figures ─────────────────────────────────────────────────────────────


@transaction
def count(
    entry: Entry,
    figure: NewFigure,
    *,
    by: Viewer,
    ident: int | None = None,
    seal: str | None = None,
) -> Figure:
    """Add a figure, or write the one with this number anew.

    seal: of that one as the form showed it; another one now raises Stale. Raises Refused at the
    field.
    """
    require(by, Action.EDIT, entry)
    assert by.user_id is not None
    if ident is None:
        made = Figure(entry_id=entry.id, added_by_id=by.user_id)
    else:
        made = _figure(entry, ident)
        if seal and seal != seal_of(made):
            raise Stale(made)
    made.name = checks.line("figure_name", figure.name, Figure.NAME_MAX, True)
    made.planned = amounts.amount("planned", figure.planned)
    made.reached = amounts.amount("reached", figure.reached)
    made.unit = checks.line("unit", figure.unit, Figure.UNIT_MAX)
    if not made.unit:
        raise Refused("unit", _("Write what is counted: people, views, calls."))
    if made.planned is None and made.reached is None:
        raise Refused("reached", _("Write what was planned, or what was reached."))
    made.source = checks.line("source", figure.source, Figure.SOURCE_MAX)
    made.dated = day("figure_dated", figure.dated)
    if ident is None:
        _has_room(entry, Figure, "figure_name")
        db.session.add(made)
    db.session.flush()
    touch(entry, by)
    log("count", entry, by, figure=made.id)
    return made


def seal_of(figure: Figure) -> str:
    """The print of what a form shows of a figure."""
    return checks.seal(figure, ("name", "unit", "planned", "reached", "source", "dated"))


@transaction
def uncount(entry: Entry, figure_id: int, *, by: Viewer) -> None:
    """Take a figure away."""
    require(by, Action.EDIT, entry)
    db.session.delete(_figure(entry, figure_id))
    touch(entry, by)
    log("uncount", entry, by, figure=figure_id)


def _has_room(entry: Entry, model: type[Proof] | type[Figure], field: str) -> None:
    held = select(func.count()).select_from(model).where(model.entry_id == entry.id)
    if (db.session.scalar(held) or 0) >= MANY:
        raise Refused(field, _("At most %(n)s fit one entry.", n=MANY))


def _figure(entry: Entry, figure_id: int) -> Figure:
    figure = db.session.get(Figure, figure_id)
    if figure is None or figure.entry_id != entry.id:
        raise NotFound
    return figure
