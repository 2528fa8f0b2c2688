"""Asking for «Запознат съм»: wished with the draft, judged and asked at its release, ended."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import delete, func, select, update
from werkzeug.exceptions import Forbidden, NotFound

from portal import audit, jobs
from portal.access import Action, Viewer, may, require
from portal.accounts.models import Group, User
from portal.accounts.policy import policy as people_policy
from portal.confirming import audience
from portal.confirming.audience import Targets
from portal.confirming.models import Confirmation, Obligation, Requirement, RequirementTarget
from portal.content.models import Content, Life, Revision
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, language, long_date
from portal.kernel.transaction import transaction
from portal.spaces.readers import Town

NAMED = 5  # people named in a refusal; the rest are counted


@dataclass(frozen=True)
class Wish:
    """What an author asks for. last_day: it ends 23:59:59 in the town hall.

    standing_days: who joins later is asked too, with so many days of her own.
    """

    targets: Targets = field(default_factory=Targets)
    last_day: date | None = None
    order_number: str = ""
    standing_days: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is asked for."""
        return not (self.targets or self.last_day or self.order_number or self.standing_days)


def open_of(content_id: int) -> Requirement | None:
    """The round that is asked now."""
    return db.session.scalar(
        select(Requirement).where(
            Requirement.content_id == content_id,
            Requirement.asked_at.is_not(None),
            Requirement.ended_at.is_(None),
        )
    )


def wished_of(content_id: int) -> Requirement | None:
    """What waits for the release of a text: the first round, or the next one."""
    return db.session.scalar(
        select(Requirement).where(
            Requirement.content_id == content_id, Requirement.asked_at.is_(None)
        )
    )


@transaction
def wish(content: Content, wished: Wish, *, by: Viewer) -> Requirement | None:
    """Keep with the draft what is to be asked when it is released; an empty wish takes it back.

    Raises Refused at `must_read…`, `order_number` or `standing_days`.
    """
    require(by, Action.EDIT, content)
    found = wished_of(content.id)
    if wished.is_empty:
        if found is not None:
            db.session.delete(found)
            db.session.flush()
            audit.record("must_read.unwish", "content", content.id, by=by)
        return None
    held = found or open_of(content.id)
    deadline = _judged(wished, by, audience.targets_of(held) if held is not None else Targets())
    if found is None:
        last = select(func.max(Requirement.round)).where(Requirement.content_id == content.id)
        found = Requirement(content_id=content.id, round=(db.session.scalar(last) or 0) + 1)
        found.by_id = _person(by)
        db.session.add(found)
    if _write(found, wished, deadline):
        audit.record("must_read.wish", "content", content.id, by=by, requirement=found.id)
    return found


@transaction
def ask(content: Content, wished: Wish, *, by: Viewer) -> Requirement:
    """Ask of an item that is published already; as a new round where one is asked.

    The confirmations of earlier rounds stay on record. Raises Refused at the field concerned.
    """
    require(by, Action.RELEASE, content)
    if content.life not in (Life.PUBLISHED, Life.ARCHIVED) or content.visible_from is None:
        raise Refused("", _("Nobody reads it yet: it is asked when the text is published."))
    if wished.is_empty:
        raise Refused("must_read", _none_chosen())
    made = wish(content, wished, by=by)
    assert made is not None
    _judge(made, content, opens=max(content.visible_from, clock.now()), by=by)
    _begin(made, content, by)
    return made


ask_again = ask


@transaction
def change(requirement: Requirement, wished: Wish, *, by: Viewer) -> None:
    """Change the round that is asked: another deadline, more people or fewer.

    Who confirmed stays on record. Raises Refused at the field concerned.
    """
    content = requirement.content
    require(by, Action.RELEASE, content)
    if requirement.asked_at is None or requirement.ended_at is not None:
        raise Refused("", _("This is asked no more."))
    if wished.is_empty:
        raise Refused("must_read", _none_chosen())
    before = requirement.deadline
    deadline = _judged(wished, by, audience.targets_of(requirement))
    if not _write(requirement, wished, deadline):
        return
    _judge(requirement, content, opens=clock.now(), by=by)
    if deadline != before:
        requirement.frozen_at = None
        db.session.execute(
            update(Obligation)
            .where(Obligation.requirement_id == requirement.id, Obligation.deadline == before)
            .values(
                deadline=deadline, is_reminded=False, is_reminded_at_end=False, is_head_told=False
            )
        )
    audit.record("must_read.change", "content", content.id, by=by, requirement=requirement.id)
    _queue(requirement, content)


