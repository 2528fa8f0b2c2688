"""Items that ask for «Запознат съм», made through the services that people use."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select

from portal.access import Viewer
from portal.confirming.models import Confirmation, Obligation, Requirement
from portal.confirming.services import Targets, Wish
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from portal.news import services as news
from portal.news.models import NewsRevision
from portal.news.services import Text
from portal.spaces.models import Space


def wish(
    users: Iterable[int] = (),
    groups: Iterable[int] = (),
    spaces: Iterable[int] = (),
    days: int = 6,
    last_day: date | None = None,
    **more,
) -> Wish:
    """A wish for people, units and spaces; days: how many are left after today."""
    targets = Targets(frozenset(users), frozenset(groups), frozenset(spaces))
    return Wish(targets, last_day or clock.today() + timedelta(days=days), **more)


def ordered(
    space: Space, by: Viewer, wished: Wish | None, title: str = "Заповед", **more
) -> NewsRevision:
    """A published item of a space without review, with what is asked of whom."""
    text = Text(title=title, body="<p>Нареждам.</p>", wish=wished, **more)
    return news.write(space, "bg", text, by=by, then="release")


def requirement(item: int | Content | NewsRevision) -> Requirement:
    """The newest round of an item."""
    number = item if isinstance(item, int) else getattr(item, "content_id", None) or item.id
    db.session.rollback()
    found = select(Requirement).where(Requirement.content_id == number)
    return db.session.scalars(found.order_by(Requirement.round.desc())).first()


def asked_people(item: int | Content | NewsRevision) -> set[int]:
    """Who is asked now, and did not leave."""
    held = select(Obligation.user_id).where(
        Obligation.requirement_id == requirement(item).id, Obligation.left_at.is_(None)
    )
    return set(db.session.scalars(held))


def confirmations(item: int | Content | NewsRevision) -> list[Confirmation]:
    """Every confirmation of an item, of all its rounds."""
    db.session.rollback()
    number = item if isinstance(item, int) else getattr(item, "content_id", None) or item.id
    found = (
        select(Confirmation)
        .join(Requirement, Requirement.id == Confirmation.requirement_id)
        .where(Requirement.content_id == number)
        .order_by(Confirmation.id)
    )
    return list(db.session.scalars(found))
