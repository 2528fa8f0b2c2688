"""A step of the form as its page draws it: every control with its value, faults and remarks."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.kernel.i18n import language
from portal.practices.cleaning import Faults, Record, is_empty, shown_month
from portal.practices.parts import Column, Field, Step
from portal.practices.record import NO_WORDS, Missing

RADIO_MAX = 4  # choices that stand side by side; more of them fold into a list
SHORT = 60  # characters of a line that shares its row with its neighbour
Options = Sequence[tuple[str, Any]]


@dataclass
class Cell:
    """A part of a row, or a field without rows."""

    part: Field | Column
    key: str  # its id and name on the page
    value: Any = ""
    options: Options = ()
    error: str = ""  # why what was typed is not kept
    lack: str = ""  # what is begun and not yet enough

    @property
    def is_radio(self) -> bool:
        return isinstance(self.part, Field) and 0 < len(self.part.choices) <= RADIO_MAX


@dataclass
class Row:
    number: int
    cells: list[Cell]
    file: Any = None  # facts of an uploaded file
    file_id: str = ""


@dataclass
class Control(Cell):
    """A field of the form."""

    part: Field
    need: str = "o"
    rows: list[Row] = field(default_factory=list)
    blank: Row | None = None  # from which the page makes another
    remarks: Sequence[Any] = ()  # of the reviewers
    original: str = ""  # the same field in the language it was written in
    upload_error: str = ""
    was: str = ""  # a print of what is stored


@dataclass
class Drawing:
    """What the controls of a step are drawn from."""

    step: Step
    stored: Record
    failed: bool
    missing: Sequence[Missing] = ()
    typed: Mapping[str, Any] = field(default_factory=dict)  # raw values, over what is stored
    faults: Faults = field(default_factory=dict)
    remarks: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    original: Mapping[str, str] = field(default_factory=dict)
    topics: Options = ()
    people: Options = ()
    files: Mapping[int, Any] = field(default_factory=dict)
    more: str = ""  # the list that is offered another row
    strict: bool = False  # say at each control what keeps the practice from its reviewers


def groups(drawing: Drawing) -> list[list[list[Control]]]:
    """The step's controls: parted where a new subject begins, short neighbours side by side."""
    found: list[list[list[Control]]] = []
    last: int | None = None
    for control in _controls(drawing):
        if control.part.number != last:
            found.append([])
            last = control.part.number
        lines = found[-1]
        if lines and _is_short(control) and len(lines[-1]) == 1 and _is_short(lines[-1][0]):
            lines[-1].append(control)
        else:
            lines.append([control])
    return found


def _is_short(control: Control) -> bool:
    part = control.part
    if part.kind in ("month", "number", "person"):
        return True
    if part.kind == "choice":
        return not control.is_radio
    return part.kind == "line" and part.high <= SHORT


def _controls(drawing: Drawing) -> Iterator[Control]:
    lacks = {each.key: each for each in drawing.missing}
    for each in drawing.step.fields:
        control = Control(
            each,
            each.key,
            need=each.needed(drawing.failed),
            error=drawing.faults.get(each.key, ""),
            upload_error=drawing.faults.get(f"{each.key}-upload", ""),
            remarks=_remarks(each, drawing.remarks),
            original=drawing.original.get(each.key, ""),
            was=print_of(drawing.stored.get(each.key)),
        )
        control.lack = _lack(each.key, lacks, drawing, each)
        if each.columns:
            _add_rows(control, drawing, lacks)
        else:
            control.options = _options(each, drawing)
            if each.key in drawing.typed:
                control.value = drawing.typed[each.key]
            else:
                control.value = as_typed(each, drawing.stored.get(each.key))
        yield control


def _lack(key: str, lacks: Mapping[str, Missing], drawing: Drawing, each: Field) -> str:
    """What a field that is begun still lacks; nothing is said of one that nobody has touched."""
    found = lacks.get(key)
    if found is None or drawing.faults.get(key):
        return ""
    begun = not is_empty(drawing.stored.get(each.key))
    return found.words if begun or (drawing.strict and found.need == "R") else ""


def _remarks(each: Field, remarks: Mapping[str, Sequence[Any]]) -> list[Any]:
    """The words at a field, or at one of its cells."""
    return [
        word
        for key, words in remarks.items()
        if key == each.key or key.startswith(f"{each.key}-")
        for word in words
    ]


def _options(each: Field, drawing: Drawing) -> Options:
    match each.kind:
        case "topics":
            return drawing.topics
        case "person":
            return drawing.people
    return each.choices


def _add_rows(control: Control, drawing: Drawing, lacks: Mapping[str, Missing]) -> None:
    each = control.part
    if each.key in drawing.typed:
        given = list(drawing.typed[each.key])
    else:
        given = [
            {
                **{column.key: as_typed(column, row.get(column.key)) for column in each.columns},
                "file": str(row.get("file") or ""),
            }
            for row in drawing.stored.get(each.key) or ()
        ]
    control.rows = [_row(each, n, typed, drawing, lacks) for n, typed in enumerate(given)]
    if each.kind in ("files", "pictures"):
        return
    control.blank = _row(each, len(given), _empty(each), drawing, {})
    if drawing.more == each.key or not given:
        control.rows.append(control.blank)


def _empty(each: Field) -> dict[str, str]:
    return {column.key: column.default for column in each.columns}


def _row(
    each: Field,
    number: int,
    typed: Mapping[str, Any],
    drawing: Drawing,
    lacks: Mapping[str, Missing],
) -> Row:
    cells = []
    for column in each.columns:
        key = f"{each.key}-{number}-{column.key}"
        cell = Cell(column, key, typed.get(column.key, ""), column.choices)
        cell.error = drawing.faults.get(key, "")
        cell.lack = _lack(key, lacks, drawing, each)
        cells.append(cell)
    ident = str(typed.get("file") or "")
    file = drawing.files.get(int(ident)) if ident.isdecimal() and len(ident) < 10 else None
    return Row(number, cells, file, ident)


def uploaded(each: Field, number: int, typed: Mapping[str, Any], file: Any) -> Row:
    """The row of a file that was just uploaded."""
    return _row(each, number, typed, Drawing(Step("", ""), {}, False, files={file.id: file}), {})


def as_typed(part: Field | Column, value: Any) -> Any:
    """A stored value as one would type it."""
    if part.kind in ("choices", "topics"):
        return [str(each) for each in value or ()]
    if part.kind == "yes":
        return bool(value)
    if is_empty(value):
        return ""
    match part.kind:
        case "month":
            return shown_month(str(value))
        case "number":
            return str(value).replace(".", ",") if language() == "bg" else str(value)
    return str(value)


def print_of(value: Any) -> str:
    """A short print of a stored value: whether a field was touched since the page was opened."""
    written = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:8]


def has_words(each: Field) -> bool:
    """Whether a field is translated: numbers, choices and files are the same in each language."""
    return each.kind in ("line", "text", "rows") and each.key not in NO_WORDS
