"""A record's fields as a reader knows them: topics, people and files by their names."""

from typing import Any

from sqlalchemy import bindparam, select

from portal.accounts.models import User
from portal.content.kinds import Words
from portal.content.models import Topic
from portal.files import queries as files
from portal.kernel.database import rows
from portal.kernel.i18n import language
from portal.practices import record as records
from portal.practices import services
from portal.practices.cleaning import Record, is_empty
from portal.practices.models import PracticeRevision
from portal.practices.parts import Column, Field

_TOPICS = select(Topic.id, Topic.name_bg, Topic.name_en)
_PEOPLE = select(User.id, User.given, User.family, User.given_latin, User.family_latin).where(
    User.id.in_(bindparam("ids", expanding=True))
)


class Told:
    """The words of one text of a practice."""

    def __init__(self, text: PracticeRevision) -> None:
        self.given: Record = services.values_of(text)
        self.files = {file.id: file for file in files.held(text.id)}
        self._topics = {row.id: name_of(row) for row in rows(_TOPICS)}
        contact = self.given.get("contact")
        self._people = people([contact]) if contact else {}

    def value(self, each: Field | Column, value: Any) -> str:
        """A single value in words."""
        if is_empty(value):
            return ""
        if each.kind == "topics":
            return ", ".join(filter(None, (self._topics.get(ident) for ident in value)))
        if each.kind == "person":
            return self._people.get(value, "")
        return records.words_of(each, value)

    def field(self, each: Field) -> str:
        """A field in one piece of text; a list has a line for each row."""
        value: Any = self.given.get(each.key)
        if each.columns:
            return "\n".join(self._row(each, row) for row in value or ())
        return self.value(each, value)

    def held(self, each: Field) -> tuple[int, ...]:
        """The numbers of the files in a list's rows."""
        found = self.given.get(each.key) if each.columns else None
        return tuple(row["file"] for row in found or () if row.get("file"))

    def _row(self, each: Field, row: Record) -> str:
        file = self.files.get(row.get("file"))
        return " · ".join(filter(None, (records.row_words(each, row), file and file.name)))


def words(text: PracticeRevision) -> list[Words]:
    """Every field that the form of this record has."""
    told = Told(text)
    failed = bool(text.record.get("failed"))
    return [
        Words(each.key, str(each.label), told.field(each), held=told.held(each))
        for each in records.fields(failed)
    ]


def people(ids: list[int]) -> dict[int, str]:
    """Names of people by number, in the letters of the reader's language."""
    return {row.id: _person(row) for row in rows(_PEOPLE, {"ids": ids})}


def _person(row: Any) -> str:
    latin = f"{row.given_latin} {row.family_latin}".strip()
    return (language() == "en" and latin) or f"{row.given} {row.family}"


def name_of(row: Any) -> str:
    """A row's name in the reader's language."""
    return str((language() == "en" and row.name_en) or row.name_bg)
