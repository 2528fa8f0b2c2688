"""Passages: safe HTML, the found words marked, cut where they stand."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search import passages
from portal.search.language import understand


def mark(text: str, question: str, length: int | None = passages.LENGTH) -> str:
    return passages.mark(text, understand(question, None, as_you_type=True), length)


def test_found_words_are_marked_in_any_form() -> None:
    assert mark("Новите отпуски", "отпуск") == "Новите <mark>отпуски</mark>"


@pytest.mark.parametrize("written", ["об\u00adщина", "OБЩИНА", "общинaта", "о\u0301бщина"])
def test_words_are_marked_however_they_were_written(written: str) -> None:
    assert mark(f"В {written} днес", "община") == f"В <mark>{written}</mark> днес"


def test_markup_of_the_text_is_escaped() -> None:
    text = '<img src=x onerror="alert(1)"> отпуск & почивка'
    marked = mark(text, "отпуск img")
    assert "<img" not in marked
    assert "&lt;<mark>img</mark> src=x onerror=&quot;" in marked
    assert "<mark>отпуск</mark> &amp; почивка" in marked


def test_a_passage_is_cut_where_the_words_stand() -> None:
    text = "начало " * 200 + "тук е комуникационната стратегия на общината " + "край " * 200
    passage = mark(text, "комуникационна стратегия", 120)
    assert passage.startswith("…")
    assert passage.endswith("…")
    assert "<mark>комуникационната</mark> <mark>стратегия</mark>" in passage
    assert len(re.sub("<[^>]+>", "", passage)) <= 125


def test_a_text_without_the_words_begins_at_its_beginning() -> None:
    assert mark("Едно две три " * 40, "няма", 60).startswith("Едно две")


def test_lines_that_are_no_sentences_are_kept_apart() -> None:
    assert mark("главен експерт\nПодготвям проекти.\nКрай", "няма") == (
        "главен експерт · Подготвям проекти. Край"
    )


@given(st.text(max_size=500), st.text(max_size=60), st.none() | st.integers(10, 300))
def test_marks_are_the_only_markup(text: str, question: str, length: int | None) -> None:
    marked = mark(text, question, length)
    plain = re.sub(r"</?mark>", "", marked)
    assert "<" not in plain
    assert marked.count("<mark>") == marked.count("</mark>")
    if length is None:
        assert unescape(plain) == " ".join(text.split())
