"""The fields of «За запознаване», mixed into the forms of news and documents."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import request
from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.access import Viewer
from portal.accounts.queries import person_named
from portal.confirming import queries
from portal.confirming.asking import Wish, open_of, wished_of
from portal.confirming.audience import Targets, targets_of
from portal.confirming.models import Requirement
from portal.kernel import clock
from portal.kernel.errors import Refused
from portal.kernel.forms import (
    YEAR_MAX,
    YEAR_MIN,
    LineField,
    LocalTimeField,
    PortalForm,
)
from portal.kernel.i18n import _, _l
from portal.kernel.links import number

NAMES_MAX = 2000  # characters of typed names
NAMED_MAX = 50  # people of one form: each name is looked up by itself


def _choices(pairs: Iterable[tuple[int, str]]) -> list[SelectChoice]:
    return [SelectChoice(value=value, label=label) for value, label in pairs]


class ChecksField(SelectMultipleField):  # type: ignore[misc]
    """Boxes with the numbers of rows. What is no longer in the list is for the service to name."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, coerce=int, validate_choice=False, choices=[], **kwargs)

    def process_formdata(self, values: list[str]) -> None:
        try:
            self.data = list(dict.fromkeys(number(value) for value in values))
        except ValueError as error:
            self.data = []
            raise ValueError(_("Choose one of the list.")) from error


class AskFields:
    """Who must read the text and by when. All empty: nothing is asked.

    A view calls `prepare_asking` before it validates, and `wish` within what the form accepts.
    """

    must_read = ChecksField(_l("People"))
    must_read_names = LineField(_l("Further people, by name"), [Length(max=NAMES_MAX)])
    must_read_groups = ChecksField(_l("Units and groups"))
    must_read_spaces = ChecksField(_l("Everybody in a space"))
    must_read_by = DateField(_l("Last day"), [Optional()])
    order_number = LineField(_l("Order number"), [Length(max=Requirement.ORDER_MAX)])
    standing_days = IntegerField(
        _l("Days for whoever joins later"),
        [Optional(), NumberRange(1, Requirement.STANDING_DAYS_MAX)],
    )
    ask_again = BooleanField(_l("Ask everybody again: the text was changed materially"))

    is_asked = False  # a round is asked now: the fields ask anew
    is_wanted = False  # there is something in the fields
    unseen = Targets()  # chosen by somebody else, and in no list of the viewer's: they stay

    def prepare_asking(self, viewer: Viewer, content_id: int | None = None) -> None:
        """Fill the choices, and the fields with what is wished for or asked already."""
        fields: Any = self
        asked = open_of(content_id) if content_id is not None else None
        kept = wished_of(content_id) if content_id is not None else None
        self.is_asked = asked is not None
        sent = bool(fields.is_submitted())
        if not sent and (shown := kept or asked) is not None:
            self._fill(shown, again=kept is not None)
        fields.must_read_groups.choices = _choices(queries.groups(viewer))
        fields.must_read_spaces.choices = _choices(queries.spaces(viewer))
        fields.must_read.choices = _choices(queries.people(viewer, fields.must_read.data or ()))
        if sent and (held := kept or asked) is not None:
            self.unseen = self._unseen(targets_of(held), viewer)
        self.is_wanted = kept is not None or (sent and self._has_something())

    def _unseen(self, held: Targets, viewer: Viewer) -> Targets:
        users = {ident for ident, _name in queries.people(viewer, held.users)}
        spaces = {ident for ident, _name in queries.spaces(viewer)}
        # Staff see every group but those that were closed, which nobody can be asked with.
        groups = frozenset[int]() if viewer.is_staff else held.groups
        return Targets(held.users - users, groups, held.spaces - spaces)

    def _fill(self, shown: Requirement, again: bool) -> None:
        fields: Any = self
        targets = targets_of(shown)
        fields.must_read.data = sorted(targets.users)
        fields.must_read_groups.data = sorted(targets.groups)
        fields.must_read_spaces.data = sorted(targets.spaces)
        fields.order_number.data = shown.order_number
        fields.standing_days.data = shown.standing_days
        fields.ask_again.data = self.is_asked and again
        day = clock.local(shown.deadline).date()
        fields.must_read_by.data = day if again or shown.deadline > clock.now() else None

    def _has_something(self) -> bool:
        names = ("must_read", "must_read_names", "must_read_groups", "must_read_spaces")
        more = ("must_read_by", "order_number", "standing_days")
        return any(request.form.get(name) for name in (*names, *more))

    def wish(self, viewer: Viewer) -> Wish:
        """What the fields say. Raises Refused at the field."""
        fields: Any = self
        if self.is_asked and not fields.ask_again.data:
            return Wish()  # nothing further: what is asked goes on
        people = set(fields.must_read.data or ()) | self._named(viewer)
        return Wish(
            Targets(
                self.unseen.users.union(people),
                self.unseen.groups.union(fields.must_read_groups.data or ()),
                self.unseen.spaces.union(fields.must_read_spaces.data or ()),
            ),
            fields.must_read_by.data,
            fields.order_number.data or "",
            fields.standing_days.data,
        )

    def _named(self, viewer: Viewer) -> set[int]:
        """The people whose names are typed, parted by commas."""
        fields: Any = self
        parts = re.split(r"[,;]", fields.must_read_names.data or "")
        typed = [part for part in parts if part.strip()]
        if len(typed) > NAMED_MAX:
            told = _("At most %(n)s names at once. Choose a unit, a group or a space instead.")
            raise Refused("must_read_names", told % {"n": NAMED_MAX})
        named = [person_named("must_read_names", name, viewer) for name in typed]
        return {user.id for user in named if user is not None}

    def validate_must_read_by(self, field: Any) -> None:
        if field.data is not None and not YEAR_MIN <= field.data.year <= YEAR_MAX:
            raise ValidationError(_("Give a date between 1900 and 2999."))

    @property
    def quick_days(self) -> Sequence[tuple[date, str]]:
        """Days offered beside the date."""
        return queries.quick_days()

    @property
    def asking_errors(self) -> list[str]:
        """Whether the folded part must open, because something in it is to be corrected."""
        fields: Any = self
        own = (name for name in vars(AskFields) if name in fields)
        return [str(error) for name in own for error in fields[name].errors]


class AskForm(AskFields, PortalForm):
    """The fields alone, for an item of any kind."""


class ConfirmForm(PortalForm):
    """One click: which round and which text the page showed."""

    requirement = HiddenField()
    revision = HiddenField()

    @property
    def shown(self) -> tuple[int, int]:
        """Their numbers. Raises Refused when the form was tampered with."""
        try:
            return number(self.requirement.data or ""), number(self.revision.data or "")
        except ValueError as error:
            raise Refused("", _("Open the page afresh and try again.")) from error


class BriefingForm(PortalForm):
    """To whom it was read out, and when."""

    people = ChecksField(_l("Read out to"))
    read_out_at = LocalTimeField(_l("When it was read out"))

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people.choices = _choices(people)

    def validate_read_out_at(self, field: Any) -> None:
        if field.data is None:
            raise ValidationError(_("Give the day and the time."))
