"""The fields of files under a text, mixed into the forms of every kind that is written here."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.validators import ValidationError

from portal.access import Viewer
from portal.files.services import add_file
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, _l
from portal.kernel.links import number


class NumbersField(Field):  # type: ignore[misc]  # WTForms has no types
    """Numbers of rows from controls that the page draws itself; what is no number is left out."""

    data: list[int]

    def process_data(self, value: Sequence[int] | None) -> None:
        self.data = list(value or ())

    def process_formdata(self, values: list[str]) -> None:
        self.data = [number(value) for value in values if value.isdecimal() and len(value) < 10]


class FilesFields:
    """Files under a text. A view calls `store_files` before it validates."""

    files = MultipleFileField(_l("Files under the text"))
    listed = NumbersField()  # files that are there or were just uploaded
    unlisted = NumbersField()  # those of them that go

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.not_stored: list[str] = []  # files that were refused, each with the reason

    def validate_files(self, field: Any) -> None:
        if self.not_stored:
            raise ValidationError(" ".join(self.not_stored))

    def store_files(self, viewer: Viewer) -> None:
        """Store what was uploaded before anything else is judged, so that it stays in the form
        when another field is refused."""
        for upload in self.files.data or ():
            if not isinstance(upload, FileStorage) or not upload.filename:
                continue
            try:
                file = add_file(upload.stream, upload.filename, by=viewer)
            except Refused as refusal:
                said = _("%(file)s: %(why)s", file=upload.filename, why=refusal.message)
                self.not_stored.append(said)
            else:
                self.listed.data.append(file.id)
        self.files.data = None

    def kept(self, gone: Sequence[int] = ()) -> tuple[int, ...]:
        """The numbers of the files that the text is to have, without those that go."""
        return tuple(dict.fromkeys(each for each in self.listed.data if each not in gone))
