"""The words of each segment, listed beside it for whoever types with slips or in Latin letters."""

from pathlib import Path

import pytest

from portal.search.engine import WhooshEngine
from portal.search.language import WordList, hashes
from portal.search.leaf import Leaf
from tests.search.makers import ask, document, fill

MANY = tuple(document(n, f"Дума{n} заявление", "общината решава") for n in range(20))


@pytest.mark.parametrize("merged", [False, True], ids=["as written", "merged"])
def test_a_fresh_process_reads_no_list_of_all_words_for_its_first_slip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, merged: bool
) -> None:
    writing = WhooshEngine(tmp_path / "index")
    for each in MANY:
        fill(writing, each)
    assert not merged or writing.tend(thoroughly=True)
    fresh = WhooshEngine(tmp_path / "index")
    fresh.refresh(at_once=True)
    monkeypatch.setattr(Leaf, "marks", lambda *_: pytest.fail("all words were read"))
    for typed, shown in (
        ("заявлиние", "заявление"),
        ("zayavlenie", "заявление"),
        ("опщината", "общината"),
        ("obshtinata", "общината"),
        ("решавате", None),  # the texts hold another form
        ("зявленията", "заявленията"),
    ):
        answer = ask(fresh, typed)
        assert (answer.reading.shown_for, answer.total) == (shown, 20), typed


def test_a_cut_list_is_damage_and_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = WhooshEngine(tmp_path / "index")
    fill(engine, document(1, "Заявление", "община"))
    engine.refresh(at_once=True)
    assert engine._view is not None
    words = engine._view.parts[-1].leaf.words
    read = words._read
    monkeypatch.setattr(words, "_read", lambda place, size: read(place, size)[: size // 2])
    with pytest.raises(ValueError, match="cut off"):
        words.read_through()
    monkeypatch.setattr(words, "_read", lambda place, size: read(place, size)[:-1])
    answer = ask(engine, "заявлиние")
    assert (answer.ready, answer.failed, list(answer.hits)) == (False, True, [])


def test_words_are_listed_with_their_keys() -> None:
    listed = WordList.of(["щат", "щатове", "excel", "къща", "кааща"], ["щат", "excel"])
    held = listed.holds("forms", hashes(["щат", "щатт", "excel"])).tolist()
    assert held == [True, False, True]
    assert listed.holds("terms", hashes(["щатове", "excel"])).tolist() == [False, True]
    assert listed.typed(hashes(["Stat", "kaSta", "kaaSta", "excel"])) == ["щат", "къща", "кааща"]
    assert listed.typed(hashes([])) == []
    none = WordList.of([])
    assert none.holds("forms", hashes(["щат"])).tolist() == [False]
    assert none.typed(hashes(["Stat"])) == []
    none.read_through()
