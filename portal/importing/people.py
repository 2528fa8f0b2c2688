"""A list of people into the directory. Running it again changes only what changed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException

from portal.access import Viewer
from portal.accounts import services as accounts
from portal.accounts.models import Group, Organisation, User
from portal.importing.roster import Row
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.text import tidy
from portal.kernel.transaction import transaction
from portal.signin import tickets

TEXTS = (
    "login", "email", "given", "patronymic", "family", "title", "position", "position_en",
    "building", "room", "phone", "duties", "language",
)  # fmt: skip


class Result(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass
class Outcome:
    """What became of one line of the list. `code`: of a slip, shown once."""

    number: int
    name: str
    result: Result
    login: str = ""
    reason: str = ""
    code: str = ""
    mailed: bool = False


@dataclass
class Import:
    """One run. create_units: make units that the list names and the portal has not."""

    by: Viewer
    create_units: bool = False
    invite: bool = False
    dry_run: bool = False
    new_units: list[str] = field(default_factory=list)
    _seen: dict[object, int] = field(default_factory=dict)  # person, or how she is told → line

    def run(self, rows: list[Row], progress: Callable[[int, int], None]) -> list[Outcome]:
        """Take in every line, each in a transaction of its own; a refused one stops nothing."""
        outcomes = []
        for done, row in enumerate(rows, start=1):
            outcomes.append(self._row(row))
            progress(done, len(rows))
        return outcomes

    def _row(self, row: Row) -> Outcome:
        name = f"{row.values.get('given', '')} {row.values.get('family', '')}".strip()
        try:
            return self._tried(row, name)
        except Refused as refusal:
            return Outcome(row.number, name, Result.REFUSED, reason=refusal.message)
        except HTTPException:
            reason = _("this person may not be kept by %(login)s", login=self.by.login)
            return Outcome(row.number, name, Result.REFUSED, reason=reason)

    def _tried(self, row: Row, name: str) -> Outcome:
        try:
            return self._in_transaction(row, name)
        except _Undone as undone:
            return undone.outcome

    @transaction
    def _in_transaction(self, row: Row, name: str) -> Outcome:
        outcome = self._take(row, name)
        if self.dry_run:
            raise _Undone(outcome)
        return outcome

    def _take(self, row: Row, name: str) -> Outcome:
        if not row.values.get("given") or not row.values.get("family"):
            raise Refused("given", _("a given and a family name are needed"))
        organisation = _organisation(row.values.get("organisation", ""))
        self._once(_told(row.values, organisation), row)
        user = _known(row.values, organisation)
        fields: dict[str, Any] = {key: row.values[key] for key in TEXTS if key in row.values}
        unit = self._unit(row.values.get("unit", ""), organisation)
        if user is None:
            user = accounts.create_person(organisation, by=self.by, unit=unit, **fields)
            outcome = Outcome(row.number, name, Result.CREATED, user.login)
            if self.invite and not self.dry_run:
                self._invite(user, outcome)
            return outcome
        self._once(user.id, row)
        if user.retired_at is not None:
            raise Refused("", _("this person is retired; bring her back in the portal first"))
        if unit is not None:
            fields["unit"] = unit
        result = Result.UPDATED if self._change(user, fields) else Result.UNCHANGED
        return Outcome(row.number, name, result, user.login)

    def _change(self, user: User, fields: dict[str, Any]) -> bool:
        """Whether the line said anything new. What it says as before leaves no journal line."""
        if all(_same(user, key, value) for key, value in fields.items()):
            return False
        before = accounts.seal(user)
        accounts.change_person(user, by=self.by, **fields)
        return before != accounts.seal(user)

    def _once(self, who: object, row: Row) -> None:
        before = self._seen.setdefault(who, row.number)
        if before != row.number:
            raise Refused("", _("this is the person of line %(n)s again", n=before))

    def _invite(self, user: User, outcome: Outcome) -> None:
        if user.email:
            tickets.invite(user, by=self.by)
            outcome.mailed = True
        else:
            outcome.code = tickets.invite_by_slip(user, by=self.by).code

    def _unit(self, path: str, organisation: Organisation) -> Group | None:
        """The unit of a name, or of a path «Directorate > Department»."""
        if not path:
            return None
        if not organisation.is_home:
            raise Refused("unit", _("only people of the municipality belong to units"))
        unit: Group | None = None
        for name in filter(None, map(tidy, path.split(">"))):
            unit = _unit_named(name, unit) or self._new_unit(name, unit)
        return unit

    def _new_unit(self, name: str, parent: Group | None) -> Group:
        if not self.create_units:
            raise Refused(
                "unit",
                _(
                    "there is no unit “%(name)s”; make it, or use --create-units",
                    name=name,
                ),
            )
        unit = accounts.create_unit(
            by=self.by, kind=_kind_of(name), name_bg=name, name_en="", parent=parent
        )
        if name not in self.new_units:
            self.new_units.append(name)
        return unit


class _Undone(Exception):
    """Ends a rehearsal's transaction without its changes."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def _same(user: User, key: str, value: Any) -> bool:
    if key == "unit":
        return bool(user.unit_id == value.id)
    stored = getattr(user, key) or ""
    if key in ("login", "email", "given", "patronymic", "family"):
        return bool(stored.casefold() == value.casefold())  # names and addresses are tidied in
    return bool(stored == value)