@transaction
def end(requirement: Requirement, *, by: Viewer) -> None:
    """Ask no more. What was confirmed stays on record."""
    require(by, Action.RELEASE, requirement.content)
    if requirement.asked_at is None:
        raise NotFound
    if requirement.ended_at is None:
        requirement.ended_at = clock.now()
        requirement.content.asks_confirmation = False
        number = requirement.id
        audit.record("must_read.end", "content", requirement.content_id, by=by, requirement=number)


# ── What follows the steps of a text (portal.content.steps) ────────────────


def check(revision: Revision, by: Viewer) -> None:
    """Before a release: whoever wished it, it is judged by what is true now."""
    requirement = wished_of(revision.content_id)
    if requirement is not None:
        now = clock.now()
        content = revision.content
        opened = content.visible_from is not None and content.visible_from <= now
        opens = now if opened else max(revision.wanted_from or now, now)
        _judge(requirement, content, opens, by)


def released(revision: Revision, by: Viewer) -> None:
    requirement = wished_of(revision.content_id)
    if requirement is not None:
        _begin(requirement, revision.content, by)


def rescheduled(revision: Revision, by: Viewer) -> None:
    """What is asked already must still be askable from the new time on, and is settled then."""
    requirement = open_of(revision.content_id)
    if requirement is not None:
        opens = revision.content.visible_from or clock.now()
        _judge(requirement, revision.content, opens, by)
        _queue(requirement, revision.content)


def trash(content: Content, by: Viewer) -> None:
    """An item that asks, or holds what people confirmed, is not thrown away."""
    if open_of(content.id) is not None:
        raise Refused(
            "",
            _(
                "People are asked to confirm that they have read it, so it cannot be thrown away. "
                "End that first, or move it to the archive."
            ),
        )
    if _confirmed(content.id):
        raise Refused(
            "",
            _(
                "It holds what people have confirmed, so it cannot be thrown away. Move it to the "
                "archive: it leaves the lists, and the confirmations stay on record."
            ),
        )


def purge(content: Content, by: Viewer | None) -> None:
    """What was asked of nobody, or confirmed by nobody, goes with the item."""
    mine = select(Requirement.id).where(Requirement.content_id == content.id)
    if not _confirmed(content.id):
        for model in (RequirementTarget, Obligation):
            db.session.execute(delete(model).where(model.requirement_id.in_(mine)))
        db.session.execute(delete(Requirement).where(Requirement.content_id == content.id))


def _confirmed(content_id: int) -> bool:
    found = (
        select(Confirmation.id)
        .join(Requirement, Requirement.id == Confirmation.requirement_id)
        .where(Requirement.content_id == content_id)
    )
    return db.session.scalar(found.limit(1)) is not None


# ── Judging and writing ────────────────────────────────────────────────────


def _begin(requirement: Requirement, content: Content, by: Viewer) -> None:
    """Ask from now on; the worker writes who is asked, however many they are."""
    now = clock.now()
    before = open_of(content.id)
    if before is not None:
        before.ended_at = now
        db.session.flush()  # at most one open round: the old one ends first
    requirement.asked_at = now
    content.asks_confirmation = True
    db.session.flush()
    facts = {"requirement": requirement.id, "round": requirement.round}
    audit.record("must_read.ask", "content", content.id, by=by, **facts)
    _queue(requirement, content)


def _queue(requirement: Requirement, content: Content) -> None:
    opens = content.visible_from
    jobs.queue("must_read.settle", run_after=opens, requirement_id=requirement.id)
    jobs.queue("must_read.freeze", run_after=requirement.deadline, requirement_id=requirement.id)


def _judged(wished: Wish, by: Viewer, held: Targets) -> datetime:
    """The deadline of a wish whose own fields are right and which adds only whom she may see.

    held: of whom it is asked or wished already, perhaps by somebody who sees more.
    """
    targets = wished.targets
    if wished.last_day is None:
        raise Refused("must_read_by", _("Give the last day on which it can be confirmed in time."))
    deadline = clock.end_of_day(wished.last_day)
    if deadline <= clock.now():
        raise Refused("must_read_by", _("This day is past. Choose today or a later day."))
    if not targets:
        raise Refused("must_read", _none_chosen())
    if len(wished.order_number) > Requirement.ORDER_MAX:
        raise Refused("order_number", _("This is too long for a number."))
    days = wished.standing_days
    if days is not None and not 1 <= days <= Requirement.STANDING_DAYS_MAX:
        raise Refused("standing_days", _("Give a number of days from 1 to 365."))
    for user in targets.users - held.users:
        _may_be_asked(db.session.get(User, user), by)
    if added := targets.groups - held.groups:
        town = Town()
        for group in added:
            _group_may_be_asked(db.session.get(Group, group), by, town)
    if any(not by.role_in(space) for space in targets.spaces - held.spaces):
        raise Refused("must_read_spaces", _("Choose one of the list."))
    return deadline


