"""Where a text is published from here, and as what."""

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from portal.kernel.forms import PortalForm, options
from portal.kernel.i18n import _, _l
from portal.publishing.services import PAPER

Choices = Sequence[tuple[int, str]]


class PublishForm(PortalForm):
    """Choices come from the caller."""

    space = SelectField(_l("Where"), [InputRequired()], coerce=int)
    form = RadioField(_l("As what"), default="news")
    file = SelectField(_l("The document is"), coerce=int, default=PAPER)

    def __init__(self, *args: Any, spaces: Choices, files: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.space.choices = list(spaces)
        self.form.choices = options([("news", _("a news item")), ("document", _("a document"))])
        self.file.choices = list(files)
