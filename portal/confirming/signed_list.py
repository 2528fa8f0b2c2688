"""The list for signing: who has confirmed, when, which version and how; room for signatures.

As PDF to print, as XLSX to work with. It is no entry of the registry, and says so.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, or_, select
from sqlalchemy.orm import aliased
from werkzeug.exceptions import NotFound

from portal.access import Viewer
from portal.access.site import site
from portal.accounts.models import Organisation, User
from portal.accounts.policy import policy as people_policy
from portal.accounts.queries import house, named, reader_name
from portal.confirming import paper_list
from portal.confirming.models import Confirmation, Obligation
from portal.confirming.progress import Asked, unit_order, unit_then
from portal.content.listing import address
from portal.kernel import clock
from portal.kernel.database import rows
from portal.kernel.i18n import _, language

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

# ── What stands in it ────────────────────────────────────────────────────────

_Recorder = aliased(User)
_SIGNED = (
    select(
        User.id, User.title, User.given, User.patronymic, User.family, User.given_latin,
        User.family_latin, User.position, User.position_en, unit_then.label("unit_id"),
        Organisation.name_bg, Organisation.name_en, Organisation.is_home,
        Organisation.id.label("organisation_id"),
        Confirmation.at, Confirmation.number, Confirmation.language, Confirmation.channel,
        Confirmation.read_out_at, Confirmation.name.label("name_then"),
        Confirmation.position.label("position_then"), Confirmation.unit_name,
        Confirmation.recorded_by_id,
        _Recorder.given.label("recorder_given"), _Recorder.family.label("recorder_family"),
        case((people_policy.readable, 1), else_=0).label("is_known"),
    )
    .select_from(Obligation)
    .join(User, User.id == Obligation.user_id)
    .join(Organisation, Organisation.id == User.organisation_id)
    .outerjoin(
        Confirmation,
        and_(
            Confirmation.requirement_id == Obligation.requirement_id,
            Confirmation.user_id == Obligation.user_id,
        ),
    )
    .outerjoin(_Recorder, _Recorder.id == Confirmation.recorded_by_id)
    .where(
        Obligation.requirement_id == bindparam("requirement_id"),
        or_(
            Confirmation.id.is_not(None),
            and_(Obligation.left_at.is_(None), User.retired_at.is_(None)),
        ),
        or_(
            bindparam("everybody") == 1,
            unit_then.in_(bindparam("units", expanding=True)),
        ),
    )
    .order_by(User.family, User.given, User.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A person of the list; at: None while she has not confirmed."""

    name: str
    position: str
    at: datetime | None
    version: str
    channel: str


@dataclass(frozen=True)
class SignedList:
    """Everything that the list says."""

    asked: Asked
    groups: list[tuple[str, list[Line]]]
    made_at: datetime

    @property
    def people(self) -> int:
        return sum(len(lines) for _name, lines in self.groups)

    @property
    def confirmed(self) -> int:
        return sum(line.at is not None for _name, lines in self.groups for line in lines)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What stands above the table: what is asked, by which order, until when."""
        row = self.asked.row
        versions = Counter(
            line.version for _name, lines in self.groups for line in lines if line.version
        )
        told = ", ".join(
            _("version %(version)s: %(n)s", version=version, n=number)
            for version, number in sorted(versions.items())
        )
        found = [
            (_("Valid by order"), row.order_number or _("not stated")),
            (_("Deadline"), moment(row.deadline)),
            (_("Asked by"), f"{self.asked.asker}, {moment(row.asked_at)}"),
            (_("Confirmed"), _("%(n)s of %(all)s", n=self.confirmed, all=self.people)),
        ]
        if len(self.asked.rounds) > 1:
            found.insert(0, (_("Round"), str(row.round)))
        if told:
            found.append((_("Confirmed versions"), told))
        if self.asked.units is not None:
            found.append((_("Extent"), _("the people of one head's units, with all below")))
        return found


def note() -> str:
    """What the list is not."""
    return _(
        "This list comes from the portal, which is not the registry of documents: registration "
        "numbers are given by the registry and entered from there."
    )


def heads() -> list[str]:
    """The columns' names."""
    return [
        "№", _("Name"), _("Position"), _("Confirmed at"), _("Version"), _("Confirmed through"),
        _("Signature"),
    ]  # fmt: skip


