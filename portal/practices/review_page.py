"""What a reviewer sees of a practice: each field with its words, what changed, and the remarks."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import bindparam, select

from portal.accounts.models import Organisation, User
from portal.content import services as content
from portal.content.models import Decision, Remark, Topic
from portal.files.models import Attachment, File
from portal.kernel import diff
from portal.kernel.database import db, first, rows
from portal.kernel.i18n import language
from portal.practices import record as records
from portal.practices import services
from portal.practices.cleaning import Record, is_empty
from portal.practices.models import PracticeRevision
from portal.practices.parts import Column, Field, Step


@dataclass
class Word:
    """A reviewer's word at a field or on the whole. is_older: the text was saved since."""

    at: datetime
    by: str
    text: str
    verdict: str
    is_older: bool


@dataclass
class Row:
    """A row of a list: its cells with their labels, and its file if it has one."""

    cells: list[tuple[Any, str]]
    file: Any = None
    is_picture: bool = False


@dataclass
class Seen:
    """A field as the reviewer sees it."""

    field: Field
    words: str = ""
    rows: list[Row] = dataclasses.field(default_factory=list)
    gaps: list[str] = dataclasses.field(default_factory=list)  # what it lacks, for its author
    change: Markup | None = None  # against the text that readers see now
    remarks: list[Word] = dataclasses.field(default_factory=list)

    @property
    def key(self) -> str:
        return self.field.key

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.rows)

    @property
    def is_worth_showing(self) -> bool:
        """Whether it stands among the fields, not folded up with those nobody filled in."""
        return not self.is_empty or bool(self.gaps or self.remarks or self.change)


@dataclass
class Sight:
    """A step of the form with its fields."""

    step: Step
    seen: list[Seen]

    @property
    def shown(self) -> list[Seen]:
        return [each for each in self.seen if each.is_worth_showing]

    @property
    def left_out(self) -> list[Seen]:
        return [each for each in self.seen if not each.is_worth_showing]


class ReviewPage:
    """A text of a practice with all that helps to judge it."""

    def __init__(self, text: PracticeRevision) -> None:
        self.text = text
        self.given = services.values_of(text)
        self.completeness = records.completeness(self.given)
        self.words, self._at = _words(text)
        self._files = {row.id: row for row in rows(_FILES, {"revision_id": text.id})}
        live = content.released_revision(text.content, text.language)
        self.live = live if isinstance(live, PracticeRevision) and live.id != text.id else None
        self._before = services.values_of(self.live) if self.live else None
        self._names = _names_in(self.given, self._before)
        owner = db.session.get(Organisation, self.given.get("organisation") or 0)
        self.organisation = _name_of(owner) if owner else ""
        self.author = _person(text.changed_by_id)
        self.sights = list(self._sights())

    @property
    def failed(self) -> bool:
        return bool(self.given.get("failed"))

    @property
    def changed(self) -> list[Seen]:
        return [each for sight in self.sights for each in sight.seen if each.change]

    def _sights(self) -> Iterator[Sight]:
        for step in records.steps(self.failed):
            yield Sight(step, [self._seen(each) for each in step.fields])

    def _seen(self, each: Field) -> Seen:
        value = self.given.get(each.key)
        seen = Seen(each, remarks=self._at.get(each.key, []))
        if each.columns:
            seen.rows = [self._row(each, row) for row in value or ()]
        else:
            seen.words = self._in_words(each, value)
        seen.gaps = [gap.words for gap in self.completeness.missing if gap.field is each]
        if self._before is not None:
            was, is_ = self._told(each, self._before), self._told(each, self.given)
            seen.change = diff.words(was, is_) if was != is_ else None
        return seen

    def _row(self, each: Field, row: Record) -> Row:
        cells = [(column.label, records.words_of(column, row.get(column.key)))
                 for column in each.columns]  # fmt: skip
        shown = [cell for cell in cells if cell[1]]
        return Row(shown, self._files.get(row.get("file")), each.kind == "pictures")

    def _in_words(self, each: Field | Column, value: Any) -> str:
        if is_empty(value):
            return ""
        if each.kind == "topics":
            return ", ".join(filter(None, (self._names["topics"].get(ident) for ident in value)))
        if each.kind == "person":
            return self._names["people"].get(value, "")
        return records.words_of(each, value)

    def _told(self, each: Field, given: Record) -> str:
        """A field in one piece of text, for comparing."""
        value = given.get(each.key)
        if each.columns:
            return "\n".join(records.row_words(each, row) for row in value or ())
        return self._in_words(each, value)


_FILES = (
    select(File.id, File.name, File.size)
    .join(Attachment, Attachment.file_id == File.id)
    .where(Attachment.revision_id == bindparam("revision_id"))
)
_TOPICS = select(Topic.id, Topic.name_bg, Topic.name_en)
_PEOPLE = select(User.id, User.given, User.family, User.given_latin, User.family_latin).where(
    User.id.in_(bindparam("ids", expanding=True))
)
# A decision without remarks at fields is one row with an empty field.
_DECISIONS = (
    select(
        Decision.id,
        Decision.at,
        Decision.verdict,
        Decision.saves,
        Decision.remark,
        User.given,
        User.family,
        User.given_latin,
        User.family_latin,
        Remark.field,
        Remark.text,
    )
    .join(User, User.id == Decision.by_id)
    .outerjoin(Remark, Remark.decision_id == Decision.id)
    .where(Decision.revision_id == bindparam("revision_id"))
    .order_by(Decision.id.desc(), Remark.id)
)


def _words(text: PracticeRevision) -> tuple[list[Word], dict[str, list[Word]]]:
    """The reviewers' words on the whole, and those at fields; the newest first."""
    whole: dict[int, Word] = {}
    at: dict[str, list[Word]] = {}
    for row in rows(_DECISIONS, {"revision_id": text.id}):
        older = row.saves < text.saves
        facts = (row.at, _name(row))
        whole.setdefault(row.id, Word(*facts, row.remark, row.verdict, older))
        if row.field is not None:
            at.setdefault(row.field, []).append(Word(*facts, row.text, row.verdict, older))
    return list(whole.values()), at


def _names_in(given: Record, before: Record | None) -> dict[str, dict[int, str]]:
    """The names of the topics and people that a text and the one before it hold."""
    people = [each.get("contact") or 0 for each in (given, before or {})]
    return {
        "topics": {row.id: _name_of(row) for row in rows(_TOPICS)},
        "people": {row.id: _name(row) for row in rows(_PEOPLE, {"ids": people})},
    }


def _person(ident: int) -> str:
    row = first(_PEOPLE, {"ids": [ident]})
    return _name(row) if row else ""


def _name(row: Any) -> str:
    latin = f"{row.given_latin} {row.family_latin}".strip()
    return (language() == "en" and latin) or f"{row.given} {row.family}"


def _name_of(row: Any) -> str:
    return str((language() == "en" and row.name_en) or row.name_bg)


def field_keys() -> Sequence[Field]:
    """Every field that a remark may stand at."""
    return list(records.fields(failed=False))
