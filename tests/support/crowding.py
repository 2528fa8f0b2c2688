"""A municipality of many people who all want to be told of news at once."""

from sqlalchemy import insert

from portal.accounts.models import User
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify.models import NoticeChoice


@transaction
def add(number: int, organisation_id: int) -> list[int]:
    """So many people of an organisation; their numbers."""
    db.session.execute(
        insert(User),
        [
            {
                "login": f"crowd{n}",
                "given": "Мария",
                "family": f"Желева-{n}",
                "email": f"crowd{n}@town.example",
                "organisation_id": organisation_id,
            }
            for n in range(number)
        ],
    )
    people = list(db.session.scalars(db.select(User.id).where(User.login.startswith("crowd"))))
    wishes = [{"user_id": person, "kind": "news", "mail": "now"} for person in people]
    db.session.execute(insert(NoticeChoice), wishes)
    return people
