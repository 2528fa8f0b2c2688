"""The forms of news: writing, reviewing."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from portal.confirming.forms import AskFields
from portal.content.models import Content
from portal.files.fields import FilesFields
from portal.kernel.forms import LineField, LocalTimeField, PortalForm, TextField
from portal.kernel.i18n import _l
from portal.kernel.links import NUMBER_MAX
from portal.news.models import NewsRevision

BODY_MAX = 400_000  # characters of HTML
Choices = Sequence[tuple[int, str]]


class TextForm(FilesFields, AskFields, PortalForm):
    """A text of news. Choices come from the caller."""

    # Which text the form was opened on, and how often it was saved by then.
    text = IntegerField(widget=HiddenInput(), validators=[Optional()])
    saves = IntegerField(widget=HiddenInput(), validators=[Optional()])
    cover_id = IntegerField(
        widget=HiddenInput(), validators=[Optional(), NumberRange(1, NUMBER_MAX)]
    )
    title = LineField(_l("Title"), [InputRequired(), Length(max=Content.TITLE_MAX)])
    summary = LineField(_l("In one or two sentences"), [Length(max=Content.SUMMARY_MAX)])
    body = TextField(_l("Text"), [Length(max=BODY_MAX)])
    cover = FileField(_l("Picture"))
    cover_alt = LineField(_l("What the picture shows"), [Length(max=NewsRevision.ALT_MAX)])
    cover_off = BooleanField(_l("Remove the picture"))
    topics = SelectMultipleField(
        _l("Topics"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    wanted_from = LocalTimeField(_l("Show from"), [Optional()])
    wanted_until = LocalTimeField(_l("Show until"), [Optional()])

    def __init__(self, *args: Any, topics: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics.choices = list(topics)


class NewForm(TextForm):
    """The same, with what is chosen once: where it belongs and its language."""

    space = SelectField(_l("Space"), coerce=int)
    language = SelectField(_l("Language"))

    def __init__(self, *args: Any, spaces: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.space.choices = list(spaces)
        self.language.choices = [("bg", "Български"), ("en", "English")]
