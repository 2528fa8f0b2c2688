"""Forms of the installation's own settings."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, EmailField, IntegerField, RadioField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from portal.access.models import Alert
from portal.kernel.forms import (
    LineField,
    LocalTimeField,
    PortalForm,
    SealedForm,
    TextField,
    options,
)
from portal.kernel.i18n import _l
from portal.search.models import Synonym


class SiteForm(PortalForm):
    name_bg = LineField(_l("Name in Bulgarian"), [DataRequired(), Length(max=120)])
    name_en = LineField(_l("Name in English"), [DataRequired(), Length(max=120)])
    address = LineField(_l("Address"), [Length(max=200)])
    email = EmailField(_l("E-mail for questions"), [Length(max=200)])
    hue = IntegerField(_l("Hue of the colours"), [InputRequired(), NumberRange(0, 359)])


class TopicForm(PortalForm):
    name_bg = LineField(_l("Name in Bulgarian"), [DataRequired(), Length(max=80)])
    name_en = LineField(_l("Name in English"), [DataRequired(), Length(max=80)])


class SynonymForm(PortalForm):
    asked = LineField(_l("Searched for"), [DataRequired(), Length(max=Synonym.ASKED_MAX)])
    meant = LineField(_l("Also found"), [DataRequired(), Length(max=Synonym.MEANT_MAX)])
    is_two_way = BooleanField(_l("The other way round, too"), default=True)


class PageForm(PortalForm):
    title = LineField(_l("Title"), [DataRequired(), Length(max=120)])
    body = TextField(_l("Text"), [DataRequired(), Length(max=200_000)])


LEVELS = {"info": _l("Information"), "warning": _l("Warning"), "danger": _l("Danger")}
AUDIENCES = {
    "staff": _l("The staff"),
    "signed_in": _l("Everybody who is signed in, partners too"),
    "everybody": _l("Everybody, also on the page of the sign-in, which the whole world sees"),
}


class AlertForm(SealedForm):
    text_bg = TextField(_l("Text in Bulgarian"), [DataRequired(), Length(max=Alert.TEXT_MAX)])
    text_en = TextField(_l("Text in English"), [Length(max=Alert.TEXT_MAX)])
    level = RadioField(_l("How grave it is"), choices=options(LEVELS.items()), default="info")
    audience = RadioField(_l("For whom"), default="staff")
    until = LocalTimeField(_l("Shown until"), [InputRequired()])
    address = LineField(_l("Link"), [Length(max=Alert.ADDRESS_MAX)])

    def __init__(self, *args: Any, audiences: Sequence[str] = (), **kwargs: Any) -> None:
        """audiences: those to choose from; none for an alert that has its own already."""
        super().__init__(*args, **kwargs)
        if audiences:
            self.audience.choices = options((each, AUDIENCES[each]) for each in audiences)
        else:
            del self.audience
