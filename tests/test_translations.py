"""The interface is complete in Bulgarian; English is its source."""

import re
from datetime import date

import pytest
from wtforms import DateField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from portal.kernel import i18n
from portal.kernel.forms import LocalTimeField, PortalForm, options
from scripts import messages


def test_no_message_is_missing_fuzzy_obsolete_or_ill_formed():
    assert messages.faults() == []


def test_a_missing_message_would_be_noticed(monkeypatch):
    wanted = {**messages.messages(), "Never translated": ["base"]}
    monkeypatch.setattr(messages, "messages", lambda: wanted)
    assert messages.faults() == ["base: missing: 'Never translated'"]


def test_areas_that_share_a_message_agree():
    seen: dict[messages.Key, tuple[str, object]] = {}
    for area, catalogue in messages.read().items():
        for message in catalogue:
            if message.id:
                key = messages.key_of(message)
                before = seen.setdefault(key, (area, message.string))
                assert before[1] == message.string, (key, before[0], area)


def test_placeholders_are_the_same_in_both_languages():
    for catalogue in messages.read().values():
        for message in catalogue:
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            wanted = set(re.findall(r"%\((\w+)\)", " ".join(ids)))
            for text in texts:
                assert set(re.findall(r"%\((\w+)\)", text)) <= wanted, message.id


def test_a_count_speaks_bulgarian():
    with i18n.speaking("bg"):
        assert i18n.ngettext(
            "%(n)s text waits for you.", "%(n)s texts wait for you.", 2
        ).startswith("2 текста")


def test_a_sentence_that_a_year_ends_has_one_full_stop():
    day = date(2026, 10, 5)
    with i18n.speaking("bg"):
        told = i18n.gettext_("Must be read and confirmed by %(day)s.", day=i18n.long_date(day))
        assert told == "За запознаване и потвърждение до 5 октомври 2026 г."
        # What people wrote stays as they wrote it.
        told = i18n.gettext_("Read in “%(space)s”", space="Планът от 2026 г…, г..")
        assert "Планът от 2026 г…, г.." in told
    with i18n.speaking("en"):
        told = i18n.gettext_("Last day: %(day)s.", day=i18n.long_date(day))
        assert told == "Last day: 5 October 2026."


class _Every(PortalForm):
    """A field for each rule that the portal's forms leave to WTForms."""

    empty = StringField(validators=[InputRequired()])
    long = StringField(validators=[Length(max=3)])
    day = DateField()
    moment = LocalTimeField()
    whole = IntegerField()
    large = IntegerField(validators=[NumberRange(1, 9)])
    small = IntegerField(validators=[NumberRange(5)])
    one = SelectField(choices=options([("a", "A")]))
    number = SelectField(choices=options([(1, "A")]), coerce=int)
    some = SelectMultipleField(choices=options([("a", "A")]))


@pytest.mark.parametrize(
    ("language", "sentence"), [("bg", r"[А-Я][а-я 0-9,-]+\."), ("en", r"[A-Z][a-z 0-9]+\.")]
)
def test_whatever_a_field_refuses_is_said_in_words_of_ours(app, language, sentence):
    typed = {
        "long": "long", "day": "31.2", "moment": "x", "whole": "1.5", "large": "10", "small": "4",
        "one": "b", "number": "b", "some": "b",
    }  # fmt: skip
    with app.test_request_context(method="POST", data=typed), i18n.speaking(language):
        form = _Every(meta={"csrf": False})
        assert not form.validate()
        assert set(form.errors) == {"empty", *typed}
        for name, errors in form.errors.items():
            assert re.fullmatch(sentence, str(errors[0])), (name, errors)
            assert "valid" not in str(errors[0]), (name, errors)
