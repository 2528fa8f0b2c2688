"""People whose time in a space ends: letting them in, prolonging, and what they meet after it."""

import calendar
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from flask import abort, jsonify, make_response, render_template, request
from sqlalchemy import bindparam, select

from portal import audit
from portal.access import Action, Role, Viewer, require, site
from portal.accounts.models import User
from portal.kernel import clock
from portal.kernel.database import db, first
from portal.kernel.errors import Refused, wants_json
from portal.kernel.forms import YEAR_MAX
from portal.kernel.i18n import _, long_date
from portal.kernel.transaction import transaction
from portal.spaces import endings
from portal.spaces.known import known
from portal.spaces.models import Membership, Space
from portal.spaces.rules import may_hold
from portal.spaces.services import (
    holder_of,
    log,
    space_of,
    tell_of_administrator,
)

MONTHS = 6  # what a click prolongs by
# Whether a person has asked to be let into a space again; the room of spaces knows.
has_asked: list[Callable[[Viewer, int], bool]] = []
REFUSED = 403
_OWN = select(Membership.until).where(
    Membership.space_id == bindparam("space_id"), Membership.user_id == bindparam("user_id")
)


def later(day: date, months: int = MONTHS) -> date:
    """The same day some months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@transaction
def prolong(membership: Membership, *, by: Viewer) -> date:
    """Let a member stay half a year longer, counted from today when the last day has passed."""
    space = space_of(membership)
    require(by, Action.MANAGE, space)
    if membership.until is None or membership.until.year > YEAR_MAX:
        raise Refused("", _("This member is here without an end."))
    until = later(max(membership.until, clock.today()))
    may_hold(space, holder_of(membership), Role(membership.role), until)
    before, membership.until = membership.until, until
    log(
        "space.prolong", space, by, membership=membership.id,
        until=until.isoformat(), before=before.isoformat(),
    )  # fmt: skip
    return until


def admit(space: Space, person: User, role: Role, until: date | None, by: Viewer) -> Membership:
    """Let a person in, or in again after her time was over; whoever is here stays as she is."""
    return admit_all(space, [(person, role, until)], by)[0]


def admit_all(
    space: Space, people: Sequence[tuple[User, Role, date | None]], by: Viewer
) -> list[Membership]:
    """The same for many, in a few statements however many they are."""
    wanted = select(Membership).where(
        Membership.space_id == space.id, Membership.user_id.in_([each.id for each, *_ in people])
    )
    held = {found.user_id: found for found in db.session.scalars(wanted)}
    with db.session.no_autoflush:
        for person, role, until in people:
            before = held.get(person.id)
            if before is not None and not is_over(before):
                continue
            may_hold(space, person, role, until)
            tell_of_administrator(space, person, role, by)
            if before is None:
                before = held[person.id] = Membership(space_id=space.id, user_id=person.id)
                db.session.add(before)
            before.role, before.until = role, until
            audit.record(
                "space.add_member", "space", space.id, by=by, user=person.id, role=int(role)
            )
    db.session.flush()
    site.bump()
    return [held[person.id] for person, *_ in people]


def is_over(held: Membership | None) -> bool:
    """Whether there was a membership whose last day has passed."""
    return held is not None and held.until is not None and held.until < clock.today()


def ended_on(viewer: Viewer, space_id: int) -> date | None:
    """The last day of somebody's own membership that is over; None when she had none."""
    if viewer.user_id is None or viewer.role_in(space_id):
        return None
    row = first(_OWN, {"space_id": space_id, "user_id": viewer.user_id})
    return row.until if row is not None and row.until and row.until < clock.today() else None


def tell_by_old_link(viewer: Viewer, places: Iterable[tuple[int, datetime]]) -> None:
    """Answer a former member who comes back by an old link to something that stands in spaces.

    places: each space, and from when it could be read there; of what is newer than her last day
    she learns nothing.
    """
    for space_id, since in places:
        last_day = ended_on(viewer, space_id)
        if last_day is not None and clock.local(since).date() <= last_day:
            tell_whose_time_is_over(viewer, space_id, known()[space_id].slug)


def tell_whose_time_is_over(viewer: Viewer, space_id: int, slug: str) -> None:
    """Answer a former member who comes back; nobody else learns that the space exists.

    The page does not name the space: it may be called otherwise since she left.
    """
    last_day = ended_on(viewer, space_id)
    if last_day is None:
        return
    words: dict[str, Any] = {
        "title": _("Your access to this space has ended"),
        "what": _("Your access ended on %(day)s.", day=long_date(last_day)),
        "kept": endings.kept(),
    }
    if wants_json() or request.method not in endings.PAGES:
        message = f"{words['what']} {words['kept']}"
        abort(make_response(jsonify(status=REFUSED, message=message, **words), REFUSED))
    asked = any(knows(viewer, space_id) for knows in has_asked)
    email = site.site().email
    page = render_template("spaces/over.html", slug=slug, email=email, asked=asked, **words)
    abort(make_response(page, REFUSED))
