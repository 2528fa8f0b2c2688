"""The page of a hit: which of a document's pages holds most of what was asked."""

from pathlib import Path

import pytest

from portal.search.engine import WhooshEngine
from portal.search.language import BORDER, analysed
from tests.search.makers import ask, document, fill, forget


@pytest.fixture
def engine(tmp_path: Path) -> WhooshEngine:
    return WhooshEngine(tmp_path / "index")


def paged(item_id: int, *pages: str, text: str = "", title: str = "План"):
    return document(item_id, title, text, pages=pages)


def places(engine: WhooshEngine, words: str, **more) -> dict[int, int]:
    return {hit.item_id: hit.page for hit in ask(engine, words, **more).hits}


def test_the_page_that_holds_most_of_the_words_is_named(engine):
    fill(engine, paged(1, "бюджет", "мостове", "бюджет за мостове", "бюджет за мостове"))
    assert places(engine, "бюджет мостове") == {1: 3}
    assert places(engine, "мостове") == {1: 2}


def test_the_title_and_the_text_before_the_pages_name_none(engine):
    fill(engine, paged(1, "друго", text="резюме", title="Заглавие"))
    assert places(engine, "заглавие") == {1: 0}
    assert places(engine, "резюме") == {1: 0}


def test_pages_without_words_are_counted(engine):
    fill(engine, paged(1, "", "", "фонтан", "", "парк", ""))
    assert places(engine, "фонтан") == {1: 3}
    assert places(engine, "парк") == {1: 5}


def test_several_segments_and_deleted_documents(engine):
    for ident in range(1, 9):
        fill(engine, paged(ident, *[""] * ident, "фонтан"), document(100 + ident, "Без страници"))
    forget(engine, ("news", 2), ("news", 5))
    fill(engine, paged(3, "фонтан"))  # read again, its pages changed
    wanted = {ident: ident + 1 for ident in (1, 4, 6, 7, 8)} | {3: 1}
    assert places(engine, "фонтан", limit=20) == wanted
    second = places(engine, "фонтан", limit=2, offset=2)
    assert len(second) == 2
    assert second.items() <= wanted.items()


def test_phrases_hyphens_and_beginnings_name_their_page(engine):
    fill(
        engine,
        paged(1, "rate", "limiting", "rate-limiting на заявките", "комуникационна стратегия"),
    )
    assert places(engine, "rate-limiting") == {1: 3}
    assert places(engine, "„комуникационна стратегия“") == {1: 4}


def test_a_phrase_may_cross_the_edge_of_a_page(engine):
    fill(engine, paged(1, "край на", "страницата"))
    assert list(places(engine, "„край на страницата“")) == [1]


def test_a_phrase_crosses_no_border_between_texts(engine):
    fill(engine, paged(1, "дойдох", f"{BORDER}видях града", f"на брега{BORDER}победих"))
    assert list(places(engine, "„видях града на брега“")) == [1]  # over the edge of a page
    for crossing in ("„дойдох видях“", "„брега победих“"):
        assert places(engine, crossing) == {}, crossing
    assert places(engine, "видях") == {1: 2}
    assert places(engine, "победих") == {1: 3}


def test_positions_of_parts_never_overlap():
    found = analysed(["", "едно-две", "", f"три{BORDER}четири", "", BORDER])
    assert found.starts == sorted(found.starts)
    for form, places in found.terms.items():
        assert places == sorted(places), form


def test_merging_keeps_the_pages_and_weighs_words_not_documents(engine):
    for ident in range(1, 15):
        fill(engine, paged(ident, *[""] * ident, "фонтан"))
    wanted = places(engine, "фонтан", limit=20)
    assert engine.tend(thoroughly=True)
    assert engine.stats()["segments"] == 1
    assert places(engine, "фонтан", limit=20) == wanted
    for ident in range(20, 29):  # each as long as a book: not merged while people wait
        fill(engine, paged(ident, *["дума " * 1000] * 70))
    assert not engine.tend()
