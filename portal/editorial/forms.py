"""Forms of ideas, of beginning their texts, and of a card's day and time."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, HiddenField, SelectField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal.content import kinds
from portal.editorial.models import Idea
from portal.editorial.services import board_kinds
from portal.kernel.forms import (
    LineField,
    LocalTimeField,
    PortalForm,
    SealedForm,
    TextField,
    options,
)
from portal.kernel.i18n import _, _l

REQUIRED = DataRequired(_l("Please fill in this field."))


def kind_choices() -> list[tuple[str, Any]]:
    return [(name, kinds.of(name).label) for name in board_kinds()]


class IdeaForm(SealedForm):
    """An idea: only the title is needed."""

    title = LineField(_l("What it is about"), [REQUIRED, Length(max=Idea.TITLE_MAX)])
    note = TextField(_l("Notes"), [Length(max=Idea.NOTE_MAX)])
    kind = SelectField(_l("What it is to be"))
    target = SelectField(_l("Where it is to appear"))
    day = DateField(_l("Planned day"), [Optional()])
    is_shared = BooleanField(_l("Other units see it in their calendars"))

    def __init__(self, *args: Any, targets: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_yet = ("", _("not decided yet"))
        self.kind.choices = options([open_yet, *kind_choices()])
        self.target.choices = options([open_yet, *((str(each), name) for each, name in targets)])

    @property
    def target_id(self) -> int | None:
        return int(self.target.data) if self.target.data else None


class BeginForm(PortalForm):
    """What the text of an idea still needs before it can begin."""

    saves = HiddenField()
    title = LineField(_l("Title"), [REQUIRED, Length(max=Idea.TITLE_MAX)])
    kind = SelectField(_l("What it is to be"), [InputRequired()])
    space = SelectField(_l("Where it is written"), [InputRequired()])
    file = FileField(_l("File"))

    def __init__(self, *args: Any, spaces: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = options(kind_choices())
        self.space.choices = options((str(each), name) for each, name in spaces)


class TimeForm(PortalForm):
    """When a card's text opens for its readers."""

    card = HiddenField()
    seal = HiddenField()
    send = HiddenField()
    at = LocalTimeField(_l("Day and time"), [InputRequired(_l("Please fill in this field."))])


class DayForm(PortalForm):
    """The day for which an idea is planned."""

    card = HiddenField()
    seal = HiddenField()
    send = HiddenField()
    at = DateField(_l("Day"), [InputRequired(_l("Please fill in this field."))])
