"""Letting many in at once, and those who wait for an account until somebody gives them one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from portal import audit
from portal.access import Action, Role, Viewer, require
from portal.accounts import checks, hooks
from portal.accounts import services as accounts
from portal.accounts.models import Organisation, User
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.spaces import guests
from portal.spaces.models import Space
from portal.workspaces import judging, telling
from portal.workspaces.judging import ACCOUNT, NEW, Verdict
from portal.workspaces.models import WAITING, Invitation
from portal.workspaces.pasting import MANY, Typed


@dataclass(frozen=True)
class Wish:
    """What a manager asks for: a text and a unit, one role and last day for all."""

    typed: Sequence[Typed]
    group_id: int | None
    role: Role
    until: date | None


def judged(space: Space, wish: Wish, *, by: Viewer) -> list[Verdict]:
    """What would become of everybody. Raises Refused at `people` for nobody and for too many."""
    require(by, Action.MANAGE, space)
    found = []
    if len(wish.typed) <= MANY:
        found = judging.of_text(space, by, wish.typed, wish.role, wish.until)
    if wish.group_id is not None:
        found += judging.of_unit(space, by, wish.group_id, wish.role, wish.until)
        found = judging.merged(found)
    number = max(len(found), len(wish.typed))
    if number > MANY:
        raise Refused(
            "people",
            _(
                "There are %(number)s of them; at most %(many)s go in one time. Nothing was "
                "changed: take away some lines and do those afterwards.",
                number=number,
                many=MANY,
            ),
        )
    if not found:
        raise Refused("people", _("Name somebody: addresses, a file or a unit."))
    return found


@transaction
def invite(space: Space, wish: Wish, ticked: Collection[str], *, by: Viewer) -> tuple[int, int]:
    """Let in those of the wish whose box is ticked, judged anew; how many came in, how many wait.

    Who has no account gets one at once where the manager may give it, and waits otherwise.
    """
    chosen = [row for row in judged(space, wish, by=by) if row.key and row.key in ticked]
    people = {row.user_id: row for row in chosen if row.state == ACCOUNT and row.user_id}
    users = db.session.scalars(select(User).where(User.id.in_(people))).all()
    let_in = [(user, people[user.id].role, people[user.id].until) for user in users]
    came = {held.user_id for held in guests.admit_all(space, let_in, by) if held.user_id}
    new = set()
    waiting = []
    for row in chosen:
        if row.state == NEW:
            invitation = _wait(space, row, by)
            # What was typed may be no name, as in «1. Мария»: whoever gives the account writes it.
            if _gives_account(invitation, by) and invitation.given and invitation.family:
                new.add(_admit(invitation, space, by, _house_of(invitation)).id)
            else:
                waiting.append(invitation)
    telling.let_in(space, came, by, new=new)
    _tell_keepers(waiting, by)
    return len(came | new), len(waiting)


@transaction
def admit(
    invitation: Invitation,
    *,
    by: Viewer,
    given: str = "",
    family: str = "",
    organisation: Organisation | None = None,
) -> User:
    """Give who waits an account, or find the one that there is: the membership comes true.

    Raises Refused at `given`, `family`, `organisation` or without a field.
    """
    house = organisation or _house_of(invitation)
    _must_keep(invitation, by)
    if invitation.state != WAITING:
        raise Refused("", _("Somebody has seen to this invitation already."))
    if house is None:
        raise Refused("organisation", _("Choose the organisation that this person is of."))
    if not by.is_admin and house.id != by.organisation_id:
        raise Forbidden
    if given or family:
        invitation.given = checks.name("given", given)
        invitation.family = checks.name("family", family)
    space = db.session.get_one(Space, invitation.space_id)
    person = _admit(invitation, space, by, house)
    telling.let_in(space, {person.id}, by)
    return person


@transaction
def decline(invitation: Invitation, *, by: Viewer) -> None:
    """Let an invitation go: by who gives accounts, or by a manager of the space."""
    space = db.session.get_one(Space, invitation.space_id)
    if not _keeps(invitation, by):
        require(by, Action.MANAGE, space)
    if invitation.state == WAITING:
        _end(invitation, "declined" if _keeps(invitation, by) else "withdrawn", by)


def waiting(invitation_id: int) -> Invitation | None:
    return db.session.get(Invitation, invitation_id)


def _wait(space: Space, row: Verdict, by: Viewer) -> Invitation:
    given, family = row.names
    invitation = Invitation(
        space_id=space.id,
        email=row.email,
        given=_name(given),
        family=_name(family),
        organisation_id=row.organisation_id,
        role=int(row.role),
        until=row.until,
        made_by_id=by.user_id,
    )
    db.session.add(invitation)
    db.session.flush()
    audit.record("space.invite", "space", space.id, by=by, invitation=invitation.id)
    return invitation


def _name(typed: str) -> str:
    try:
        return checks.name("", typed, required=False)
    except Refused:
        return ""  # whoever gives the account writes it


def _keeps(invitation: Invitation, by: Viewer) -> bool:
    """Whether somebody gives accounts to such people: the rule of the people's own pages."""
    if by.is_admin:
        return True
    own = by.organisation_id == invitation.organisation_id
    return by.is_coordinator and not by.is_staff and own


