"""The engine: what it finds, in which order, and what it must not tell."""

import errno
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.search import folders, narrowing
from portal.search.engine import WhooshEngine, mergeable
from portal.search.kept import Kept
from portal.search.language import Filters
from portal.search.leaf import Leaf
from portal.search.protocol import Query, SearchDocument
from tests.search.makers import MEMBER, NOW, ask, build, document, fill, forget, found

EDITOR = frozenset({"members:1", "editors:1"})
SECOND = timedelta(seconds=1)


@pytest.fixture
def engine(tmp_path: Path) -> WhooshEngine:
    return WhooshEngine(tmp_path / "index")


# ── Finding ─────────────────────────────────────────────────────────────


def test_without_an_index_it_says_so(engine: WhooshEngine) -> None:
    assert not ask(engine, "община").ready
    assert engine.cursor() is None
    assert not engine.write([], [], since=0, cursor=1)


def test_the_title_weighs_more_than_the_text(engine: WhooshEngine) -> None:
    fill(engine, document(1, "Съвет", "за отпуска " * 3), document(2, "Отпуск", "съвет"))
    assert found(engine, "отпуск") == [2, 1]


def test_names_are_found_like_the_title(engine: WhooshEngine) -> None:
    fill(engine, document(1, "Елена Димова", names="стая 305 вътр. 214"))
    assert found(engine, "305") == [1]


def test_every_word_stands_before_some_of_them(engine: WhooshEngine) -> None:
    others = (document(n, "Наредба", "за друго") for n in range(10, 20))
    fill(
        engine,
        document(1, "Отпуск отпуск отпуск", "отпуск"),
        document(2, "Наредба", "за отпуск и заповед"),
        *others,
    )
    answer = ask(engine, "заповед отпуск")
    assert [hit.item_id for hit in answer.hits] == [2, 1]
    assert (answer.total, answer.complete) == (2, 1)


def test_a_common_word_alone_is_not_enough(engine: WhooshEngine) -> None:
    rooms = (document(n, f"Стая {n}") for n in range(300, 330))
    fill(engine, *rooms)
    assert found(engine, "стая 305") == [305]
    assert ask(engine, "стая 999").total == 30  # better than nothing: the page says so


def test_some_words_are_not_enough_when_many_items_hold_all(
    engine: WhooshEngine,
) -> None:
    fill(
        engine,
        *(document(n, "Заповед за отпуск") for n in range(5)),
        document(9, "Отпуск"),
    )
    assert ask(engine, "заповед отпуск").total == 5


def test_a_phrase_stands_in_a_row_in_one_field(engine: WhooshEngine) -> None:
    fill(
        engine,
        document(1, "План", "комуникационната стратегия на общината"),
        document(2, "План", "стратегия комуникационна"),
        document(3, "Комуникационна", "стратегия"),
    )
    assert found(engine, "„комуникационна стратегия“") == [1]
    assert set(found(engine, "комуникационна стратегия")) == {1, 2, 3}


def test_article_and_number_make_a_phrase(engine: WhooshEngine) -> None:
    fill(
        engine,
        document(1, "Наредба", "по чл. 37, ал. 2"),
        document(2, "Наредба", "37 чл."),
    )
    assert found(engine, '"чл. 37"') == [1]


def test_hyphenated_words_are_found_both_ways(engine: WhooshEngine) -> None:
    fill(engine, document(1, "Социално-икономически съвет"), document(2, "Email и поща"))
    assert found(engine, "социалноикономически") == [1]
    assert found(engine, "социално икономически") == [1]
    assert found(engine, "социално-икономически") == [1]
    assert found(engine, "e-mail") == [2]


@pytest.mark.parametrize("typed", ["ст", "страт", "стратеги", "стратегият", "стратегията"])
def test_an_unfinished_word_is_found(engine: WhooshEngine, typed: str) -> None:
    fill(engine, document(1, "Комуникационна стратегия"), document(2, "Отпуск"))
    assert found(engine, f"комуникационна {typed}", as_you_type=True) == [1]


