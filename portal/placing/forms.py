"""Forms of an item's places and end."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField
from wtforms.validators import Optional

from portal.kernel.forms import LocalTimeField, PortalForm
from portal.kernel.i18n import _l


class PlaceForm(PortalForm):
    """A further space for an item."""

    space = SelectField(_l("Space"), coerce=int)

    def __init__(self, *args: Any, spaces: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.space.choices = list(spaces)


class UntilForm(PortalForm):
    """Until when an item is shown; empty: without an end."""

    until = LocalTimeField(_l("Show until"), [Optional()])
