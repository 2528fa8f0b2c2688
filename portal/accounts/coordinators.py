"""Coordinators keep their own organisation's people; who names them, and that one always stays.

A coordinator is named by an administrator or by the colleague who answers for the partner, never
by another coordinator.
"""

from sqlalchemy import ColumnElement, select

from portal import audit
from portal.access import Action, Viewer, require, site
from portal.accounts import hooks
from portal.accounts.hooks import Holding
from portal.accounts.models import Organisation, User
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction


@transaction
def name_coordinator(user: User, is_one: bool, *, by: Viewer) -> None:
    """Make a partner's person its coordinator, or no coordinator any more.

    Raises Refused at `person` for a retired one and for the only coordinator.
    """
    organisation = user.organisation
    require(by, Action.EDIT, organisation)
    if organisation.is_home:
        raise Refused("person", _("Coordinators are people of a partner organisation."))
    if user.retired_at is not None:
        raise Refused("person", _("This person is retired."))
    if user.is_coordinator == is_one:
        return
    if not is_one:
        stays(user, "person")
    user.is_coordinator = is_one
    audit.record("user.coordinator", "user", user.id, by=by, is_one=is_one)
    audit.changed("person", user.id)
    site.bump()


def stays(user: User, field: str) -> None:
    """Refuse, at a form's field, to take the role from the only one who has it."""
    if _is_the_only_one(user):
        raise Refused(
            field,
            _("%(name)s is the only coordinator: name another one first.", name=user.name),
        )


def _is_the_only_one(user: User) -> bool:
    """Whether her organisation would be left with people whom nobody of it keeps."""
    if not user.is_coordinator or user.id is None or not user.organisation.is_open:
        return False
    with db.session.no_autoflush:
        return not _others(user, User.is_coordinator.is_(True)) and _others(user)


def _others(user: User, *conditions: ColumnElement[bool]) -> bool:
    found = select(User.id).where(
        User.organisation_id == user.organisation_id,
        User.id != user.id,
        User.retired_at.is_(None),
        *conditions,
    )
    return db.session.scalar(found.limit(1)) is not None


class _CoordinatorEstate:
    """The keeping of an organisation's people passes to a colleague there."""

    def holdings(self, user: User, viewer: Viewer) -> list[Holding]:
        if not _is_the_only_one(user):
            return []
        return [Holding(_("Only coordinator of"), user.organisation.name_bg)]

    def hand_over(self, user: User, successor: User, by: Viewer) -> None:
        if not _is_the_only_one(user):
            return
        if successor.organisation_id != user.organisation_id:
            raise Refused(
                "successor",
                _(
                    "This is the only coordinator of %(organisation)s: the successor is a "
                    "colleague there.",
                    organisation=user.organisation.name_bg,
                ),
            )
        successor.is_coordinator = True
        audit.record("user.coordinator", "user", successor.id, by=by, is_one=True)
        audit.changed("person", successor.id)


def may_grow(organisation: Organisation, by: Viewer) -> None:
    """Refuse new people in an organisation that is over; its agreement is prolonged first."""
    if organisation.retired_at is not None:
        raise Refused("organisation", _("This organisation is retired."))
    if not organisation.is_open and not by.is_admin:
        raise Refused("", _("The agreement is over: nobody can be added until it is prolonged."))


hooks.on_retire.append(_CoordinatorEstate())