def _told(values: dict[str, str], organisation: Organisation) -> object:
    """How a line tells its person from all others."""
    if login := values.get("login", "").casefold():
        return login
    names = (values.get(key, "").casefold() for key in ("email", "given", "patronymic", "family"))
    return (organisation.id, *names)


def _organisation(name: str) -> Organisation:
    if not name:
        return db.session.scalars(select(Organisation).where(Organisation.is_home)).one()
    folded = name.casefold()
    for organisation in db.session.scalars(
        select(Organisation).where(Organisation.retired_at.is_(None))
    ):
        if folded in (organisation.name_bg.casefold(), organisation.name_en.casefold()):
            return organisation
    raise Refused("organisation", _("there is no organisation “%(name)s”", name=name))


def _known(values: dict[str, str], organisation: Organisation) -> User | None:
    """The person that a line means: by sign-in name; else by her names and, if given, e-mail."""
    if login := values.get("login", "").casefold():
        return db.session.scalar(select(User).where(User.login == login))
    wanted = select(User).where(User.organisation_id == organisation.id)
    if email := values.get("email", "").casefold():
        wanted = wanted.where(func.lower(User.email) == email)
    found = [user for user in db.session.scalars(wanted) if _is_called(user, values)]
    if len(found) > 1:
        raise Refused("", _("several people have this name; give their sign-in names"))
    return found[0] if found else None


def _is_called(user: User, values: dict[str, str]) -> bool:
    """Same given and family name; a patronymic tells people apart where both have one."""
    patronymics = {
        user.patronymic.casefold(),
        values.get("patronymic", "").casefold(),
    } - {""}
    return (
        user.given.casefold() == values["given"].casefold()
        and user.family.casefold() == values["family"].casefold()
        and len(patronymics) < 2
    )


def _unit_named(name: str, parent: Group | None) -> Group | None:
    folded = name.casefold()
    for unit in db.session.scalars(
        select(Group).where(Group.kind != "group", Group.retired_at.is_(None)).order_by(Group.id)
    ):
        fits = folded in (unit.name_bg.casefold(), unit.name_en.casefold())
        if fits and (parent is None or unit.parent_id == parent.id):
            return unit
    return None


def _kind_of(name: str) -> str:
    """What a unit's name says that it is."""
    folded = name.casefold()
    for start, kind in (
        ("дирекция", "directorate"),
        ("отдел", "department"),
        ("кметство", "mayoralty"),
    ):
        if folded.startswith(start):
            return kind
    return "unit"
