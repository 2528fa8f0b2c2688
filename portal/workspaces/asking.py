"""Coming in by oneself: into an open space at once, into others by asking its managers."""

from datetime import date, timedelta

from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from portal import audit
from portal.access import Action, Role, Viewer, require
from portal.accounts import checks
from portal.accounts.models import User
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.notify import notices
from portal.spaces import guests
from portal.spaces.models import Space
from portal.spaces.viewers import members_of
from portal.workspaces import telling
from portal.workspaces.models import WAITING, JoinRequest

OFTEN = 3  # requests of one person to one space in a week: each is a mail to its managers


@transaction
def step_in(space: Space, *, by: Viewer) -> None:
    """Join an open space, as its reader: the managers give more."""
    if not _is_before(space, by) or space.joining != "open":
        raise NotFound
    guests.admit(space, _self(by), Role.READER, None, by)


@transaction
def ask(space: Space, words: str, *, by: Viewer) -> JoinRequest:
    """Ask the managers to be let in; once, until they answer.

    Also open to whoever was here for a time that is over, however others come in.
    """
    if not may_ask(space, by):
        raise NotFound
    if (before := _waiting(space.id, by.user_id)) is not None:
        return before
    if _asked_lately(space.id, by) >= OFTEN:
        raise Refused("words", _("You have asked several times this week. Ask again in some days."))
    request = JoinRequest(
        space_id=space.id,
        user_id=by.user_id,
        words=checks.lines("words", words, JoinRequest.WORDS_MAX),
    )
    db.session.add(request)
    db.session.flush()
    audit.record("space.ask", "space", space.id, by=by, request=request.id)
    telling.asked(request, members_of([space.id], Role.MANAGER))
    return request


@transaction
def withdraw(request: JoinRequest, *, by: Viewer) -> None:
    """Take a request back; twice is once."""
    if request.user_id != by.user_id:
        raise NotFound
    if request.state == WAITING:
        _end(request, "withdrawn", by)


@transaction
def let_in(request: JoinRequest, role: Role, *, by: Viewer, until: date | None = None) -> None:
    """Make a member of who asked. Raises Refused at `role` or `until`."""
    space = _managed(request, by)
    person = db.session.get_one(User, request.user_id)
    guests.admit(space, person, role, until, by)
    _end(request, "admitted", by)
    telling.answered(request)


@transaction
def decline(request: JoinRequest, answer: str, *, by: Viewer) -> None:
    """Say no, with a word."""
    _managed(request, by)
    request.answer = checks.lines("answer", answer, JoinRequest.WORDS_MAX)
    _end(request, "declined", by)
    telling.answered(request)


def called(slug: str) -> Space:
    """A space by its address, for somebody who stands outside; the services judge the rest."""
    found = db.session.scalar(select(Space).where(Space.slug == slug))
    if found is None:
        raise NotFound
    return found


def of_space(space: Space, request_id: int) -> JoinRequest | None:
    """A request to be let into this space by its number."""
    found = db.session.get(JoinRequest, request_id)
    return found if found is not None and found.space_id == space.id else None


def own(space_id: int, by: Viewer) -> JoinRequest | None:
    """The viewer's own request that waits."""
    return _waiting(space_id, by.user_id)


def may_ask(space: Space, by: Viewer) -> bool:
    """Whether somebody may ask; a form that is wrong must not say more than this does."""
    if guests.ended_on(by, space.id) is not None and space.archived_at is None:
        return True
    return _is_before(space, by) and space.joining == "request"


def _is_before(space: Space, by: Viewer) -> bool:
    """Whether somebody stands outside a space that she may know of: staff see the listed ones."""
    closed = space.archived_at is not None or space.kind != "workspace"
    return by.is_staff and space.is_listed and not closed and not by.role_in(space.id)


def _asked_lately(space_id: int, by: Viewer) -> int:
    wanted = select(func.count()).where(
        JoinRequest.space_id == space_id,
        JoinRequest.user_id == by.user_id,
        JoinRequest.made_at > clock.now() - timedelta(days=7),
    )
    return db.session.scalar(wanted) or 0


def _managed(request: JoinRequest, by: Viewer) -> Space:
    space = db.session.get_one(Space, request.space_id)
    require(by, Action.MANAGE, space)
    if request.state != WAITING:
        raise Refused("", _("Somebody has answered this request already, or it was taken back."))
    return space


def _end(request: JoinRequest, state: str, by: Viewer) -> None:
    request.state, request.decided_at, request.decided_by_id = state, clock.now(), by.user_id
    audit.record(f"space.request_{state}", "space", request.space_id, by=by, request=request.id)
    notices.settle(f"request:{request.id}", None)


def _self(by: Viewer) -> User:
    return db.session.get_one(User, by.user_id)


def _waiting(space_id: int, user_id: int | None) -> JoinRequest | None:
    wanted = select(JoinRequest).where(
        JoinRequest.space_id == space_id,
        JoinRequest.user_id == (user_id or 0),
        JoinRequest.state == WAITING,
    )
    return db.session.scalar(wanted)
