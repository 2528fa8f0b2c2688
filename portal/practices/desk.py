"""What the pages of writing show. Statements are built once, values are the viewer's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select

from portal.access import Role, Viewer
from portal.accounts.models import Group, Organisation, User
from portal.accounts.policy import policy as people_policy
from portal.accounts.queries import named, reader_name
from portal.content.models import (
    OPEN,
    RELEASED,
    Content,
    Decision,
    Life,
    RevisionTopic,
)
from portal.content.queries import params, remarks_at
from portal.files.queries import chosen
from portal.kernel.database import first, rows
from portal.kernel.i18n import language
from portal.practices import record as records
from portal.practices.cleaning import Record
from portal.practices.models import PracticeRevision
from portal.practices.parts import Step
from portal.practices.record import Completeness
from portal.practices.services import HOMES
from portal.spaces.models import Membership, Space

AT_WORK_MAX = 100
RELEASED_MAX = 100
_NAME = (User.given, User.family, User.given_latin, User.family_latin)

_SPACES = select(
    Space.id, Space.kind, Space.name_bg, Space.name_en, Space.organisation_id
).where(
    Space.id.in_(bindparam("contributes", expanding=True)),
    Space.kind.in_(HOMES),
    Space.archived_at.is_(None),
).order_by(Space.name_bg, Space.id)  # fmt: skip


def spaces(viewer: Viewer) -> list[tuple[int, str]]:
    """Where the viewer may begin a practice: her organisation's own space first, then where
    staff and partners meet, then the others."""
    order = {"extranet": 1, "workspace": 2, "organisation": 3}

    def place(row: Row[Any]) -> int:
        own = row.organisation_id is not None and row.organisation_id == viewer.organisation_id
        return 0 if own else order[row.kind]

    found = sorted(rows(_SPACES, viewer.params), key=place)
    return [(row.id, named(row)) for row in found]


_PEOPLE = (
    select(User.id, *_NAME, User.position, User.position_en)
    .where(
        User.organisation_id == bindparam("organisation"),
        User.retired_at.is_(None),
        or_(people_policy.readable, User.id == bindparam("chosen")),
    )
    .order_by(User.family, User.given, User.id)
)


def people(viewer: Viewer, given: Record) -> list[tuple[str, str]]:
    """Who may answer for the practice of a record: number and name.

    Of its organisation, as far as the viewer knows those people: where partners and staff write
    together, the form is no list of the other's house. Whoever is chosen already is among them.
    """
    wanted = {"organisation": given["organisation"], "chosen": given.get("contact") or 0}
    return [
        (str(row.id), ", ".join(filter(None, (reader_name(row), _position(row)))))
        for row in rows(_PEOPLE, {**viewer.params, **wanted})
    ]


def _position(row: Row[Any]) -> str:
    return str((language() == "en" and row.position_en) or row.position)


_PERSON = select(*_NAME).where(User.id == bindparam("id"))


def person_name(user_id: int) -> str:
    """Who wrote or changed a text, for those who work on it."""
    row = first(_PERSON, {"id": user_id})
    return reader_name(row) if row else ""


_OWNER = select(Organisation.name_bg, Organisation.name_en).where(
    Organisation.id == bindparam("id")
)


def organisation_name(ident: int) -> str:
    row = first(_OWNER, {"id": ident})
    return named(row) if row else ""


def files(viewer: Viewer, ids: Sequence[int], content_id: int) -> dict[int, Any]:
    """Files of a form by number: the viewer's own uploads and those that a text of it holds."""
    return {row.id: row for row in chosen(viewer, ids, content_id)}