def moment(at: datetime) -> str:
    """A moment as papers have it: 27.11.2026, 09:05."""
    return f"{clock.local(at):%d.%m.%Y, %H:%M}"


def gather(asked: Asked, viewer: Viewer) -> SignedList:
    """The list of a round, of those whom the viewer follows. NotFound where that is nobody."""
    values = {
        **viewer.params,
        "requirement_id": asked.row.id,
        "everybody": int(asked.units is None),
        "units": sorted(asked.units or ()),
    }
    found = rows(_SIGNED, values)
    if asked.units is not None and not found:
        raise NotFound
    groups: dict[tuple[int, str], list[Line]] = {}
    order = unit_order(asked.tree)
    for row in found:
        groups.setdefault(_group(row, asked, order, viewer), []).append(_line(row, viewer))
    ordered = [(name, lines) for (_place, name), lines in sorted(groups.items())]
    return SignedList(asked, ordered, clock.now())


def _group(row: Row[Any], asked: Asked, order: dict[int, int], viewer: Viewer) -> tuple[int, str]:
    """Where a person stands: her unit's place and name; partners after our own. For a guest, her
    organisation as it counts for one."""
    if not (row.is_home and viewer.is_staff):
        return len(order) + 2, house(row, viewer)[1]
    unit = asked.tree.get(row.unit_id)
    if unit is None:
        return len(order) + 1, row.unit_name or _("Without a unit")
    return order[unit.id], named(unit)


def _line(row: Row[Any], viewer: Viewer) -> Line:
    """Staff read on the list everybody who confirmed, a guest those alone whom she may know."""
    confirmed = row.at is not None
    if not (row.is_known or (confirmed and viewer.is_staff)):
        name, position = _("somebody not known to you"), ""
    elif confirmed:
        name, position = row.name_then, row.position_then
    else:
        name = _full_name(row)
        position = (language() == "en" and row.position_en) or row.position
    if not confirmed:
        return Line(name, position, None, "", "")
    version = str(row.number) if row.language == "bg" else f"{row.number} ({row.language})"
    return Line(name, position, row.at, version, _channel(row, viewer))


def _full_name(row: Row[Any]) -> str:
    """As it stands under a signature, and as confirmations keep it."""
    if language() == "en" and row.given_latin:
        return reader_name(row)
    return " ".join(filter(None, (row.title, row.given, row.patronymic, row.family)))


def _channel(row: Row[Any], viewer: Viewer) -> str:
    if row.channel == "briefing":
        day = f"{clock.local(row.read_out_at or row.at):%d.%m.%Y}"
        if not viewer.is_staff and row.recorded_by_id != viewer.user_id:
            return _("briefing on %(day)s", day=day)
        return _(
            "briefing on %(day)s, recorded by %(name)s",
            day=day,
            name=f"{row.recorder_given or ''} {row.recorder_family or ''}".strip(),
        )
    return _("on paper") if row.channel == "paper" else _("the portal")


def file_name(made: SignedList, form: str) -> str:
    row = made.asked.row
    return f"zapoznati-{address(row.content_id, row.slug)}-{row.round}.{form}"


# ── On paper ─────────────────────────────────────────────────────────────────


def draw(made: SignedList) -> bytes:
    """The PDF."""
    told = paper_list.Told(
        title=made.asked.title,
        heading=_("List of who has read it"),
        site=site().name,
        facts=made.facts,
        note=note(),
        heads=heads(),
        language=language(),
        made=_("Made on %(day)s", day=moment(made.made_at)),
        made_at=made.made_at,
    )
    groups = [
        (
            name,
            [
                (each.name, each.position, moment(each.at) if each.at else "", each.version,
                 each.channel)
                for each in lines
            ],
        )
        for name, lines in made.groups
    ]  # fmt: skip
    return paper_list.draw(
        told, groups, page_words=lambda n, of: _("page %(n)s of %(of)s", n=n, of=of)
    )