def test_newest_first_and_pages(engine: WhooshEngine) -> None:
    fill(
        engine,
        *(document(n, "Отпуск", date=NOW - timedelta(days=n)) for n in range(1, 31)),
    )
    first = found(engine, "отпуск", newest_first=True, limit=10)
    second = found(engine, "отпуск", newest_first=True, limit=10, offset=10)
    assert first + second == list(range(1, 21))


def test_pages_of_equals_neither_repeat_nor_skip(engine: WhooshEngine) -> None:
    for batch in range(3):
        fill(engine, *(document(batch * 20 + n, "Отпуск") for n in range(20)))
    pages = [found(engine, "отпуск", limit=7, offset=o) for o in range(0, 60, 7)]
    assert sorted(chain.from_iterable(pages)) == list(range(60))


def test_filters_and_their_counts(engine: WhooshEngine) -> None:
    fill(
        engine,
        document(1, "Отпуск", date=NOW),
        document(2, "Отпуск", date=NOW - timedelta(days=400)),
        document(3, "Отпуск", kind="page", spaces=frozenset({1, 2})),
    )
    both = frozenset({"members:1", "members:2"})
    answer = ask(engine, "отпуск", tokens=both, kinds=frozenset({"news"}))
    assert answer.total == 2
    assert answer.kinds == {"news": 2, "page": 1}  # a filter's counts leave itself out
    assert answer.spaces == {1: 2}
    assert answer.years == {2026: 1, 2025: 1}
    assert found(engine, "отпуск", tokens=both, spaces=frozenset({2})) == [3]
    assert found(engine, "отпуск", since=NOW, until=NOW + SECOND) == [1]
    week = (("week", NOW - timedelta(days=6)),)
    assert ask(engine, "отпуск", periods=week).periods == {"week": 2}


# ── Change ──────────────────────────────────────────────────────────────


def test_a_changed_item_is_found_by_its_new_words_only(engine: WhooshEngine) -> None:
    fill(engine, document(1, "Отпуск"), document(2, "Наредба"))
    fill(engine, document(1, "Заповед"))
    assert found(engine, "отпуск") == []
    assert found(engine, "заповед") == [1]
    forget(engine, ("news", 1))
    assert found(engine, "заповед") == []
    assert engine.cursor() == 3


def test_spelling_knows_the_words_of_each_commit_at_once_and_goes_on_knowing_them(
    engine: WhooshEngine,
) -> None:
    words = [f"{letter}ушмолец" for letter in "бвгджзклмнпрстфхцчш"]
    for n, word in enumerate(words):
        fill(engine, document(n, word))
        assert ask(engine, f"{word[:3]}{word[4:]}").reading.shown_for == word
    for n, word in enumerate(words):
        assert found(engine, f"{word[:4]}{word[5:]}") == [n]
    assert found(engine, "bu6molec") == [0]


def test_merging_changes_no_answer(engine: WhooshEngine) -> None:
    for n in range(12):
        fill(engine, document(n, f"Отпуск номер {n}"), document(n + 100, "Заповед"))
    forget(engine, ("news", 3), ("news", 104))
    before = [ask(engine, words, limit=50) for words in ("отпуск", "заповед", "5")]
    assert engine.stats()["segments"] > 8
    assert engine.tend()
    assert engine.stats()["segments"] == 1
    assert engine.stats()["deleted"] == 0
    assert [ask(engine, words, limit=50) for words in ("отпуск", "заповед", "5")] == before
    assert engine.cursor() == 13


def test_what_is_merged_at_work_is_little_and_seldom_rewritten() -> None:
    sizes: list[int] = []
    rewritten = 0
    for _ in range(3000):  # each commit writes one document
        sizes.append(1)
        chosen = mergeable(sizes)
        total = sum(sizes[place] for place in chosen)
        assert total <= 1000
        rewritten += total
        if chosen:
            sizes = [size for place, size in enumerate(sizes) if place not in chosen] + [total]
    assert sum(sizes) == 3000
    assert len(sizes) < 40
    assert rewritten < 8 * 3000


def test_the_night_merges_what_is_worth_it(engine: WhooshEngine) -> None:
    for n in range(3):
        fill(engine, document(n, "Отпуск"))
    assert not engine.tend()
    fill(engine, document(0, "Отпуск"))  # one of four is deleted now
    assert engine.tend(thoroughly=True)
    assert engine.stats()["segments"] == 1
    assert sorted(found(engine, "отпуск")) == [0, 1, 2]
    assert not engine.tend(thoroughly=True)


