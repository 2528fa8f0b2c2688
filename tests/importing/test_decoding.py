"""Encodings told apart, and what is no text refused."""

import pytest

from portal.importing.decoding import Unreadable, decode

TEXT = "Спират водата в квартал „Изток“ на 14 май.\nЦистерна ще има пред училището.\n"


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "windows-1251",
        "utf-32",
    ],
)
def test_the_encodings_of_offices_are_read(encoding):
    data = TEXT.encode(encoding)
    if encoding == "utf-16-be":
        data = b"\xfe\xff" + data
    assert decode(data) == TEXT


def test_line_ends_of_every_system_become_one():
    assert decode(b"a\r\nb\rc\nd") == "a\nb\nc\nd"


def test_a_short_line_of_windows_1251_is_read():
    assert decode("Обява".encode("windows-1251")) == "Обява"


@pytest.mark.parametrize("encoding", ["koi8-r", "cp866", "iso8859-5"])
def test_other_cyrillic_is_refused_rather_than_garbled(encoding):
    plain = TEXT.replace("„", '"').replace("“", '"')
    with pytest.raises(Unreadable):
        decode(plain.encode(encoding))


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n1 0 obj",
        b"PK\x03\x04\x14\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\x89PNG\r\n\x1a\n",
        bytes(range(256)) * 4,
        b"\xff\xfe\x00",
        b"abc\x00def" * 20,
        b"\x81\x8d\x98\xff" * 30,
    ],
)
def test_what_is_no_text_is_refused_with_a_reason(data):
    with pytest.raises(Unreadable) as refusal:
        decode(data)
    assert str(refusal.value)


def test_stray_control_signs_are_dropped():
    assert decode(("Текст " * 100 + "\x01").encode()) == "Текст " * 100
