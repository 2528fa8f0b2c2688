"""The forms of documents: what is written about one, a new version, a folder."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, IntegerField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from portal.confirming.forms import AskFields
from portal.content.models import Content, Decision, Folder
from portal.documents.models import DocumentRevision
from portal.documents.sorts import SORTS
from portal.kernel.forms import (
    YEAR_MAX,
    YEAR_MIN,
    LineField,
    PortalForm,
    SealedForm,
    TextField,
    options,
)
from portal.kernel.i18n import _, _l
from portal.kernel.links import NUMBER_MAX

Choices = Sequence[tuple[str, str]]


class FactsForm(AskFields, SealedForm):
    """What a clerk writes about a document."""

    title = LineField(_l("Title"), [InputRequired(), Length(max=Content.TITLE_MAX)])
    summary = LineField(_l("In one or two sentences"), [Length(max=Content.SUMMARY_MAX)])
    sort = SelectField(_l("Kind of document"))
    reg_number = LineField(_l("Registration number"), [Length(max=DocumentRevision.NUMBER_MAX)])
    dated = DateField(_l("Date of the document"), [Optional()])
    issuer = LineField(_l("Issued by"), [Length(max=DocumentRevision.ISSUER_MAX)])
    unit = SelectField(_l("Responsible unit"))
    tags = LineField(_l("Tags"), [Length(max=DocumentRevision.TAGS_MAX)])

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sort.choices = options([("", "–"), *SORTS.items()])
        self.unit.choices = options([("", "–"), *units])

    def validate_dated(self, field: Any) -> None:
        if field.data is not None and not YEAR_MIN <= field.data.year <= YEAR_MAX:
            raise ValidationError(_("Give a date between 1900 and 2999."))


class NewForm(FactsForm):
    """A document from nothing to its readers on one page. `file_id`: uploaded, not yet taken."""

    title = LineField(_l("Title"), [Length(max=Content.TITLE_MAX)])
    file = FileField(_l("File"))
    file_id = IntegerField(
        widget=HiddenInput(), validators=[Optional(), NumberRange(1, NUMBER_MAX)]
    )
    not_stored = ""  # why the file was refused


class VersionForm(AskFields, PortalForm):
    """Another file in place of the present one."""

    file = FileField(_l("File"))
    note = LineField(_l("What is new"), [Length(max=DocumentRevision.NOTE_MAX)])


class RemarkForm(PortalForm):
    """A reviewer's word."""

    saves = HiddenField()
    revision = HiddenField()
    remark = TextField(_l("What should change"), [Length(max=Decision.REMARK_MAX)])


class FolderForm(PortalForm):
    """A folder's name and where it lies."""

    name = LineField(_l("Name of the folder"), [InputRequired(), Length(max=Folder.NAME_MAX)])
    parent = SelectField(_l("Lies in"))

    def __init__(self, *args: Any, parents: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parent.choices = options(parents)


class MoveForm(PortalForm):
    """The folder that picked documents are put into."""

    folder = SelectField(_l("Into the folder"))

    def __init__(self, *args: Any, folders: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folder.choices = options(folders)
