"""The municipality that is measured: its people and spaces, the same ones each time."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.access import Role
from portal.accounts.models import Group, Organisation, User
from portal.content.models import Topic
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.text import latin, slug
from portal.spaces.models import Membership, Space
from scripts.bench.table_rows import Rows
from tests.support.papers import words
from tests.support.papers.text import Composer

SPACES = 20
PARTNERS = 20
TOPICS = (
    "Администрация", "Бюджет и финанси", "Доброволчество", "Екология", "Зелена система",
    "Култура", "Младежи", "Образование", "Сигурност", "Социални услуги", "Спорт", "Транспорт",
)  # fmt: skip
_GIVEN = [name.split() for name in words.PERSON]
WOMEN = [pair for pair in _GIVEN if pair[1].endswith("а")]
MEN = [pair for pair in _GIVEN if not pair[1].endswith("а")]


@dataclass
class Town:
    """What was made, by number. `spaces` are the twenty workspaces, u in three of them."""

    composer: Composer
    now: datetime
    rows: Rows = field(default_factory=Rows)
    home: int = 0
    intranet: int = 0
    extranet: int = 0
    people: list[int] = field(default_factory=list)
    spaces: list[int] = field(default_factory=list)
    partners: list[tuple[int, int, int]] = field(
        default_factory=list
    )  # organisation, space, person
    topics: list[int] = field(default_factory=list)

    @property
    def random(self) -> random.Random:
        return self.composer.random

    def moment(self, place: int, of: int) -> datetime:
        """When the item of a place was released, over three years from the newest on."""
        return self.now - timedelta(days=3 * 365) * place / of - timedelta(minutes=7)

    def member_of(self, space: int, n: int) -> int:
        """Some person who is in the workspace of this place, others for other n."""
        each = len(self.people) // SPACES
        return self.people[space + SPACES * (n % each)]


def make(people: int, password_hash: str) -> Town:
    """People, spaces, memberships, partners and topics, in a founded installation."""
    town = Town(Composer("bench"), clock.now())
    spaces = {row.kind: row.id for row in db.session.execute(select(Space.kind, Space.id))}
    town.intranet, town.extranet = spaces["intranet"], spaces["extranet"]
    town.home = db.session.scalars(select(Organisation.id)).one()
    units = _units(town)
    for u in range(people):
        town.people.append(_person(town, u, town.home, units[u % len(units)], password_hash))
    for s in range(SPACES):
        town.spaces.append(_workspace(town, s))
    for u, person in enumerate(town.people):
        for step in (0, 7, 13):
            _member(town, town.spaces[(u + step) % SPACES], _role(u, step), user_id=person)
    for p in range(PARTNERS):
        _partner(town, p, password_hash)
    for n in (0, 1):  # the intranet and the extranet need editors
        _member(town, town.intranet, Role.EDITOR, user_id=town.people[n])
        _member(town, town.extranet, Role.EDITOR, user_id=town.people[n])
    for name in TOPICS:
        town.topics.append(town.rows.number(Topic))
        town.rows.add(Topic, id=town.topics[-1], slug=slug(name), name_bg=name, name_en=latin(name))
    town.rows.write()
    return town


def _role(u: int, step: int) -> Role:
    """Each workspace has an editor and a few who write; most people only read."""
    if step == 0 and u < SPACES:
        return Role.EDITOR
    return Role.CONTRIBUTOR if step == 0 and u % 3 == 0 else Role.READER


def _units(town: Town) -> list[int]:
    numbers = []
    for name in words.UNIT:
        numbers.append(town.rows.number(Group))
        town.rows.add(Group, id=numbers[-1], kind="department", name_bg=name, name_en=latin(name))
    return numbers


def _person(
    town: Town, u: int, organisation: int, unit: int | None, password_hash: str | None
) -> int:
    names = (WOMEN, MEN)[u % 2]
    given, family = names[u % len(names)][0], names[u // 2 % len(names)][1]
    user = User(
        id=town.rows.number(User),
        login=f"{slug(given)}.{slug(family)}.{u}.{organisation}",
        email=f"{slug(given)}.{u}.{organisation}@belobryag.example",
        given=given,
        family=family,
        given_latin=latin(given),
        family_latin=latin(family),
        position="Старши експерт",
        organisation_id=organisation,
        unit_id=unit,
        room=str(100 + u),
        phone=f"056 {100 + u} {200 + u}",
        password_hash=password_hash,
    )
    user.needle = user.words()
    fields = {name: value for name, value in vars(user).items() if not name.startswith("_")}
    town.rows.add(User, **fields)
    return int(user.id)


def _workspace(town: Town, s: int) -> int:
    number = town.rows.number(Space)
    name = f"Работна група {s + 1}: {town.composer.pick(words.THING)}"
    town.rows.add(
        Space,
        id=number,
        kind="workspace",
        slug=f"space-{s}",
        name_bg=name[: Space.NAME_MAX],
        name_en=f"Working group {s + 1}",
        purpose=town.composer.sentence(),
        organisation_id=None,
        is_listed=s != SPACES - 1,  # the last one is closed
    )
    return number


def population(p: int) -> int:
    """Inhabitants of the partner at a place of the list."""
    return 2_000 * (p + 1) ** 2


def _partner(town: Town, p: int, password_hash: str) -> None:
    """An organisation with a private space and a person who writes in it."""
    organisation, space = town.rows.number(Organisation), town.rows.number(Space)
    name = f"Община {words.PLACE[p % len(words.PLACE)].split(' ', 1)[1]} {p + 1}"
    town.rows.add(
        Organisation,
        id=organisation,
        kind="municipality",
        name_bg=name,
        name_en=latin(name),
        population=population(p),
    )
    town.rows.add(
        Space,
        id=space,
        kind="organisation",
        slug=f"partner-{p}",
        name_bg=name,
        name_en=latin(name),
        purpose="",
        organisation_id=organisation,
        is_listed=False,
    )
    person = _person(town, p, organisation, None, password_hash)
    _member(town, space, Role.CONTRIBUTOR, organisation_id=organisation)
    _member(town, town.extranet, Role.READER, organisation_id=organisation)
    town.partners.append((organisation, space, person))


def _member(
    town: Town,
    space: int,
    role: Role,
    *,
    user_id: int | None = None,
    organisation_id: int | None = None,
) -> None:
    town.rows.add(
        Membership,
        space_id=space,
        role=int(role),
        user_id=user_id,
        organisation_id=organisation_id,
    )