def test_only_the_next_batch_is_written(engine: WhooshEngine) -> None:
    fill(engine, document(1, "Отпуск"))
    assert not engine.write([document(1, "Остаряло")], [], since=0, cursor=9)
    assert found(engine, "остаряло") == []


def test_a_failed_write_leaves_the_index_and_its_lock(engine: WhooshEngine) -> None:
    fill(engine, document(1, "Отпуск"))
    broken: Any = object()
    with pytest.raises(AttributeError):
        engine.write([broken], [], since=1, cursor=2)
    fill(engine, document(2, "Отпуск"))
    assert found(engine, "отпуск") == [1, 2]


def test_another_process_sees_what_was_written(engine: WhooshEngine) -> None:
    reader = WhooshEngine(engine.root)
    fill(engine, document(1, "Отпуск"))
    assert found(reader, "отпуск") == [1]
    fill(engine, document(2, "Отпуск"))
    assert found(reader, "отпуск") == [1, 2]
    build(engine, document(3, "Отпуск"))
    assert found(reader, "отпуск") == [3]


def test_what_is_worked_out_twice_is_kept_once() -> None:
    kept = Kept(2_000)
    for _ in range(50):
        kept.keep("twice", 1, 300)
    kept.keep("another", 2, 100)
    assert (kept.known("twice"), kept.known("another")) == (1, 2)


def test_segments_share_one_measure_of_memory() -> None:
    common = Kept(2_000)
    one, other = common.share(), common.share()
    one.keep("word", 1, 300)
    other.keep("word", 2, 300)
    assert (one.known("word"), other.known("word")) == (1, 2)
    other.keep("more", 3, 300)
    assert one.known("word") is None


@pytest.mark.parametrize("begun", ["ква", "квазир"])
def test_hidden_words_take_no_place_among_what_a_beginning_may_become(
    engine: WhooshEngine, begun: str
) -> None:
    hidden = frozenset({"members:2"})
    words = " ".join(f"квазир{a}{b}" for a in "абвгдежзик" for b in "абвгдежзик")
    fill(engine, *(document(n, words, words, audience=hidden) for n in (2, 3)),
         document(4, "", f"{words}р", audience=hidden), document(1, "", "квазиряяя"))  # fmt: skip
    assert found(engine, begun, as_you_type=True) == [1]


def test_a_year_before_all_texts_finds_none(engine: WhooshEngine) -> None:
    old = datetime(1970, 6, 1, tzinfo=UTC)
    fill(engine, document(1, "Отпуск", date=old), document(2, "Отпуск", date=old.replace(1960)))
    for year, right in ((1960, [2]), (1969, []), (1970, [1]), (2, []), (1, []), (9999, [])):
        query = narrowing._in_years(Query("отпуск", MEMBER, NOW), Filters(years=(year, year)))
        assert found(engine, "отпуск", since=query.since, until=query.until) == right, year


def test_a_rebuild_elsewhere_is_no_damage_and_too_many_open_files_neither(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fill(engine, document(1, "Отпуск"))
    engine.refresh(at_once=True)
    build(WhooshEngine(engine.root), document(2, "Отпуск"))
    assert engine.cursor() == 0
    assert found(engine, "отпуск") == [2]
    assert not caplog.records
    folder = engine.root / str(engine.stats()["folder"])
    folders.suspect(engine.root, folder, "a test")

    def full(_self: Leaf) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="Too many"):
        patch.setattr(Leaf, "read_through", full)
        engine.cursor()
    assert folders.is_suspected(engine.root, folder)
    assert engine.cursor() == 0
    assert not folders.is_suspected(engine.root, folder)


def test_a_rebuild_writes_in_pieces_and_leaves_out_none(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WhooshEngine.rebuild.__globals__, "BATCH", 3)
    monkeypatch.setitem(WhooshEngine.rebuild.__globals__, "BATCH_SIZE", 100)
    build(engine, *(document(n, "Отпуск", "дълго " * (99 if n < 3 else 1)) for n in range(1, 9)))
    assert found(engine, "отпуск") == [1, 2, 3, 4, 5, 6, 7, 8]
    assert engine.stats()["segments"] == 5  # two by size, two by number, the cursor


