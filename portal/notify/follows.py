"""Following a space, a topic or a person; how one is told of each, and of each kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, delete, or_, select
from werkzeug.exceptions import NotFound

from portal.access import Action, Viewer, require
from portal.accounts.models import User
from portal.accounts.policy import policy as people_policy
from portal.content.models import Topic
from portal.kernel.database import db, first, rows
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, language
from portal.kernel.transaction import transaction
from portal.notify import notices, unsubscribing
from portal.notify.models import Follow, NoticeChoice
from portal.spaces import queries as spaces
from portal.spaces.models import Space

# What can be followed, and the column that says it.
THINGS: dict[str, Any] = {
    "space": Follow.space_id,
    "topic": Follow.topic_id,
    "person": Follow.person_id,
}
MODELS: dict[str, Any] = {"space": Space, "topic": Topic, "person": User}
KIND = "kind"
DIGEST, DAILY = unsubscribing.DIGEST, "daily"
# Each thing and the way chosen for it; "" leaves a thing to what is chosen for the kind.
Changes = Mapping[tuple[str, int | str], str]


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of the choices: a kind of notice, or a thing followed or a member's space."""

    thing: str  # kind, space, topic, person
    ident: int | str
    name: str
    way: str  # one of notices.WAYS; "" for a space that is left to the kind's choice
    fixed: str = ""  # why it cannot be chosen

    @property
    def field(self) -> str:
        return f"{self.thing}-{self.ident}"


@dataclass
class Choices:
    """How a person is told: by kind, and by what she follows. digest: whether she gets it."""

    digest: Choice
    kinds: list[Choice] = field(default_factory=list)
    spaces: list[Choice] = field(default_factory=list)
    topics: list[Choice] = field(default_factory=list)
    people: list[Choice] = field(default_factory=list)

    def every(self) -> list[Choice]:
        return [self.digest, *self.kinds, *self.spaces, *self.topics, *self.people]


_CHOSEN = select(NoticeChoice.kind, NoticeChoice.mail).where(
    NoticeChoice.user_id == bindparam("viewer_id")
)
_FOLLOWED = (
    select(
        Follow.space_id,
        Follow.topic_id,
        Follow.person_id,
        Follow.mail,
        Topic.name_bg,
        Topic.name_en,
        User.given,
        User.family,
        User.given_latin,
        User.family_latin,
    )
    .outerjoin(Topic, Topic.id == Follow.topic_id)
    .outerjoin(User, User.id == Follow.person_id)
    # Whom she may not see any more is named to her no more.
    .where(
        Follow.user_id == bindparam("viewer_id"),
        or_(Follow.person_id.is_(None), people_policy.readable),
    )
    .order_by(Topic.name_bg, User.family, User.given, Follow.id)
)


def choices(viewer: Viewer) -> Choices:
    """Everything that the viewer may choose, as it stands. Three statements."""
    chosen = {row.kind: row.mail for row in rows(_CHOSEN, viewer.params)}
    way = chosen.get(DIGEST, DAILY)
    found = Choices(Choice(KIND, DIGEST, _("Daily digest"), way))
    for kind in notices.kinds():
        if kind.is_chosen:
            way = kind.default if kind.fixed else chosen.get(kind.name, kind.default)
            line = Choice(KIND, kind.name, str(kind.label), way, str(kind.fixed))
            found.kinds.append(line)
    said: dict[int, str] = {}
    for row in rows(_FOLLOWED, viewer.params):
        if row.space_id is not None:
            said[row.space_id] = row.mail
        elif row.topic_id is not None:
            found.topics.append(Choice("topic", row.topic_id, _topic(row), row.mail))
        else:
            found.people.append(Choice("person", row.person_id, _person(row), row.mail))
    for space in spaces.mine(viewer):
        found.spaces.append(Choice("space", space.id, space.name, said.get(space.id, "")))
    return found


def _topic(row: Row[Any]) -> str:
    return str((language() == "en" and row.name_en) or row.name_bg)


def _person(row: Row[Any]) -> str:
    latin = f"{row.given_latin} {row.family_latin}".strip()
    return (language() == "en" and latin) or f"{row.given} {row.family}"


_STATE = {
    thing: select(Follow.mail).where(
        Follow.user_id == bindparam("viewer_id"), column == bindparam("ident")
    )
    for thing, column in THINGS.items()
}


def way_of(thing: str, ident: int, viewer: Viewer) -> str:
    """How the viewer follows a thing: one of notices.WAYS, or "" when she said nothing."""
    row = first(_STATE[thing], {"viewer_id": viewer.user_id or 0, "ident": ident})
    return str(row.mail) if row is not None else ""


@transaction
def follow(thing: str, ident: int, way: str, *, by: Viewer) -> None:
    """Say how one wants to be told of a thing; see `choose`."""
    choose({(thing, ident): way}, by=by)


@transaction
def choose(changes: Changes, *, by: Viewer) -> None:
    """Write some of one's choices; all others stay as they are.

    Raises Refused at the choice's field when the way is none, or the kind is not for choosing;
    NotFound for a space that she does not enter, a person whom she may not see, no topic.
    """
    if by.user_id is None:
        raise NotFound
    for (thing, ident), way in changes.items():
        if thing == KIND:
            _choose_kind(str(ident), way, by.user_id)
        else:
            _choose_thing(thing, int(ident), way, by)


def _choose_kind(name: str, way: str, user_id: int) -> None:
    kind = notices.kind_of(name)
    if name == DIGEST and way in (DAILY, "off"):
        db.session.merge(NoticeChoice(user_id=user_id, kind=name, mail=way))
        return
    if kind is None or kind.fixed or not kind.is_chosen or way not in notices.WAYS:
        raise Refused(f"{KIND}-{name}", _("Choose one of the list."))
    db.session.merge(NoticeChoice(user_id=user_id, kind=name, mail=way))


def _choose_thing(thing: str, ident: int, way: str, by: Viewer) -> None:
    column = THINGS.get(thing)
    if column is None:
        raise NotFound
    mine = (Follow.user_id == by.user_id, column == ident)
    if not way:  # also for what she may not see any more: it is her own word that she takes back
        db.session.execute(delete(Follow).where(*mine))
        return
    if way not in notices.WAYS:
        raise Refused(f"{thing}-{ident}", _("Choose one of the list."))
    _must_see(thing, ident, by)
    row = db.session.scalar(select(Follow).where(*mine)) or Follow(user_id=by.user_id)
    setattr(row, column.key, ident)
    row.mail = way
    db.session.add(row)


def _must_see(thing: str, ident: int, by: Viewer) -> None:
    found = db.session.get(MODELS[thing], ident)
    if found is None or (thing == "person" and ident == by.user_id):
        raise NotFound
    if thing == "space" and not by.role_in(ident):
        raise NotFound  # an administrator keeps it, and is told nothing of what lies there
    if thing != "topic":
        require(by, Action.READ, found)
