"""What would become of each who is invited, before anything happens: rows of a preview.

A manager learns of people only what the people's policy lets her know. Whoever has an account
that she may not know of is, to her, as somebody who has none.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Row, bindparam, case, or_, select

from portal.access import Role, Viewer
from portal.accounts import checks
from portal.accounts.models import GroupMember, Organisation, User
from portal.accounts.policy import policy as people_policy
from portal.accounts.queries import named
from portal.kernel import clock
from portal.kernel.database import rows
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, long_date
from portal.spaces import rules
from portal.spaces.models import Space
from portal.spaces.viewers import members_of, with_children
from portal.workspaces.domains import Domains
from portal.workspaces.models import WAITING, Invitation
from portal.workspaces.pasting import Typed

HERE, ACCOUNT, NEW, REFUSED = "here", "account", "new", "refused"
_KNOWN = case((people_policy.readable, 1), else_=0).label("is_known")
_COLUMNS = (
    User.id, User.login, User.email, User.given, User.patronymic, User.family, User.retired_at,
    User.organisation_id, Organisation.is_home, Organisation.name_bg, Organisation.name_en,
    Organisation.retired_at.label("org_retired"), Organisation.agreement_end, _KNOWN,
)  # fmt: skip
_PEOPLE = select(*_COLUMNS).join(Organisation, Organisation.id == User.organisation_id)
_BY_EMAIL = _PEOPLE.where(User.email.in_(bindparam("emails", expanding=True))).order_by(User.id)
_KNOWN_ONES = _PEOPLE.where(people_policy.readable).order_by(User.id)
_OF_UNIT = _PEOPLE.where(
    User.retired_at.is_(None),
    or_(
        User.unit_id.in_(bindparam("groups", expanding=True)),
        User.id.in_(
            select(GroupMember.user_id).where(
                GroupMember.group_id.in_(bindparam("groups", expanding=True))
            )
        ),
    ),
).order_by(User.family, User.given, User.id)
_INVITED = select(Invitation.email).where(
    Invitation.space_id == bindparam("space_id"), Invitation.state == WAITING
)


@dataclass(frozen=True)
class Verdict:
    """A row of the preview. key: what its box carries; why: the reason, or what will happen."""

    key: str
    state: str
    name: str
    email: str
    role: Role
    until: date | None
    why: str = ""
    user_id: int | None = None
    organisation_id: int | None = None
    names: tuple[str, str] = ("", "")


class Judge:
    """Everything that is asked once for all rows."""

    def __init__(self, space: Space, viewer: Viewer, typed: Iterable[Typed]) -> None:
        self.space, self.viewer = space, viewer
        typed = list(typed)
        emails = {each.email.casefold() for each in typed if each.email}
        self.by_email: dict[str, list[Row[Any]]] = {}
        for row in rows(_BY_EMAIL, viewer.params | {"emails": list(emails)}) if emails else ():
            # Staff ask for any address, as everywhere: who knows it knows the person.
            if viewer.is_staff or row.is_known:
                self.by_email.setdefault(row.email, []).append(row)
        self.by_name: dict[str, list[Row[Any]]] = {}
        if any(not each.email for each in typed):
            for row in rows(_KNOWN_ONES, viewer.params):
                for form in _forms(row, viewer):
                    self.by_name.setdefault(form, []).append(row)
        self.inside = members_of([space.id])
        self.whole = rules.member_organisations(space)
        asked = {"space_id": space.id}
        self.invited = {row.email for row in rows(_INVITED, asked)} if emails else set()

    @cached_property
    def domains(self) -> Domains:
        return Domains(self.viewer, self.space)

    def person(self, row: Row[Any], role: Role, until: date | None, typed: str = "") -> Verdict:
        """Somebody who has an account; she keeps the name that was typed where the viewer, who
        wrote her address, may not know her."""
        known = row.is_known or self.viewer.is_admin or row.id in self.inside
        name = f"{row.given} {row.family}" if known else typed
        told = Verdict(
            f"u{row.id}", ACCOUNT, name, row.email or "", role, until,
            user_id=row.id, organisation_id=row.organisation_id,
        )  # fmt: skip
        if row.id in self.inside:
            return replace(told, state=HERE)
        if row.retired_at is not None:
            return _refused(told, _("This account is retired."))
        return self._fits(told, row)

    def address(self, typed: Typed, email: str, role: Role, until: date | None) -> Verdict:
        """An address that the viewer knows no account of."""
        told = Verdict(email, NEW, typed.name, email, role, until, names=typed.names)
        if email in self.invited:
            return _refused(told, _("Invited already; waits for an account."))
        owner = self.domains.owner(email)
        if owner is None:
            return self._has_day(told, None)
        told = replace(told, organisation_id=owner.id)
        return self._fits(told, owner)

    def _fits(self, told: Verdict, house: Any) -> Verdict:
        """Whether the organisation is let in here. house: a row with its facts."""
        home, own = house.is_home, told.organisation_id == self.space.organisation_id
        if self.space.kind == "intranet" and not home:
            return _refused(
                told, _("%(name)s: the intranet is for our own people.", name=named(house))
            )
        if self.space.kind == "organisation" and not (home or own):
            return _refused(
                told,
                _("An address of %(name)s; this is another partner's space.", name=named(house)),
            )
        if house.org_retired is not None:
            return _refused(told, _("The partnership with %(name)s is over.", name=named(house)))
        if house.agreement_end is not None and house.agreement_end < clock.today():
            day = long_date(house.agreement_end)
            words = _("The agreement of %(name)s ended on %(day)s.", name=named(house), day=day)
            return _refused(told, words)
        return told if home else self._has_day(told, told.organisation_id)

    def _has_day(self, told: Verdict, organisation_id: int | None) -> Verdict:
        is_guest = self.space.kind == "workspace" and organisation_id not in self.whole
        words = rules.wrong_for_guest(told.until)
        return _refused(told, words) if is_guest and words else told

    def one(self, typed: Typed, role: Role, until: date | None) -> Verdict:
        role, until = typed.role or role, typed.until or until
        told = Verdict("", REFUSED, typed.name, typed.email, role, until)
        if typed.wrong:
            return _refused(told, _("“%(cell)s” is not understood.", cell=typed.wrong[:60]))
        if until is not None and until < clock.today():
            return _refused(told, _("This day is over already."))
        if not typed.email:
            return self._named(typed, told)
        try:
            email = checks.email(typed.email) or ""
            checks.line("", typed.name, 200)
        except Refused as refusal:
            return _refused(told, refusal.message)
        found = self.by_email.get(email, [])
        if not found:
            return self.address(typed, email, role, until)
        if len(found) > 1 and len(current := [r for r in found if r.retired_at is None]) > 1:
            forms = {_folded(r.given, r.family): r for r in current}
            person = forms.get(_folded(*typed.names))
            if person is None:
                return _refused(told, _("Several people have this address; write a name too."))
            return self.person(person, role, until, typed.name)
        best = next((row for row in found if row.retired_at is None), found[0])
        return self.person(best, role, until, typed.name)

    def _named(self, typed: Typed, told: Verdict) -> Verdict:
        found = self.by_name.get(_folded(typed.name), [])
        distinct = {row.id: row for row in found}
        if len(distinct) == 1:
            return self.person(found[0], told.role, told.until)
        if distinct:
            return _refused(told, _("Several people have this name; write the address."))
        return _refused(told, _("Nobody of this name is known to you; write the address."))


def of_text(
    space: Space, viewer: Viewer, typed: Sequence[Typed], role: Role, until: date | None
) -> list[Verdict]:
    """What would become of everybody in a text, in its order."""
    judge = Judge(space, viewer, typed)
    return _once([judge.one(each, role, until) for each in typed])


def of_unit(
    space: Space, viewer: Viewer, group_id: int, role: Role, until: date | None
) -> list[Verdict]:
    """The same of the people of a unit or group and of all units below it."""
    groups = list(with_children({group_id}))
    judge = Judge(space, viewer, ())
    found = rows(_OF_UNIT, viewer.params | {"groups": groups})
    return [judge.person(row, role, until) for row in found if row.is_known]


def _once(verdicts: list[Verdict]) -> list[Verdict]:
    """Who stands twice is invited once."""
    seen: set[str] = set()
    told = []
    for each in verdicts:
        if each.key and each.state != REFUSED and each.key in seen:
            each = _refused(each, _("Stands in the list already."))
        elif each.key:
            seen.add(each.key)
        told.append(each)
    return told


def merged(verdicts: list[Verdict]) -> list[Verdict]:
    """Text and unit together."""
    return _once(verdicts)


def numbers(verdicts: Iterable[Verdict]) -> Mapping[str, int]:
    """How many of each state."""
    return Counter(each.state for each in verdicts)


def _forms(row: Row[Any], viewer: Viewer) -> set[str]:
    """How a viewer may write a person's name. Sign-in names are for staff: no partner finds out
    by an invitation whether she guessed one."""
    return {
        _folded(row.given, row.family),
        _folded(row.family, row.given),
        _folded(row.given, row.patronymic, row.family),
    } | ({row.login} if viewer.is_staff else set())


def _refused(told: Verdict, why: str) -> Verdict:
    return replace(told, state=REFUSED, why=why, key="")


def _folded(*parts: str | None) -> str:
    return " ".join(filter(None, parts)).casefold()
