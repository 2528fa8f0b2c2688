"""People in the one search box, as far as the people's policy shows them to the asker."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from portal.accounts import queries
from portal.accounts.models import Group, Organisation, User
from portal.accounts.policy import policy
from portal.kernel.database import db
from portal.kernel.i18n import _l, language
from portal.kernel.links import link
from portal.search.protocol import SearchDocument, Shown, apart


class PeopleSearch:
    """A person is found by name in either alphabet, position, unit, room, phone and duties."""

    kind = "person"
    label: Any = _l("People")
    icon = "user"
    answers = True  # who looks for a person wants her phone, above the texts that name her

    def document(self, item_id: int) -> SearchDocument | None:
        user = db.session.get(User, item_id)
        audience = policy.audience(user) if user is not None else frozenset()
        if user is None or not audience:
            return None
        return SearchDocument(
            kind=self.kind,
            item_id=user.id,
            title=user.full_name,
            text=apart((user.position, user.position_en, user.duties)),
            audience=audience,
            names=apart((user.latin_name, *_place(user), *_phones(user.phone))),
            organisation=user.organisation_id,
        )

    def ids(self) -> Iterator[int]:
        yield from db.session.scalars(select(User.id).where(User.retired_at.is_(None)))

    def show(
        self, item_ids: Sequence[int], viewer: Any, pages: Mapping[int, int]
    ) -> dict[int, Shown]:
        return {
            ident: Shown(
                kind=self.kind,
                item_id=ident,
                title=(language() == "en" and person.latin) or person.full_name,
                url=link("people.show", user_id=ident),
                text="\n".join(filter(None, (person.position, person.duties))),
                facts=_facts(person),
            )
            for ident, person in queries.people(viewer, item_ids).items()
        }


def _place(user: User) -> list[str]:
    """Where she belongs and sits: all that a colleague may remember of her."""
    unit = db.session.get(Group, user.unit_id) if user.unit_id else None
    house = db.session.get(Organisation, user.organisation_id)
    if house is not None and house.is_home:
        house = None  # it is everybody's, so «община» would find the whole town hall
    names = [name for group in (unit, house) if group for name in (group.name_bg, group.name_en)]
    return [*names, user.building, user.room]


def _phones(phone: str) -> list[str]:
    """The number as written and as digits alone, so that either is found."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    return [phone, digits] if digits else [phone]


def _facts(person: queries.Person) -> list[str]:
    where = person.unit or ("" if person.is_home else person.organisation)
    return [fact for fact in (where, person.room_words, person.phone) if fact]
