"""The interface is complete in Bulgarian; English is its source."""

import re

from portal.kernel import i18n
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
