"""Forms of the installation's own settings."""

from wtforms import EmailField, IntegerField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from portal.kernel.forms import LineField, PortalForm, TextField
from portal.kernel.i18n import _l


class SiteForm(PortalForm):
    name_bg = LineField(_l("Name in Bulgarian"), [DataRequired(), Length(max=120)])
    name_en = LineField(_l("Name in English"), [DataRequired(), Length(max=120)])
    address = LineField(_l("Address"), [Length(max=200)])
    email = EmailField(_l("E-mail for questions"), [Length(max=200)])
    hue = IntegerField(_l("Hue of the colours"), [InputRequired(), NumberRange(0, 359)])


class TopicForm(PortalForm):
    name_bg = LineField(_l("Name in Bulgarian"), [DataRequired(), Length(max=80)])
    name_en = LineField(_l("Name in English"), [DataRequired(), Length(max=80)])


class PageForm(PortalForm):
    title = LineField(_l("Title"), [DataRequired(), Length(max=120)])
    body = TextField(_l("Text"), [DataRequired(), Length(max=200_000)])
