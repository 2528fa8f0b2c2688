"""A must-read item with people behind it, in any number, written as rows."""

from datetime import datetime, timedelta

from portal.access import site
from portal.accounts.models import Absence, Group, User
from portal.confirming.models import Confirmation, Obligation, Requirement, RequirementTarget
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from tests.support.writing import published


class Followed:
    """An item of the intranet, asked of some people by the editor.

    `followed.confirm("reader")`, `followed.content`, `followed.requirement`; ids survive requests.
    """

    def __init__(self, cast, person, deadline: datetime, whom=(), order="РД-09-118/2026", **more):
        self.cast = cast
        text = published(cast.space("intranet"), person("contributor"), person("editor"), **more)
        self.content_id, self.text_id = text.content_id, text.id
        self.id = self._ask(deadline, [cast.id(who) for who in whom], order)

    @transaction
    def _ask(self, deadline, people, order, number=1):
        content = self.content
        content.asks_confirmation = True
        made = Requirement(
            content_id=content.id, round=number, deadline=deadline, order_number=order,
            by_id=self.cast.id("editor"), asked_at=clock.now(),
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        for user_id in people:
            db.session.add(RequirementTarget(requirement_id=made.id, user_id=user_id))
            held = Obligation(requirement_id=made.id, user_id=user_id, deadline=deadline)
            db.session.add(held)
        return made.id

    @transaction
    def again(self, deadline, whom):
        """A further round; the first one is over."""
        self.requirement.ended_at = clock.now()
        db.session.flush()
        self.id = self._ask(deadline, [self.cast.id(who) for who in whom], "", number=2)

    @property
    def content(self) -> Content:
        return db.session.get_one(Content, self.content_id)

    @property
    def requirement(self) -> Requirement:
        return db.session.get_one(Requirement, self.id)

    def held(self, who) -> Obligation:
        db.session.rollback()
        return db.session.get_one(Obligation, (self.id, self.cast.id(who)))

    @transaction
    def confirm(self, who, **more):
        user = self.cast[who]
        unit = user.unit
        facts = {"channel": "portal", "number": 1, "language": "bg", "name": user.full_name, **more}
        db.session.add(
            Confirmation(
                requirement_id=self.id,
                user_id=user.id,
                revision_id=self.text_id,
                position=user.position,
                unit_id=unit.id if unit else None,
                unit_name=unit.name_bg if unit else "",
                **facts,
            )
        )

    @transaction
    def away(self, who, first, last):
        ident = self.cast.id(who)
        db.session.add(Absence(user_id=ident, first=first, last=last, set_by_id=ident))

    @property
    def path(self):
        return f"/content/{self.content_id}/progress"


@transaction
def crowd(followed, number, units=40, confirmed=0):
    """So many further people in so many further units, all asked; the first of them confirmed."""
    home = followed.cast.organisation("town").id
    top = followed.cast.unit("office").id
    made = [
        Group(kind="unit", parent_id=top, name_bg=f"Отдел {n:02}", name_en=f"Unit {n:02}")
        for n in range(units)
    ]
    db.session.add_all(made)
    db.session.flush()
    people = [
        User(
            login=f"crowd{n}",
            email=f"crowd{n}@town.example",
            given="Иван",
            family=f"Людов{n:04}",
            organisation_id=home,
            unit_id=made[n % units].id,
            position="специалист",
        )
        for n in range(number)
    ]
    db.session.add_all(people)
    db.session.flush()
    deadline = followed.requirement.deadline
    db.session.add_all(
        Obligation(requirement_id=followed.id, user_id=each.id, deadline=deadline)
        for each in people
    )
    db.session.add_all(
        Confirmation(
            requirement_id=followed.id,
            user_id=each.id,
            revision_id=followed.text_id,
            number=1,
            language="bg",
            name=each.full_name,
            position=each.position,
            unit_id=each.unit_id,
        )
        for each in people[:confirmed]
    )
    site.bump()


def in_days(number: int) -> datetime:
    return clock.end_of_day(clock.today() + timedelta(days=number))
