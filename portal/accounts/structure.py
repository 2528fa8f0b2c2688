"""Keeping units, groups and organisations. Only administrators do; see `services` for people."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from portal import audit
from portal.access import Action, Viewer, require, site
from portal.accounts import checks, hooks
from portal.accounts.models import Group, GroupMember, Organisation, User
from portal.accounts.regions import REGIONS
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction

YEARS = (1990, 2199)  # in which an agreement may begin and end
POPULATION_MAX = 50_000_000
UNIT_KINDS = tuple(kind for kind in Group.KINDS if kind != "group")
GROUP_SEALED = (
    "kind", "name_bg", "name_en", "parent_id", "head_id", "deputy_id", "building", "retired_at",
)  # fmt: skip
ORGANISATION_SEALED = (
    "kind", "name_bg", "name_en", "country", "city", "website", "about", "nuts3", "population",
    "agreement_start", "agreement_end", "sponsor_id", "retired_at",
)  # fmt: skip


def group_seal(group: Group) -> str:
    return checks.seal(group, GROUP_SEALED)


def organisation_seal(organisation: Organisation) -> str:
    return checks.seal(organisation, ORGANISATION_SEALED)


@transaction
def create_unit(
    *,
    by: Viewer,
    kind: str,
    name_bg: str,
    name_en: str = "",
    parent: Group | None = None,
    head: User | None = None,
    deputy: User | None = None,
    building: str = "",
) -> Group:
    """Add a unit of the municipality. Raises Refused at the field."""
    unit = Group(kind=checks.choice("kind", kind, UNIT_KINDS))
    require(by, Action.MANAGE, unit)
    _describe(unit, name_bg, name_en, building)
    _lead(unit, parent, head, deputy)
    return _added(unit, "group.create", by)


@transaction
def change_unit(
    unit: Group,
    *,
    by: Viewer,
    kind: str,
    name_bg: str,
    name_en: str = "",
    parent: Group | None = None,
    head: User | None = None,
    deputy: User | None = None,
    building: str = "",
    seal: str | None = None,
) -> None:
    """Change a unit. Raises Refused at `parent` for a circle, at `head` for no staff; Stale."""
    require(by, Action.MANAGE, unit)
    _fresh(unit, seal, group_seal)
    leaders, above = {unit.head_id, unit.deputy_id}, unit.parent_id
    unit.kind = checks.choice("kind", kind, UNIT_KINDS)
    _describe(unit, name_bg, name_en, building)
    _lead(unit, parent, head, deputy)
    if parent is not None and parent.id != above and unit.id in by.groups:
        _tell_of_joining(by, parent)  # whoever moves her own unit gets what the upper one holds
    _group_logged("group.change", unit, by)
    for user_id in {unit.head_id, unit.deputy_id} ^ leaders:
        if user_id is not None:
            audit.changed("person", user_id)
    for user_id in db.session.scalars(select(User.id).where(User.unit_id == unit.id)):
        audit.changed("person", user_id)  # a person is found by her unit's name


@transaction
def retire_unit(unit: Group, *, by: Viewer) -> None:
    """Close a unit that has no people and no units below it any more."""
    require(by, Action.MANAGE, unit)
    if unit.retired_at is not None:
        return
    below = select(Group.id).where(Group.parent_id == unit.id, Group.retired_at.is_(None))
    people = select(User.id).where(User.unit_id == unit.id, User.retired_at.is_(None))
    if db.session.scalar(below.limit(1)) is not None:
        raise Refused("", _("There are units below this one. Move or close them first."))
    if db.session.scalar(people.limit(1)) is not None:
        raise Refused("", _("People belong to this unit. Move them to another unit first."))
    _retire_group(unit, by)


@transaction
def create_group(*, by: Viewer, name_bg: str, name_en: str = "") -> Group:
    """Add a named set of people."""
    group = Group(kind="group")
    require(by, Action.MANAGE, group)
    _describe(group, name_bg, name_en, "")
    return _added(group, "group.create", by)


@transaction
def change_group(
    group: Group,
    *,
    by: Viewer,
    name_bg: str,
    name_en: str = "",
    seal: str | None = None,
) -> None:
    require(by, Action.MANAGE, group)
    _fresh(group, seal, group_seal)
    _describe(group, name_bg, name_en, "")
    _group_logged("group.change", group, by)


@transaction
def retire_group(group: Group, *, by: Viewer) -> None:
    """Close a named set of people; its members lose what they held through it."""
    require(by, Action.MANAGE, group)
    if group.retired_at is not None:
        return
    _retire_group(group, by)
    db.session.execute(delete(GroupMember).where(GroupMember.group_id == group.id))


@transaction
def add_to_group(group: Group, user: User, *, by: Viewer) -> None:
    """Put a person into a group. Raises Refused at `person` for a unit or a retired person."""
    require(by, Action.MANAGE, group)
    if group.retired_at is not None or group.is_unit:
        raise Refused("person", _("A unit's people are those whose entry names it."))
    if user.retired_at is not None:
        raise Refused("person", _("This person is retired."))
    if db.session.get(GroupMember, (group.id, user.id)) is not None:
        raise Refused("person", _("%(name)s is in this group already.", name=user.name))
    for hook in hooks.on_join:
        hook(user, group, by)
    db.session.add(GroupMember(group_id=group.id, user_id=user.id))
    _group_logged("group.add_member", group, by, user=user.id)


@transaction
def remove_from_group(group: Group, user: User, *, by: Viewer) -> None:
    require(by, Action.MANAGE, group)
    held = db.session.get(GroupMember, (group.id, user.id))
    if held is not None:
        db.session.delete(held)
        _group_logged("group.remove_member", group, by, user=user.id)


@transaction
def create_organisation(*, by: Viewer, sponsor: User | None, **fields: Any) -> Organisation:
    """Add a partner. `spaces.partners.welcome_partner` also opens its space: use that.

    fields: kind, name_bg, name_en, country, city, website, about, nuts3, population (as typed),
    agreement_start, agreement_end. Raises Refused at the field.
    """
    organisation = Organisation(is_home=False)
    require(by, Action.MANAGE, organisation)
    _write(organisation, sponsor, fields)
    db.session.add(organisation)
    db.session.flush()
    _organisation_logged("organisation.create", organisation, by)
    return organisation


@transaction
def change_organisation(
    organisation: Organisation,
    *,
    by: Viewer,
    sponsor: User | None,
    seal: str | None = None,
    **fields: Any,
) -> None:
    """Change a partner or the municipality itself. Raises Refused at the field; Stale."""
    require(by, Action.MANAGE, organisation)
    _fresh(organisation, seal, organisation_seal)
    _write(organisation, sponsor, fields)
    _organisation_logged("organisation.change", organisation, by)
    _people_changed(organisation)


@transaction
def retire_organisation(organisation: Organisation, *, by: Viewer) -> None:
    """End a partnership: its people sign in no more. Use `spaces.partners.part_with`."""
    require(by, Action.MANAGE, organisation)
    if organisation.is_home:
        raise Refused("", _("The municipality itself stays."))
    if organisation.retired_at is not None:
        return
    organisation.retired_at = clock.now()
    _organisation_logged("organisation.retire", organisation, by)
    _people_changed(organisation)


@transaction
def bring_back_organisation(organisation: Organisation, *, by: Viewer) -> None:
    """Take a retired partner up again, with its people as they were."""
    require(by, Action.MANAGE, organisation)
    if organisation.retired_at is None:
        return
    organisation.retired_at = None
    _organisation_logged("organisation.bring_back", organisation, by)
    _people_changed(organisation)


def _tell_of_joining(by: Viewer, group: Group) -> None:
    person = db.session.get_one(User, by.user_id)
    for hook in hooks.on_join:
        hook(person, group, by)


def _fresh(item: Any, opened_on: str | None, now: Callable[[Any], str]) -> None:
    if opened_on is not None and opened_on != now(item):
        raise Stale(item)


def _describe(group: Group, name_bg: str, name_en: str, building: str) -> None:
    group.name_bg = checks.line("name_bg", name_bg, Group.NAME_MAX, required=True)
    group.name_en = checks.line("name_en", name_en, Group.NAME_MAX) or group.name_bg
    group.building = checks.line("building", building, Group.BUILDING_MAX)


def _lead(unit: Group, parent: Group | None, head: User | None, deputy: User | None) -> None:
    if parent is not None and (not parent.is_unit or parent.retired_at is not None):
        raise Refused("parent", _("Choose one of the list."))
    step = parent
    while step is not None:
        if step is unit or (unit.id is not None and step.id == unit.id):
            raise Refused("parent", _("A unit cannot stand below itself."))
        step = db.session.get(Group, step.parent_id) if step.parent_id else None
    for field, leader in (("head", head), ("deputy", deputy)):
        if leader is not None and (leader.retired_at or not leader.organisation.is_home):
            raise Refused(field, _("Heads and deputies are people of the municipality."))
    if head is not None and deputy is not None and head.id == deputy.id:
        raise Refused("deputy", _("The deputy is somebody else than the head."))
    unit.parent_id = parent.id if parent else None
    unit.head_id = head.id if head else None
    unit.deputy_id = deputy.id if deputy else None


def _added(group: Group, action: str, by: Viewer) -> Group:
    db.session.add(group)
    db.session.flush()
    for user_id in {group.head_id, group.deputy_id} - {None}:
        audit.changed("person", user_id)  # type: ignore[arg-type]
    _group_logged(action, group, by)
    return group


def _retire_group(group: Group, by: Viewer) -> None:
    for hook in hooks.on_group_retire:
        hook(group)
    group.retired_at = clock.now()
    group.head_id = group.deputy_id = None
    _group_logged("group.retire", group, by)


def _write(organisation: Organisation, sponsor: User | None, fields: dict[str, Any]) -> None:
    organisation.kind = checks.choice("kind", fields.get("kind", ""), Organisation.KINDS)
    organisation.name_bg = checks.line(
        "name_bg", fields.get("name_bg"), Organisation.NAME_MAX, required=True
    )
    name_en = checks.line("name_en", fields.get("name_en"), Organisation.NAME_MAX)
    organisation.name_en = name_en or organisation.name_bg
    twin = select(Organisation.id).where(
        Organisation.name_bg == organisation.name_bg,
        Organisation.id != (organisation.id or 0),
        Organisation.retired_at.is_(None),
    )
    with db.session.no_autoflush:
        if db.session.scalar(twin.limit(1)) is not None:
            raise Refused("name_bg", _("There is an organisation of this name already."))
    country = checks.line("country", fields.get("country") or "BG", 40).upper()
    if len(country) != 2 or not (country.isascii() and country.isalpha()):
        raise Refused("country", _("Two Latin letters, such as BG or NL."))
    organisation.country = country
    organisation.city = checks.line("city", fields.get("city"), Organisation.CITY_MAX)
    organisation.website = _website(fields.get("website"))
    organisation.about = checks.lines("about", fields.get("about"), Organisation.ABOUT_MAX)
    organisation.nuts3 = _district(organisation, fields.get("nuts3"))
    organisation.population = _population(organisation, fields.get("population"))
    _agreement(organisation, fields.get("agreement_start"), fields.get("agreement_end"))
    _sponsor(organisation, sponsor)


def _website(value: str | None) -> str:
    told = checks.line("website", value, Organisation.WEBSITE_MAX)
    if told and "://" not in told:
        told = f"https://{told}"
    if told and not (told.startswith(("https://", "http://")) and "." in told and " " not in told):
        raise Refused("website", _("An address of the web, such as https://kmetstvo.example."))
    return told


def _district(organisation: Organisation, value: str | None) -> str:
    if not value:
        return ""
    if organisation.country != "BG":
        raise Refused("nuts3", _("These are districts of Bulgaria; leave the field empty."))
    return checks.choice("nuts3", value, REGIONS)


def _population(organisation: Organisation, typed: str | int | None) -> int | None:
    """A number of inhabitants as people write it: «18 000», «18.000» or «18000»."""
    told = re.sub(r"[\s.,'’]", "", str(typed if typed is not None else ""))
    if not told:
        return None
    if organisation.kind != "municipality":
        raise Refused("population", _("Only a municipality has inhabitants."))
    if not (told.isascii() and told.isdigit()) or not 0 < int(told[:12]) <= POPULATION_MAX:
        raise Refused("population", _("Write a whole number, such as 18000."))
    return int(told)


def _agreement(organisation: Organisation, start: date | None, end: date | None) -> None:
    for field, day in (("agreement_start", start), ("agreement_end", end)):
        if day is not None and not YEARS[0] <= day.year <= YEARS[1]:
            raise Refused(field, _("Check the year."))
    if start is not None and end is not None and end < start:
        raise Refused("agreement_end", _("The agreement cannot end before it starts."))
    organisation.agreement_start, organisation.agreement_end = start, end


def _sponsor(organisation: Organisation, sponsor: User | None) -> None:
    if organisation.is_home:
        organisation.sponsor_id = None
        return
    if sponsor is None:
        raise Refused("sponsor", _("Name the colleague who answers for this partner."))
    if sponsor.retired_at is not None or not sponsor.organisation.is_home:
        raise Refused("sponsor", _("The sponsor is a person of the municipality."))
    organisation.sponsor_id = sponsor.id


def _people_changed(organisation: Organisation) -> None:
    wanted = select(User.id).where(User.organisation_id == organisation.id)
    for user_id in db.session.scalars(wanted):
        audit.changed("person", user_id)


def _group_logged(action: str, group: Group, by: Viewer, **facts: Any) -> None:
    audit.record(action, "group", group.id, by=by, **facts)
    site.bump()


def _organisation_logged(action: str, organisation: Organisation, by: Viewer) -> None:
    audit.record(action, "organisation", organisation.id, by=by)
    site.bump()