# Whoosh leaves the torn file to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_torn_index_is_no_index(engine: WhooshEngine) -> None:
    fill(engine, document(1, "Отпуск"))
    folder = engine.root / engine.stats()["folder"]
    for file in folder.glob("*.toc"):
        file.write_bytes(file.read_bytes()[:40])
    fresh = WhooshEngine(engine.root)
    assert not ask(fresh, "отпуск").ready
    assert fresh.cursor() is None
    build(fresh, document(1, "Отпуск"))
    assert found(fresh, "отпуск") == [1]


def test_an_index_of_another_version_is_no_index(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine, document(1, "Отпуск"))
    monkeypatch.setattr("portal.search.schema.VERSION", "next")
    assert WhooshEngine(engine.root).cursor() is None


@pytest.mark.parametrize("garbled", [b"\xff\xfe\x00", b"", b"\x00" * 16])
def test_a_garbled_note_of_the_installation_is_mended_by_itself(
    engine: WhooshEngine, garbled: bytes
) -> None:
    fill(engine, document(1, "Отпуск"))
    engine.root.with_name("index.owner").write_bytes(garbled)
    for _ in range(2):
        fresh = WhooshEngine(engine.root)
        if fresh.cursor() is None:
            build(fresh, document(1, "Отпуск"))
        assert found(fresh, "отпуск") == [1]
    assert WhooshEngine(engine.root).cursor() == 0


def test_a_copy_laid_beside_the_index_stops_no_rebuild(engine: WhooshEngine) -> None:
    fill(engine, document(1, "Отпуск"))
    copy = engine.root / "index-1.old"
    shutil.copytree(engine.root / "index-1", copy)
    build(engine, document(2, "Отпуск"))
    assert found(engine, "отпуск") == [2]
    assert sorted(path.name for path in engine.root.glob("index-*")) == ["index-1.old", "index-2"]


def test_figures_while_a_merge_takes_files_away_are_no_error(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine, document(1, "Отпуск"))

    def taken(path: Path) -> bool:
        path.unlink()
        return True

    engine.refresh(at_once=True)
    monkeypatch.setattr(Path, "is_file", taken)
    assert engine.stats()["documents"] == 1


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    nowhere = WhooshEngine(tmp_path / "file" / "index")
    assert not ask(nowhere, "отпуск").ready
    assert nowhere.cursor() is None


def test_readers_and_a_writer_work_at_once(engine: WhooshEngine) -> None:
    """Each commit replaces both items: no reader may ever find one of them alone."""
    fill(engine, document(1, "Отпуск старт"), document(2, "Отпуск старт"))
    reader = WhooshEngine(engine.root)
    problems: list[object] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            try:
                reader.refresh(at_once=True)
                answer = reader.search(Query("отпуск старт", MEMBER, NOW))
                if answer.total != 2 or len({h.item_id for h in answer.hits}) != 2:
                    problems.append(answer)
            except Exception as error:
                problems.append(error)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for n in range(15):
        fill(engine, document(1, f"Отпуск старт {n}"), document(2, f"Отпуск старт {n}"))
        if n % 5 == 4:
            engine.tend()
    over.set()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_writer_that_is_always_ahead_of_a_reader_is_no_damage(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine, document(1, "Отпуск"))
    reader = WhooshEngine(engine.root)
    newest, commits = reader._open, iter(range(8))

    def late(folder: Path, old: Any) -> Any:
        for n in commits:
            fill(engine, document(1, f"Отпуск {n}"))
            raise FileNotFoundError("the writer took it away just now")
        return newest(folder, old)

    monkeypatch.setattr(reader, "_open", late)
    assert found(reader, "отпуск") == [1]
    assert next(commits, None) is None


# ── What must not leak ──────────────────────────────────────────────────

STRANGERS = [
    frozenset[str](),
    frozenset({"members:2"}),
    frozenset({"members:10", "person:1", "contacts"}),
]


