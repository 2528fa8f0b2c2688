"""What people are told of spaces: requests and answers, being let in, a time that ends."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from portal.access import Role, Viewer
from portal.accounts.models import User
from portal.accounts.queries import named, reader_name
from portal.kernel import clock
from portal.kernel.database import rows
from portal.kernel.i18n import _, _l, long_date
from portal.kernel.links import link
from portal.notify import notices
from portal.notify.notices import Line
from portal.spaces import known
from portal.spaces.models import Membership, Space
from portal.workspaces.models import WAITING, Invitation, JoinRequest

REQUEST, JOINED, ENDING, INVITED = (
    "space_request", "space_joined", "space_ending", "space_invited",
)  # fmt: skip
_NAMES = (User.given, User.family, User.given_latin, User.family_latin)
_REQUESTS = (
    select(
        JoinRequest.id, JoinRequest.space_id, JoinRequest.user_id, JoinRequest.state,
        JoinRequest.words, JoinRequest.answer, *_NAMES,
    )
    .join(User, User.id == JoinRequest.user_id)
    .where(JoinRequest.id.in_(bindparam("ids", expanding=True)))
)  # fmt: skip
_MEMBERSHIPS = (
    select(Membership.id, Membership.space_id, Membership.user_id, Membership.until, *_NAMES)
    .join(User, User.id == Membership.user_id)
    .where(Membership.id.in_(bindparam("ids", expanding=True)))
)
_WAITING = select(Invitation.id, Invitation.organisation_id).where(
    Invitation.id.in_(bindparam("ids", expanding=True)), Invitation.state == WAITING
)


def asked(request: JoinRequest, managers: Collection[int]) -> None:
    """Tell the managers, in the transaction of the request."""
    about = f"request:{request.id}"
    notices.tell(set(managers) - {request.user_id}, REQUEST, about, request=request.id)


def answered(request: JoinRequest) -> None:
    about = f"request:{request.id}:answer"
    notices.tell({request.user_id}, JOINED, about, request=request.id)


def let_in(space: Space, people: Collection[int], by: Viewer, *, new: Collection[int] = ()) -> None:
    """Tell people that they are in a space now. new: who gets an invitation to the portal too."""
    about = f"space:{space.id}:in:{clock.now():%Y%m%d%H%M}"
    notices.tell(set(people) - {by.user_id or 0} - set(new), JOINED, about, space=space.id)
    notices.tell(new, JOINED, about, mail="", space=space.id)


def invited(invitations: Sequence[Invitation], keepers: Collection[int], by: Viewer) -> None:
    """Tell those who give accounts that somebody waits for one: once for all who came together."""
    first = invitations[0]
    about = f"invitation:{first.id}"
    notices.tell(set(keepers) - {by.user_id or 0}, INVITED, about, invitation=first.id)


def ending(membership: Membership, people: Collection[int], days: int) -> None:
    """Tell a member and the managers that her time ends; once for each last day and warning."""
    if membership.until is not None:
        about = f"member:{membership.id}:{membership.until:%Y%m%d}:{days}"
        notices.tell(people, ENDING, about, membership=membership.id, until=f"{membership.until}")


# ── Lines ───────────────────────────────────────────────────────────────


def request_lines(found: Sequence[Any], viewer: Viewer) -> Mapping[int, Line]:
    """For managers: who asks. A request that was answered has no line."""
    asked_for = _by_id(_REQUESTS, found, "request")
    shown = {}
    for notice in found:
        row = asked_for.get(notice.facts["request"])
        if row is None or row.state != WAITING:
            continue
        if not (viewer.is_admin or viewer.role_in(row.space_id) >= Role.MANAGER):
            continue
        space = known.known()[row.space_id]
        title = _("%(name)s asks to join “%(space)s”", name=reader_name(row), space=named(space))
        shown[notice.id] = Line(title, f"{_members(space)}#requests", row.words)
    return shown


def joined_lines(found: Sequence[Any], viewer: Viewer) -> Mapping[int, Line]:
    """For who came or wanted to come: a space that is hers now, or a no."""
    asked_for = _by_id(_REQUESTS, found, "request")
    spaces = known.known()
    shown = {}
    for notice in found:
        row = asked_for.get(notice.facts.get("request"))
        space = spaces.get(row.space_id if row is not None else notice.facts.get("space"))
        if space is None or (row is not None and row.user_id != viewer.user_id):
            continue
        if viewer.role_in(space.id):
            title = _("You are a member of “%(space)s” now", space=named(space))
            shown[notice.id] = Line(title, link("workspaces.show", slug=space.slug), space.purpose)
        elif row is not None and row.state == "declined":
            # She may not know by now how a space is called that she cannot see.
            sees = viewer.is_staff and space.is_listed and space.archived_at is None
            name = named(space) if sees else ""
            title = (
                _("You were not let into “%(space)s”", space=name)
                if sees
                else _("You were not let into the space again")
            )
            shown[notice.id] = Line(title, link("workspaces.index"), row.answer)
    return shown


def ending_lines(found: Sequence[Any], viewer: Viewer) -> Mapping[int, Line]:
    """For a guest and her managers, as long as the day is the same and she is here."""
    held = _by_id(_MEMBERSHIPS, found, "membership")
    shown = {}
    for notice in found:
        row = held.get(notice.facts["membership"])
        if row is None or row.until != date.fromisoformat(notice.facts["until"]):
            continue
        if not viewer.role_in(row.space_id):
            continue
        space = known.known()[row.space_id]
        facts = {"space": named(space), "day": long_date(row.until)}
        if row.user_id == viewer.user_id:
            title = _("Your access to “%(space)s” ends on %(day)s", **facts)
            line = Line(
                title,
                link("workspaces.show", slug=space.slug),
                _("If the work goes on, ask a manager of the space to prolong it."),
            )
        elif viewer.role_in(row.space_id) >= Role.MANAGER:
            title = _(
                "The access of %(name)s to “%(space)s” ends on %(day)s",
                name=reader_name(row),
                **facts,
            )
            line = Line(title, _members(space), _("You can prolong it among the members."))
        else:
            continue
        shown[notice.id] = line
    return shown


def invited_lines(found: Sequence[Any], viewer: Viewer) -> Mapping[int, Line]:
    """For who gives accounts: that somebody waits for one."""
    waiting = _by_id(_WAITING, found, "invitation")
    shown = {}
    for notice in found:
        row = waiting.get(notice.facts["invitation"])
        own = viewer.is_coordinator and row is not None
        if row is None or not (
            viewer.is_admin or (own and row.organisation_id == viewer.organisation_id)
        ):
            continue
        title = _("People invited to a space wait for an account")
        shown[notice.id] = Line(title, link("workspaces.invitations"))
    return shown


def _members(space: Any) -> str:
    return link("workspaces.members", slug=space.slug)


def _by_id(statement: Any, found: Sequence[Any], fact: str) -> dict[Any, Any]:
    ids = [notice.facts[fact] for notice in found if fact in notice.facts]
    return {row.id: row for row in rows(statement, {"ids": ids})} if ids else {}


def register() -> None:
    notices.register(REQUEST, _l("Requests to join my spaces"), request_lines, "now")
    notices.register(JOINED, _l("My joining of spaces"), joined_lines, "now")
    notices.register(ENDING, _l("A member's time in a space ends"), ending_lines, "now")
    notices.register(INVITED, _l("People who wait for an account"), invited_lines, "daily")
