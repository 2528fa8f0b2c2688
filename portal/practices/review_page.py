"""What a reviewer sees of a practice: each field with its words, what changed, and the remarks."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from portal.accounts.models import Organisation
from portal.content import comparing
from portal.content import services as content
from portal.content.comparing import Change
from portal.kernel.database import db
from portal.practices import record as records
from portal.practices.cleaning import Record
from portal.practices.models import PracticeRevision
from portal.practices.parts import Field, Step
from portal.practices.told import Told, name_of, people
from portal.review.queries import Word, spoken


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
    change: Change | None = None  # against the text that readers see now
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
        self._told = Told(text)
        self.given = self._told.given
        self.completeness = records.completeness(self.given)
        said = spoken(text)
        self.words, self._at = said.whole, said.at
        live = content.released_revision(text.content, text.language)
        self.live = live if isinstance(live, PracticeRevision) and live.id != text.id else None
        found = comparing.changes(self.live, text, None) if self.live else []
        self._changes = {change.key: change for change in found}
        owner = db.session.get(Organisation, self.given.get("organisation") or 0)
        self.organisation = name_of(owner) if owner else ""
        self.author = people([text.changed_by_id]).get(text.changed_by_id, "")
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
            seen.words = self._told.value(each, value)
        seen.gaps = [gap.words for gap in self.completeness.missing if gap.field is each]
        seen.change = self._changes.get(each.key)
        return seen

    def _row(self, each: Field, row: Record) -> Row:
        cells = [(column.label, records.words_of(column, row.get(column.key)))
                 for column in each.columns]  # fmt: skip
        shown = [cell for cell in cells if cell[1]]
        return Row(shown, self._told.files.get(row.get("file")), each.kind == "pictures")


def field_keys() -> Sequence[Field]:
    """Every field that a remark may stand at."""
    return list(records.fields(failed=False))