def _may_be_asked(user: User | None, by: Viewer) -> None:
    known = user is not None and user.organisation_id == by.organisation_id
    if user is not None and user.retired_at is not None and known:
        raise Refused("must_read", _("%(name)s works here no more.", name=user.name))
    if user is None or not may(by, Action.READ, user):
        raise Refused("must_read", _("Nobody of this name is known to you."))


def _group_may_be_asked(group: Group | None, by: Viewer, town: Town) -> None:
    if group is None or not by.is_staff:
        raise Refused("must_read_groups", _("Choose one of the list."))
    if group.retired_at is not None:
        told = _("“%(name)s” was closed. Choose who took over its work.", name=_group_name(group))
        raise Refused("must_read_groups", told)
    if not town.in_groups({group.id}):
        told = _("“%(name)s” has no people, so nobody would be asked.", name=_group_name(group))
        raise Refused("must_read_groups", told)


def _judge(requirement: Requirement, content: Content, opens: datetime, by: Viewer) -> None:
    """Whether it can be asked now: in time, of somebody, and of nobody who may not read it.

    opens: from when readers see the item.
    """
    if requirement.deadline <= opens:
        told = _("The last day, %(day)s, is past by then.", day=_day(requirement.deadline))
        raise Refused("must_read_by", told)
    targets, town = audience.targets_of(requirement), Town()
    people = audience.people_of(targets, town)
    if not people:
        raise Refused("must_read", _("None of those who were chosen works here any more."))
    for group_id in sorted(targets.groups):
        group = db.session.get_one(Group, group_id)
        if group.retired_at is not None or not town.in_groups({group_id}):
            told = _("“%(name)s” has no people, so nobody would be asked.", name=_group_name(group))
            raise Refused("must_read_groups", told)
    outside = people - audience.readers_of(content, town)
    if outside:
        raise Refused("must_read", _may_not_read(outside, by))


def _may_not_read(outside: set[int], by: Viewer) -> str:
    """Names those whom the asker may know: a space holds people of many houses."""
    known = User.id.in_(sorted(outside)[:1000]), people_policy.readable
    named = select(User).where(*known).order_by(User.family, User.given).limit(NAMED)
    found = [user.name for user in db.session.scalars(named, by.params)]
    names = ", ".join(found) or _("somebody not known to you")
    if (rest := len(outside) - max(len(found), 1)) > 0:
        names = _("%(names)s and %(n)s more", names=names, n=rest)
    return _(
        "They may not read it where it is shown, so they cannot be asked: %(names)s. Show it in a "
        "space of theirs, or leave them out.",
        names=names,
    )


def _write(requirement: Requirement, wished: Wish, deadline: datetime) -> bool:
    """Write a wish; whether anything changed."""
    new = requirement.id is None
    values = {
        "deadline": deadline,
        "order_number": wished.order_number,
        "standing_days": wished.standing_days,
    }
    changed = new or any(getattr(requirement, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(requirement, name, value)
    db.session.flush()
    if not new and audience.targets_of(requirement) == wished.targets:
        return changed
    of = RequirementTarget.requirement_id == requirement.id
    db.session.execute(delete(RequirementTarget).where(of))
    for column in ("user", "group", "space"):
        for number in sorted(getattr(wished.targets, f"{column}s")):
            target = RequirementTarget(requirement_id=requirement.id, **{f"{column}_id": number})
            db.session.add(target)
    db.session.flush()
    return True


def _none_chosen() -> str:
    return _("Choose who must read it: people, units, groups or a space.")


def _group_name(group: Group) -> str:
    return (language() == "en" and group.name_en) or group.name_bg


def _day(moment: datetime) -> str:
    return long_date(clock.local(moment).date())


def _person(by: Viewer) -> int:
    if by.user_id is None:
        raise Forbidden
    return by.user_id