def _must_keep(invitation: Invitation, by: Viewer) -> None:
    if not _keeps(invitation, by):
        raise NotFound


def _gives_account(invitation: Invitation, by: Viewer) -> bool:
    return invitation.organisation_id is not None and _keeps(invitation, by)


def _house_of(invitation: Invitation) -> Organisation | None:
    if invitation.organisation_id is None:
        return None
    return db.session.get(Organisation, invitation.organisation_id)


def _admit(invitation: Invitation, space: Space, by: Viewer, house: Organisation | None) -> User:
    assert house is not None
    person = _there_already(invitation, by, house)
    if person is None:
        person = accounts.create_person(
            house, by=by, given=invitation.given, family=invitation.family, email=invitation.email
        )
        for welcome in hooks.on_welcome:
            welcome(person, by)
    guests.admit(space, person, Role(invitation.role), invitation.until, by)
    invitation.user_id, invitation.organisation_id = person.id, person.organisation_id
    _end(invitation, "admitted", by)
    return person


def _there_already(invitation: Invitation, by: Viewer, house: Organisation) -> User | None:
    """Who has this address already: in an administrator's eyes anywhere, else in one's own house.

    Raises Refused where several do, and for somebody who left.
    """
    wanted = select(User).where(User.email == invitation.email)
    if not by.is_admin:
        wanted = wanted.where(User.organisation_id == house.id)
    found = list(db.session.scalars(wanted.order_by(User.id)))
    current = [user for user in found if user.retired_at is None]
    named = [u for u in current if (u.given, u.family) == (invitation.given, invitation.family)]
    if len(current) == 1 or len(named) == 1:
        return (named or current)[0]
    if current:
        raise Refused("", _("Several people have this address: write whose it is, as they do."))
    if found:
        raise Refused("", _("%(name)s has left. Bring her or him back first.", name=found[-1].name))
    return None


def _end(invitation: Invitation, state: str, by: Viewer) -> None:
    invitation.state, invitation.decided_at = state, clock.now()
    invitation.decided_by_id = by.user_id
    audit.record(
        f"space.invitation_{state}", "space", invitation.space_id, by=by, invitation=invitation.id
    )


def _tell_keepers(invitations: Sequence[Invitation], by: Viewer) -> None:
    """The coordinators of each partner among them, and the administrators for the rest."""
    of_house: dict[int | None, list[Invitation]] = {}
    for each in invitations:
        of_house.setdefault(each.organisation_id, []).append(each)
    for house, some in of_house.items():
        keepers = select(User.id).where(User.retired_at.is_(None))
        theirs = keepers.where(User.is_coordinator, User.organisation_id == (house or 0))
        found = set(db.session.scalars(theirs))
        if not found:
            found = set(db.session.scalars(keepers.where(User.is_admin)))
        telling.invited(some, found, by)
