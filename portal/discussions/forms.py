"""The forms of discussions."""

from wtforms import DateField, HiddenField
from wtforms.validators import InputRequired, Length, Optional

from portal.content.models import Content
from portal.discussions.models import Resolution
from portal.files.fields import FilesFields
from portal.kernel.forms import LineField, PortalForm, TextField
from portal.kernel.i18n import _l

BODY_MAX = 100_000  # characters of HTML


class TopicForm(FilesFields, PortalForm):
    """A topic: what is asked or proposed."""

    seal = HiddenField()
    title = LineField(_l("Title"), [InputRequired(), Length(max=Content.TITLE_MAX)])
    body = TextField(_l("Text"), [Length(max=BODY_MAX)])


class DecisionForm(PortalForm):
    """What was decided, in words of its own."""

    text = TextField(_l("What was decided"), [InputRequired(), Length(max=Resolution.TEXT_MAX)])
    day = DateField(_l("Day of the decision"), [Optional()])
