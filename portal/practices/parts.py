"""What a practice's form is made of: steps, fields and the columns of their rows."""

from dataclasses import dataclass, field
from typing import Any, Literal

# R: without it a practice is not sent for review. V: asked for by reviewers, shown in the meter.
Need = Literal["R", "V", "o"]
Kind = Literal[
    "line",  # one line of text
    "text",  # several lines
    "choice",  # one of `choices`
    "choices",  # any of `choices`
    "yes",  # a tick
    "month",  # «2024-05», or «2024» where the month is not known
    "number",
    "rows",  # a list of rows with `columns`
    "files",  # rows that begin with an uploaded file
    "pictures",  # rows that begin with a picture
    "topics",
    "person",
]
Choices = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Column:
    """A part of each row. low, high: of a number; high: characters of a text."""

    key: str
    label: Any
    kind: Kind = "line"
    need: Need = "R"
    high: float = 200
    low: float = 0
    choices: Choices = ()
    default: str = ""


@dataclass(frozen=True)
class Field:
    """A field of the record. `number` is its line in the list of 32 that the record is made from.

    low, high: characters of a text, rows of a list, or the bounds of a number. why: what the
    field gives to whoever reads the practice; the meter shows it while the field is empty.
    """

    key: str
    number: int
    label: Any
    kind: Kind
    need: Need = "o"
    why: Any = ""
    hint: Any = ""
    low: float = 0
    high: float = 200
    choices: Choices = ()
    columns: tuple[Column, ...] = ()
    in_failed: bool = False  # whether the shorter record of what did not work has it
    need_failed: Need | None = None  # its need there, where it differs

    def needed(self, failed: bool) -> Need:
        """How much it is needed in a record of what worked, or of what did not."""
        return self.need_failed if failed and self.need_failed else self.need


@dataclass(frozen=True)
class Step:
    """A page of the form."""

    key: str
    label: Any
    fields: tuple[Field, ...] = field(default_factory=tuple)