@pytest.mark.parametrize("tokens", STRANGERS)
@pytest.mark.parametrize("typed", ["таен", "тае", "„таен план“", "план", "12", "план за отпуск"])
def test_a_stranger_learns_nothing_of_what_she_may_not_read(
    engine: WhooshEngine, tokens: frozenset[str], typed: str
) -> None:
    fill(
        engine,
        document(1, "Таен план", "таен план 12", names="таен", spaces=frozenset({1, 2})),
        document(2, "Друг", "друг", audience=frozenset({"members:2"}), spaces=frozenset({2})),
    )
    for as_you_type in (False, True):
        answer = ask(engine, typed, tokens=tokens, as_you_type=as_you_type,
                     periods=(("all", NOW - timedelta(days=999)),))  # fmt: skip
        assert (answer.hits, answer.total, answer.complete) in (
            (),
            [],
        ) or answer.total == 0
        assert not answer.hits
        assert not any([answer.kinds, answer.spaces, answer.years, sum(answer.periods.values())])
        query = Query(typed, tokens, NOW, as_you_type=as_you_type)
        assert engine.suggest(query).total == 0


def test_scores_do_not_depend_on_what_a_reader_may_not_read(
    engine: WhooshEngine,
) -> None:
    fill(engine, document(1, "Отпуск"), document(2, "Заповед"))
    before = ask(engine, "отпуск").hits
    hidden = frozenset({"members:9"})
    fill(
        engine,
        *(document(n, "Отпуск", "отпуск " * n, audience=hidden) for n in range(10, 40)),
    )
    assert ask(engine, "отпуск").hits == before


def test_an_item_tells_not_in_which_other_spaces_it_lies(engine: WhooshEngine) -> None:
    fill(engine, document(1, "Отпуск", audience=frozenset({"members:1", "members:7"}),
                          spaces=frozenset({1, 7})))  # fmt: skip
    assert ask(engine, "отпуск").spaces == {1: 1}
    assert ask(engine, "отпуск", spaces=frozenset({7})).total == 0


def test_members_find_an_item_between_its_two_times_only(engine: WhooshEngine) -> None:
    opens, closes = NOW, NOW + timedelta(hours=1)
    both = frozenset({"members:1", "editors:1"})
    fill(
        engine,
        document(1, "Отпуск", audience=both, visible_from=opens, visible_until=closes),
    )
    micro = timedelta(microseconds=1)
    for moment, is_open in [
        (opens - micro, False),
        (opens, True),
        (closes - micro, True),
        (closes, False),
        (opens - micro, False),
    ]:
        assert (ask(engine, "отпуск", now=moment).total == 1) is is_open
        assert ask(engine, "отпуск", now=moment, tokens=frozenset({"editors:1"})).total == 1


def test_members_never_find_what_was_not_released(engine: WhooshEngine) -> None:
    fill(engine, document(1, "Отпуск", audience=EDITOR, visible_from=None))
    assert ask(engine, "отпуск").total == 0
    assert ask(engine, "отпуск", tokens=EDITOR).total == 1


def test_the_cursor_is_found_by_nobody(engine: WhooshEngine) -> None:
    fill(engine, document(1, "Отпуск"))
    assert ask(engine, "the cursor", tokens=frozenset({"", "the cursor", "members:1"})).total == 0


def test_a_document_without_an_audience_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="audience"):
        SearchDocument("news", 1, "Отпуск", "", frozenset())


# ── Whatever is typed ───────────────────────────────────────────────────


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshEngine]:
    engine = WhooshEngine(tmp_path_factory.mktemp("any") / "index")
    fill(
        engine,
        *(document(n, f"Отпуск „{n}“", "a b в г AND OR * ? ~ [x TO y]") for n in range(9)),
    )
    yield engine


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(typed=st.text(max_size=350), as_you_type=st.booleans())
def test_nothing_typed_is_an_error(filled: WhooshEngine, typed: str, as_you_type: bool) -> None:
    answer = filled.search(Query(typed, MEMBER, NOW, as_you_type=as_you_type))
    assert answer.ready
    filled.mark(f"Отпуск {typed} край", answer.reading, 40)
