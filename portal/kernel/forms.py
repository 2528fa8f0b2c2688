"""The forms' base: CSRF, tidy text, messages in the reader's language, refusals at the field."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, g, request, session
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.exceptions import BadRequest
from wtforms import DateTimeLocalField, Field, HiddenField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.kernel import clock, i18n
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _l
from portal.kernel.text import CONTROLS, tidy

YEAR_MIN, YEAR_MAX = 1900, 2999

# What WTForms says, as we say it: its own Bulgarian has slips, and is bare of advice.
_OURS = {
    "This field is required.": _l("Please fill in this field."),
    "Not a valid choice.": _l("Choose one of the list."),
    "Invalid Choice: could not coerce.": _l("Choose one of the list."),
    "'%(value)s' is not a valid choice for this field.": _l("Choose one of the list."),
    "Not a valid date value.": _l("This is not a day of the calendar."),
    "Not a valid datetime value.": _l("This is not a day and an hour."),
    "Not a valid integer value.": _l("Write a whole number."),
    "Number must be at least %(min)s.": _l("Write a number of at least %(min)s."),
    "Number must be between %(min)s and %(max)s.": _l("Write a number from %(min)s to %(max)s."),
    "Field cannot be longer than %(max)d character.": _l("Use at most %(max)d characters."),
}


def form_token() -> str:
    """The token of this session's forms, for templates; signed once a minute, not for each page."""
    if "csrf_token" not in g and (raw := session.get("csrf_token")):
        g.csrf_token = _signed(raw, int(time.time()) // 60)
    return str(generate_csrf())


@lru_cache(maxsize=4_096)
def _signed(_raw: str, _minute: int) -> str:
    return str(generate_csrf())


def install(app: Flask) -> CSRFProtect:
    """The guard against forged forms; must come when every view is known."""
    guard = CSRFProtect(app)
    app.jinja_env.globals["csrf_token"] = form_token
    return guard


class _Words:
    """WTForms' messages in the reader's language, and in our words."""

    def gettext(self, message: str) -> str:
        return str(_OURS.get(message, message))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(_OURS.get(singular, singular if n == 1 else plural))


class PortalForm(FlaskForm):  # type: ignore[misc]
    """Base of every form. Limits come from the model, choices from the caller."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, form: Any) -> _Words:
            return _Words()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            if request.is_json:  # numbers and lists where fields expect what a person typed
                raise BadRequest
            return super().wrap_formdata(form, formdata)

    def accepts(self, action: Callable[[], Any]) -> bool:
        """Validate, then run the service; a refusal lands at its field. True when it was done."""
        if not self.validate_on_submit():
            return False
        try:
            action()
        except Refused as refusal:
            self.refuse(refusal)
            return False
        return True

    def refuse(self, refusal: Refused) -> None:
        """Show a service's refusal at its field, or above the form when it has none here."""
        field = self._fields.get(refusal.field)
        if field is None:
            self.form_errors.append(refusal.message)
        else:
            field.errors = [*field.errors, refusal.message]


class SealedForm(PortalForm):
    """A form that changes something which others change too: it carries a print of what it showed.

    A stale save is answered with 409 and the form again: what was typed stays in the fields, what
    is stored now stands under those that differ, and saving once more is a choice then.
    """

    seal = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.status = 200

    def saves(self, action: Callable[[], Any], stored: Callable[[], Mapping[str, Any]]) -> bool:
        """Run the service. `stored`: what the fields would show now, with the new `seal`."""
        try:
            done = self.accepts(action)
        except Stale:
            self._compare(stored())
            return False
        if self.is_submitted() and not done:
            self.status = 422
        return done

    def _compare(self, stored: Mapping[str, Any]) -> None:
        self.status = 409
        self.form_errors.append(
            i18n._(
                "Somebody else saved changes after you opened this page. What you typed is still "
                "here; saving again replaces what is stored now."
            )
        )
        self.seal.data = stored["seal"]
        for name, value in stored.items():
            field = self._fields.get(name)
            if field is not None and name != "seal" and (field.data or "") != (value or ""):
                words = i18n._("Stored now: %(value)s", value=_shown(field, value))
                field.errors = [*field.errors, words]


def options(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Pairs of value and label as a select's choices; a label may be translated when shown."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]


def _shown(field: Field, value: Any) -> str:
    """A stored value as a reader knows it: a choice by its name, a day and a time in words, yes
    and no, a dash for nothing."""
    if isinstance(value, bool):
        return i18n._("yes") if value else i18n._("no")
    if isinstance(value, datetime):
        return i18n.exact(value)
    if isinstance(value, date):
        return i18n.long_date(value)
    for choice in getattr(field, "choices", None) or ():
        if choice.value == value:
            return str(choice.label).strip("\u2003 ")
    return str(value) if value else "–"


class LineField(StringField):  # type: ignore[misc]
    """One line of text, tidied: NFC, single blanks, nothing invisible."""

    def process_formdata(self, values: list[str]) -> None:
        if values:
            self.data = tidy(values[0])


class TextField(TextAreaField):  # type: ignore[misc]
    """Several lines of text, ends trimmed, without control characters."""

    def process_formdata(self, values: list[str]) -> None:
        if values:
            self.data = values[0].translate(CONTROLS).replace("\r\n", "\n").strip()


class LocalTimeField(DateTimeLocalField):  # type: ignore[misc]
    """A time typed on the town hall's clock; `moment` is it in UTC."""

    data: datetime | None

    @property
    def moment(self) -> datetime | None:
        return clock.from_local(self.data) if self.data else None

    def process_formdata(self, values: list[str]) -> None:
        super().process_formdata(values)
        # At the ends of the calendar a moment has no counterpart in UTC or on the clock here.
        if self.data is not None and not YEAR_MIN <= self.data.year <= YEAR_MAX:
            self.data = None
            raise ValueError(self.gettext("Not a valid datetime value."))

    def process_data(self, value: datetime | None) -> None:
        aware = value is not None and value.tzinfo is not None
        self.data = clock.local(value).replace(tzinfo=None) if aware else value  # type: ignore[arg-type]


def field_errors(form: PortalForm) -> list[tuple[Field, str]]:
    """Every error with its field, in the form's order."""
    return [(field, str(error)) for field in form for error in field.errors]