_RETURNED = (
    select(Decision.at, Decision.remark, *_NAME)
    .join(User, User.id == Decision.by_id)
    .where(Decision.revision_id == bindparam("revision_id"), Decision.verdict == "returned")
    .order_by(Decision.id.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Returned:
    """The reviewers' last word on a text that they sent back."""

    decision: Any
    at: Mapping[str, Sequence[Any]]  # remarks by the field's key

    @property
    def by(self) -> str:
        """Who returned it."""
        return reader_name(self.decision)

    def count(self, step: Step) -> int:
        keys = {each.key for each in step.fields}
        return sum(len(words) for key, words in self.at.items() if key.split("-")[0] in keys)


def returned(revision_id: int) -> Returned | None:
    """Why a text came back, newest first; None when nobody has returned it."""
    decision = first(_RETURNED, {"revision_id": revision_id})
    if decision is None:
        return None
    latest = {
        key: [word for word in words if word.at == decision.at]
        for key, words in remarks_at(revision_id).items()
    }
    return Returned(decision, {key: words for key, words in latest.items() if words})


_EDITORS = (
    select(*_NAME)
    .join(Membership, Membership.user_id == User.id)
    .where(
        Membership.space_id == bindparam("space_id"),
        Membership.role >= int(Role.EDITOR),
        User.retired_at.is_(None),
    )
    .order_by(User.family, User.given)
    .limit(6)
)
_GROUP = select(Group.name_bg, Group.name_en).where(Group.id == bindparam("id"))


def reviewers(space: Space) -> list[str]:
    """Who gives her word on the texts of a space: its named group, else its editors by name."""
    if space.reviewers_id is not None:
        row = first(_GROUP, {"id": space.reviewers_id})
        return [named(row)] if row else []
    return [reader_name(row) for row in rows(_EDITORS, {"space_id": space.id})]


# The desk: what is at work in the spaces where the viewer contributes, and what is released.
_MINE = and_(
    Content.kind == "practice",
    Content.home_id.in_(bindparam("contributes", expanding=True)),
    or_(
        Content.is_shared,
        Content.owner_id == bindparam("viewer_id"),
        Content.home_id.in_(bindparam("edits", expanding=True)),
    ),
)
_TEXT = (
    Content.id,
    Content.slug,
    Content.life,
    PracticeRevision.id.label("revision_id"),
    PracticeRevision.language,
    PracticeRevision.state,
    PracticeRevision.title,
    PracticeRevision.summary,
    PracticeRevision.changed_at,
    PracticeRevision.released_at,
    *_NAME,
    Space.name_bg,
    Space.name_en,
    Space.organisation_id,
)
_TEXTS = (
    select(*_TEXT)
    .join(PracticeRevision, PracticeRevision.content_id == Content.id)
    .join(User, User.id == PracticeRevision.changed_by_id)
    .join(Space, Space.id == Content.home_id)
    .where(_MINE, Content.life != Life.TRASHED)
)
_AT_WORK = (
    _TEXTS.add_columns(PracticeRevision.record)
    .where(PracticeRevision.state.in_(OPEN))
    .order_by(PracticeRevision.changed_at.desc(), PracticeRevision.id.desc())
    .limit(AT_WORK_MAX)
)
_RELEASED = (
    _TEXTS.where(PracticeRevision.state.in_(RELEASED))
    .order_by(PracticeRevision.released_at.desc(), PracticeRevision.id.desc())
    .limit(RELEASED_MAX)
)
_TRASHED = (
    select(Content.id, Content.title, Content.trashed_at, Space.name_bg, Space.name_en)
    .join(Space, Space.id == Content.home_id)
    .where(
        Content.kind == "practice",
        Content.life == Life.TRASHED,
        Content.home_id.in_(bindparam("edits", expanding=True)),
    )
    .order_by(Content.trashed_at.desc())
    .limit(AT_WORK_MAX)
)
_ORIGINALS = (
    select(
        PracticeRevision.content_id,
        PracticeRevision.language,
        PracticeRevision.title,
        PracticeRevision.summary,
        PracticeRevision.record,
    )
    .where(
        PracticeRevision.content_id.in_(bindparam("ids", expanding=True)),
        PracticeRevision.state.in_((*OPEN, *RELEASED)),
    )
    .order_by(PracticeRevision.number)
)
_TOPICS = select(RevisionTopic.revision_id, RevisionTopic.topic_id).where(
    RevisionTopic.revision_id.in_(bindparam("ids", expanding=True))
)


@dataclass(frozen=True)
class AtWork:
    """A text at work and how much of it is there."""

    row: Row[Any]
    complete: Completeness
    untranslated: int  # texts in the words of the original


def at_work(viewer: Viewer) -> list[AtWork]:
    """Texts at work, the last changed first."""
    found = rows(_AT_WORK, params(viewer))
    topics: dict[int, list[int]] = {}
    for row in rows(_TOPICS, {"ids": [row.revision_id for row in found]}) if found else ():
        topics.setdefault(row.revision_id, []).append(row.topic_id)
    originals = _originals([row for row in found if row.language != row.record.get("original")])
    made = []
    for row in found:
        given = _values(row, topics.get(row.revision_id, ()))
        original = originals.get((row.id, row.language))
        same = records.untranslated(original, given) if original else ()
        made.append(AtWork(row, records.completeness(given), len(same)))
    return made


def _values(row: Row[Any], topics: Sequence[int] = ()) -> Record:
    return records.values(row.title, row.summary, topics, row.record)


def _originals(translations: Sequence[Row[Any]]) -> dict[tuple[int, str], Record]:
    """The texts that translations are made of, by the practice and the translation's language."""
    if not translations:
        return {}
    # The newest last: a text at work counts rather than the one that readers see.
    texts = rows(_ORIGINALS, {"ids": [row.id for row in translations]})
    return {(row.content_id, "en" if row.language == "bg" else "bg"): _values(row) for row in texts}


def released(viewer: Viewer) -> Sequence[Row[Any]]:
    """Texts that readers see, the newest first."""
    return rows(_RELEASED, params(viewer))


def trashed(viewer: Viewer) -> Sequence[Row[Any]]:
    """What lies in the trash of the spaces that she edits."""
    if not viewer.params["edits"]:
        return ()
    return rows(_TRASHED, params(viewer))
