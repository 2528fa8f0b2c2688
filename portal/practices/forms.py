"""What comes from the practice form: a step's fields as they were typed, files, and two forms."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal.access import Viewer
from portal.files.services import add_file, add_picture
from portal.kernel.errors import Refused
from portal.kernel.forms import LineField, PortalForm, TextField, options
from portal.kernel.i18n import _, _l
from portal.kernel.text import shown, tidy
from portal.practices.cleaning import Faults, is_blank
from portal.practices.models import PracticeRevision
from portal.practices.parts import Field, Step

ROWS_READ = 200  # no field has as many; what lies beyond was not made by our page
NOTE_MAX = 2000


@dataclass
class Typed:
    """A step as it was typed: raw values by the field's key.

    numbers: for a list, which rows of the page its values come from, as blank ones are left out.
    """

    values: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, list[int]] = field(default_factory=dict)

    def on_page(self, key: str) -> str:
        """The key of a control on the page that was sent: «costs-0-year» may be its third row."""
        name, *rest = key.split("-")
        if len(rest) == 2 and name in self.numbers and rest[0].isdecimal():
            numbers = self.numbers[name]
            at = int(rest[0])
            if at < len(numbers):
                return f"{name}-{numbers[at]}-{rest[1]}"
        return key


def read(step: Step, form: MultiDict[str, str]) -> Typed:
    """What was typed into a step. A field that the page did not send is left out."""
    typed = Typed()
    for each in step.fields:
        if each.columns:
            if f"{each.key}-rows" in form:
                _read_rows(each, form, typed)
        elif each.key in form:
            typed.values[each.key] = _read_one(each, form)
    return typed


def _read_one(each: Field, form: MultiDict[str, str]) -> Any:
    match each.kind:
        case "choices" | "topics":  # an empty one says that the field was on the page
            return [shown(value) for value in form.getlist(each.key) if value]
        case "yes":
            return "1" in form.getlist(each.key)
    return shown(form[each.key])


def _read_rows(each: Field, form: MultiDict[str, str], typed: Typed) -> None:
    pattern = re.compile(rf"{each.key}-(\d{{1,4}})-\w+")
    found = {int(match[1]) for name in form if (match := pattern.fullmatch(name))}
    gone = form.get("do", "")
    rows, numbers = [], []
    for number in sorted(found)[:ROWS_READ]:
        row = {
            column.key: shown(form.get(f"{each.key}-{number}-{column.key}", ""))
            for column in each.columns
        }
        if each.kind in ("files", "pictures"):
            row["file"] = form.get(f"{each.key}-{number}-file", "")
        tidied = {key: tidy(value) for key, value in row.items()}
        if not is_blank(each, tidied) and gone != f"remove-{each.key}-{number}":
            rows.append(row)
            numbers.append(number)
    typed.values[each.key], typed.numbers[each.key] = rows, numbers


def store_uploads(step: Step, typed: Typed, by: Viewer) -> Faults:
    """Store what was uploaded before anything else is judged, each as a new row of its field."""
    faults: Faults = {}
    for each, upload in _uploads(step):
        try:
            row = store(each, upload, by)
        except Refused as refusal:
            said = _("%(file)s: %(why)s", file=upload.filename, why=refusal.message)
            key = f"{each.key}-upload"
            faults[key] = f"{faults[key]} {said}" if key in faults else said
        else:
            rows = typed.values.setdefault(each.key, [])
            rows.append(row)
            numbers = typed.numbers.setdefault(each.key, [])
            numbers.append(max(numbers, default=-1) + 1)
    return faults


def _uploads(step: Step) -> Iterator[tuple[Field, FileStorage]]:
    for each in step.fields:
        if each.kind in ("files", "pictures"):
            for upload in request.files.getlist(f"{each.key}-upload"):
                if upload.filename:
                    yield each, upload


def store(each: Field, upload: FileStorage, by: Viewer) -> dict[str, str]:
    """A row with the file just stored. Raises Refused at `file`."""
    name = upload.filename or ""
    if each.kind == "pictures":
        file = add_picture(upload.stream, name, by=by)
    else:
        file = add_file(upload.stream, name, by=by)
    row = {column.key: column.default for column in each.columns}
    if "title" in row:
        row["title"] = PurePath(file.name).stem
    return {**row, "file": str(file.id)}


TONGUES = (("bg", "Български"), ("en", "English"))


class NewForm(PortalForm):
    """What is chosen once: whether it worked, the language, the place; and the title."""

    title = LineField(_l("Title"), [InputRequired(), Length(max=PracticeRevision.TITLE_MAX)])
    failed = RadioField(
        _l("What do you want to tell?"),
        choices=options([("no", _l("What worked")), ("yes", _l("What did not work"))]),
        default="no",
    )
    language = SelectField(_l("Language"), choices=options(TONGUES))
    space = SelectField(_l("Space"), coerce=int)

    def __init__(self, *args: Any, spaces: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.space.choices = options((str(ident), name) for ident, name in spaces)


class SendForm(PortalForm):
    """The last step: a word to the reviewers."""

    saves = IntegerField(widget=HiddenInput(), validators=[Optional()])
    language = HiddenField()
    note = TextField(_l("A word to the reviewers"), [Length(max=NOTE_MAX)])
