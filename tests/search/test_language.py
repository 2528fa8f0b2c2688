"""Words: what a reader types and what a text holds must meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.language import (
    Alternative,
    Clause,
    plain_form,
    term,
    terms,
    understand,
    words,
)


def stems(text: str) -> list[str]:
    return [term(form) for _, _, form in words(text)]


@pytest.mark.parametrize(
    "forms",
    [
        "стратегия стратегии стратегията стратегиите",
        "документ документи документа документът документите",
        "заплата заплати заплатата заплатите",
        "община общини общината",
        "решение решения решението решенията",
        "екстранет екстранета Екстранетът",
        "нов нова ново нови новата новия новият новите",
        "служител служителят служителя служители служителите",
    ],
)
def test_forms_of_one_word_meet(forms: str) -> None:
    assert len(set(stems(forms))) == 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("об\u00adщина", "община"),
        ("EС", "ес"),  # a Latin E
        ("нa", "на"),  # a Latin a
        ("и\u0300", "и"),
        ("ѝ", "и"),
        ("ВСЁ", "все"),
        ("пе\u0301тък", "петък"),
        ("й", "й"),
        ("и\u0306", "й"),
        ("Tallinn", "tallinn"),
    ],
)
def test_what_readers_do_not_see_makes_no_difference(written: str, meant: str) -> None:
    assert plain_form(written) == meant


def test_a_no_break_space_parts_words() -> None:
    assert stems("чл.\u00a037") == ["чл", "37"]


def test_a_hyphen_joins_and_parts() -> None:
    found = terms("социално-икономически съвет")
    assert found[term("социално")] == [0]
    assert found[term("социалноикономически")] == [0]
    assert found[term("съвет")] == [2]


def test_a_question_has_words_phrases_and_a_beginning() -> None:
    found = understand("„нов център“ чл. 37 в Бур", None, as_you_type=True).clauses
    assert [[way.terms for way in clause.alternatives] for clause in found] == [
        [("нов", "центр")],
        [("чл",)],
        [("37",)],
        [("бур",)],
    ]
    assert found[0].alternatives[0].in_a_row
    assert found[-1].beginning == "бур"


def test_binding_words_count_only_where_nothing_else_is_asked() -> None:
    assert understand("отпуск на", None) == understand("отпуск", None)
    assert understand("на за", None).clauses == tuple(
        Clause((Alternative((word,), forms=(word,)),)) for word in ("на", "за")
    )


@given(st.text(max_size=400), st.booleans())
def test_no_question_is_an_error(question: str, as_you_type: bool) -> None:
    understand(question, None, as_you_type)


@given(st.text(max_size=200))
def test_places_of_words_are_those_of_the_text(text: str) -> None:
    for start, end, form in words(text):
        assert plain_form(text[start:end]) == form
        form.encode()
