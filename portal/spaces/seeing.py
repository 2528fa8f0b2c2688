"""Seeing as a partner: an editor of an extranet looks with the eyes of one of its people.

She sees what that person sees, for half an hour at most, and changes nothing: while she looks,
no service writes (`kernel.transaction.look_only`) but those of this module. The journal keeps who
looked as whom, when, and which pages; it never keeps what stood there.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import update
from werkzeug.exceptions import Forbidden, NotFound

from portal import audit
from portal.access import Viewer
from portal.accounts.models import UserSession
from portal.kernel import clock
from portal.kernel.database import affected
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import own_hand, transaction
from portal.spaces import viewers

LASTS = timedelta(minutes=30)


class End(StrEnum):
    """Why a look was over."""

    STOPPED = "stopped"  # by its button
    SIGNED_OUT = "signed out"
    TIME = "time"
    RIGHT = "right"  # she edits no extranet any more in which the person is
    PERSON = "person"  # who may not sign in any more


def may_look(viewer: Viewer) -> bool:
    """Whether she may see the portal as a partner: staff who edit an extranet."""
    return viewer.is_staff and viewer.seen_by is None and bool(viewer.extranets)


def may_be_seen(by: Viewer, person: Viewer) -> bool:
    """Whether an editor may borrow these eyes: of a partner in an extranet that she edits.

    Nobody of her own house, for colleagues' desks are their own; never an administrator.
    """
    if person.is_staff or person.is_admin or person.organisation_id == by.organisation_id:
        return False
    return any(person.role_in(space) for space in by.extranets)


def eyes(by: Viewer, user_id: int, until: datetime | None = None) -> Viewer:
    """The viewer that a partner's person is, with the editor behind it.

    until: when the look ends; None for a preview. Raises NotFound when she may not look so.
    """
    if not may_look(by):
        raise NotFound
    person = viewers.by_user(user_id)
    if person is None or not may_be_seen(by, person):
        raise NotFound
    return replace(person, session_id=by.session_id, seen_by=by, seen_until=until)


def borrowed(by: Viewer, user_id: int, since: datetime) -> Viewer | End:
    """With whose eyes a session looks now, or why it does so no more."""
    if clock.now() >= since + LASTS:
        return End.TIME
    person = viewers.by_user(user_id)
    if person is None:
        return End.PERSON
    if not (may_look(by) and may_be_seen(by, person)):
        return End.RIGHT
    return replace(person, session_id=by.session_id, seen_by=by, seen_until=since + LASTS)


@transaction
def start(user_id: int, *, by: Viewer) -> None:
    """Look with a person's eyes from now on, in this session only. Raises Refused at `user`."""
    if by.session_id is None or not may_look(by):
        raise Forbidden
    person = viewers.by_user(user_id)
    if person is None or not may_be_seen(by, person):
        raise Refused("user", _("You cannot see the portal as this person. Choose another one."))
    values = {"seeing_id": user_id, "seeing_since": clock.now()}
    _own_session(by, values)
    audit.record("seeing.start", "user", user_id, by=by, session=by.session_id)


def stop(user_id: int, why: End, *, by: Viewer) -> None:
    """Look with one's own eyes again; twice is once."""
    with own_hand():
        _stop(user_id, why, by)


@transaction
def _stop(user_id: int, why: End, by: Viewer) -> None:
    if _own_session(by, {"seeing_id": None, "seeing_since": None}, looking=True):
        audit.record("seeing.end", "user", user_id, by=by, session=by.session_id, why=why.value)


def _own_session(by: Viewer, values: dict[str, Any], *, looking: bool = False) -> int:
    own = update(UserSession).where(
        UserSession.id == by.session_id, UserSession.user_id == by.user_id
    )
    if looking:
        own = own.where(UserSession.seeing_id.is_not(None))
    return affected(own.values(**values))


def note(person: Viewer, page: str, **ids: Any) -> None:
    """Journal that a page was opened with a person's eyes. ids: numbers only."""
    with own_hand():
        _note(person, page, ids)


@transaction
def _note(person: Viewer, page: str, ids: dict[str, Any]) -> None:
    assert person.seen_by is not None
    audit.record("seeing.page", "user", person.user_id, by=person.seen_by, page=page, **ids)
