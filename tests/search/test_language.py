"""Words: what a reader types and what a text holds must meet."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.language import (
    Alternative,
    Clause,
    Filters,
    Reading,
    Synonyms,
    WordList,
    hashes,
    plain_form,
    spots,
    term,
    terms,
    understand,
    words,
)
from portal.search.language.synonyms import Entry

TEXTS = """
    Заявление за ползване на платен отпуск. Заявленията се подават в общинската администрация.
    Наредба за управление на общинската собственост в Република България. Кметът и общинският
    съвет приеха бюджета; щат, юли, чл. 37, комуникационна стратегия, жители, шофьор, обявления.
    Meeting minutes and services of the project; excel. Решение на общинския съвет. Градът, път.
"""


class Texts:
    """A lexicon whose reader may read one text."""

    def __init__(self, text: str = TEXTS) -> None:
        self.all = {form: 1 for _, _, form in words(text)}
        self.list = WordList.of(self.all)

    def readable(self, forms: Iterable[str]) -> dict[str, int]:
        asked = list(forms)
        held = self.list.holds("forms", hashes(asked)).tolist()
        return {form: 1 for form, known in zip(asked, held, strict=True) if known}

    def typed(self, keys: Iterable[str]) -> dict[str, int]:
        return dict.fromkeys(self.list.typed(hashes(keys)), 1)

    def holding(self, terms: Iterable[str]) -> dict[str, int]:
        mine = set(map(term, self.all))
        return {each: 1 for each in terms if each in mine}


LEXICON = Texts()


def stems(text: str) -> list[str]:
    return [term(form) for _, _, form in words(text)]


def asked(question: str, **more) -> list[str]:
    """The first terms of each clause."""
    found = understand(question, more.pop("lexicon", None), **more).clauses
    return [" ".join(clause.alternatives[0].terms) for clause in found]


@pytest.mark.parametrize(
    "forms",
    [
        "стратегия стратегии стратегията стратегиите",
        "документ документи документа документът документите",
        "заплата заплати заплатата заплатите",
        "мандат мандати мандата мандатът",
        "регламент регламента регламентът регламенти регламентите",
        "община общини общината",
        "решение решения решението решенията",
        "заявление заявления заявлението заявленията",
        "вписване вписването вписвания",
        "екстранет екстранета Екстранетът",
        "нов нова ново нови новата новия новият новите",
        "спокоен спокойна спокойни спокойните",
        "обществен обществена обществения обществените",
        "служител служителят служителя служители служителите",
        "министър министри министърът министъра",
        "вестник вестници вестникът вестниците",
        "отпуск отпуски отпуска отпускът отпуските",
        "град градове градът града градовете",
        "наричам нарича наричат наричано наричаните",
        "преобладавам преобладава преобладават преобладаващо",
        "вода води водата водите",
        "земя земи земята земите",
        "брой броят броя",
        "бърз бързо бързи",
        "той му него",
        "service services",
        "planned plan plans planning",
        "policy policies",
    ],
)
def test_forms_of_one_word_meet(forms: str) -> None:
    assert len(set(stems(forms))) == 1, stems(forms)


@pytest.mark.parametrize(
    "pair",
    [
        "аналог аналогия",
        "решен решение",
        "съвет съветник",
        "чужд чуждестранен",
        "вода водя",
        "вид видят",
        "вина вино",
        "пола поле",
        "т тон",
    ],
)
def test_other_words_do_not_meet(pair: str) -> None:
    assert len(set(stems(pair))) == 2


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
    found = understand("„нов център“ отпуск в Бур", None, as_you_type=True).clauses
    assert [[way.terms for way in clause.alternatives] for clause in found] == [
        [("нов", "центр")],
        [("отпуск",)],
        [("бур",)],
    ]
    assert found[0].alternatives[0].in_a_row
    assert "бур" in found[-1].beginnings


def test_binding_words_count_only_where_nothing_else_is_asked() -> None:
    assert understand("отпуск на", None) == understand("отпуск", None)
    assert asked("на за") == ["на", "за"]
    assert asked('"отпуск" на') == ["отпуск"]


@pytest.mark.parametrize(
    ("question", "clauses", "without", "filters"),
    [
        ("план -график", ["план"], ["график"], Filters()),
        ('план -"бюджет на"', ["план"], ["бюджет на"], Filters()),
        ("kind:новини отпуск", ["отпуск"], [], Filters(kinds=("новини",))),
        (
            'пространство:"Комуникационен център"',
            [],
            [],
            Filters(spaces=("Комуникационен център",)),
        ),
        ("автор:Иванова year:2023", [], [], Filters(authors=("Иванова",), years=(2023, 2023))),
        ("година:2021-2023 план", ["план"], [], Filters(years=(2021, 2023))),
        ("2021..2023 план", ["план"], [], Filters(years=(2021, 2023))),
        ("year:2021.. year:..2019", [], [], Filters(years=(1, 9999))),
        ("програма 2021-2027", ["програм", "2021 2027"], [], Filters()),
        ("година:скоро", ["годин", "скор"], [], Filters()),
        ("kind: отпуск", ["kind", "отпуск"], [], Filters()),
        ('"отпуск', ["отпуск"], [], Filters()),
        ('a:"отпуск"', ["отпуск"], [], Filters()),
        ("--- \" ' ()", [], [], Filters()),
    ],
)
def test_the_query_language(question, clauses, without, filters) -> None:
    found = understand(question, None)
    assert [" ".join(clause.alternatives[0].terms) for clause in found.clauses] == clauses
    assert [" ".join(clause.alternatives[0].terms) for clause in found.without] == without
    assert found.filters == filters


def test_an_abbreviation_and_its_number_belong_together() -> None:
    (clause,) = understand("чл. 37", None).clauses
    assert [(way.terms, way.in_a_row) for way in clause.alternatives] == [
        (("чл", "37"), True),
        (("член", "37"), True),
        (("чл", "37"), False),
    ]


def test_synonyms_hold_both_ways_or_one() -> None:
    zut, car = Entry("ЗУТ", "Закон за устройство на територията"), Entry("кола", "автомобил", False)
    kept = Synonyms([zut, car])
    (short,) = understand("зут", None, synonyms=kept).clauses
    assert short.alternatives[1] == Alternative(
        tuple(stems(zut.right)), in_a_row=True, weight=short.alternatives[1].weight
    )
    for clause in understand("закона за устройството на територията", None, synonyms=kept).clauses:
        assert ("зут",) in [way.terms for way in clause.alternatives]
    assert "автомобил" in understand("кола", None, synonyms=kept).terms
    assert "кол" not in understand("автомобил", None, synonyms=kept).terms


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("zayavlenie za otpusk", "заявление за отпуск"),  # the official transliteration
        ("naredba za upravlenie", "наредба за управление"),
        ("komunikacionna strategiq", "комуникационна стратегия"),  # «шльокавица»
        ("6tat 4l. 37", "щат чл 37"),
        ("yuli", "юли"),
        ("byudjet", "бюджет"),  # only «бюджета» stands there
        ("pyt", "път"),
        ("put", "път"),
        ("Bulgariq", "българия"),
    ],
)
def test_latin_letters(typed: str, meant: str) -> None:
    assert understand(typed, LEXICON).shown_for == meant


def _on(layout: dict[str, str], text: str) -> str:
    back = {letter: key for key, letter in layout.items()}
    return "".join(back.get(letter, letter) for letter in text)


@pytest.mark.parametrize("layout", ["_BDS", "_PHONETIC", "_NEW_PHONETIC"])
@pytest.mark.parametrize("text", ["заявление за отпуск", "чл 37 щат", "комуникационна стратегия"])
def test_another_layout(layout: str, text: str) -> None:
    from portal.search.language import keyboards

    found = understand(_on(getattr(keyboards, layout), text), LEXICON)
    assert found.terms >= understand(text, None).terms - {term("чл")}
    assert found.literal.count('"') >= 2


def test_latin_words_typed_in_cyrillic() -> None:
    assert understand("еьцел", LEXICON).shown_for == "excel"  # phonetic
    assert understand("сеияищз", Texts("services")).shown_for is None


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("зявление за отпуск", "заявление за отпуск"),
        ("наредбба", "наредба"),
        ("стартегия", "стратегия"),
        ("заявлението", None),  # it stands there in other forms
        ("хипопотам", None),
        ("meetnig", "meeting"),
        ("2027", None),
        ('"зявление"', None),  # quoted: as it stands
    ],
)
def test_slips_are_put_right_by_known_words_only(typed: str, shown: str | None) -> None:
    found = understand(typed, LEXICON)
    assert found.shown_for == shown
    if shown is not None:
        again = understand(found.literal, LEXICON)
        assert again.shown_for is None
        assert again.terms == understand(typed, None).terms - set(stems("за"))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("заявлнеие", "заявление"),  # letters that changed places
        ("стратгеия", "стратегия"),
        ("зоявление", "заявление"),
        ("договр", "договор"),
        ("заявлнеието", "заявлението"),
        ("заявлениетоо", "заявлението"),
        ("reqests", "requests"),
        ("хипопотам", None),
    ],
)
def test_slips_are_put_right_where_a_word_stands_in_other_forms_alone(
    typed: str, shown: str | None
) -> None:
    texts = Texts(
        "Подадени са заявления; сключени са договори; two strategies, стратегиите; request"
    )
    assert understand(typed, texts).shown_for == shown


def test_a_latin_word_that_stands_there_is_looked_for_in_both_alphabets() -> None:
    mixed = Texts("Заявление за отпуск: otpusk@town.example")
    assert understand("otpusk", mixed).shown_for is None
    assert understand("otpusk", mixed).terms == {"otpusk", "отпуск"}
    both = understand("zayavlenie otpusk", mixed)
    assert both.shown_for == "заявление отпуск"
    assert "otpusk" in both.terms


def test_known_words_stay_as_they_are() -> None:
    assert understand("services на общината", LEXICON).shown_for is None
    assert understand("отпуск", LEXICON) == Reading(
        (Clause((Alternative(("отпуск",), forms=("отпуск",)),)),)
    )


ANYTHING = st.text(
    st.sampled_from("абвгщюя abcxyz 0123 \"„“-:.,;[]'/*?()\\ \u00ad\u0300\x00\x1f kindвидyear")
    | st.characters(),
    max_size=400,
)


@settings(max_examples=300, deadline=None)
@given(ANYTHING, st.booleans())
def test_no_question_is_an_error(question: str, as_you_type: bool) -> None:
    understand(question, LEXICON, as_you_type)


@given(st.text(max_size=200))
def test_places_of_words_are_those_of_the_text(text: str) -> None:
    for start, end, form in words(text):
        assert plain_form(text[start:end]) == form
        form.encode()


@pytest.mark.parametrize(
    "word",
    ["заявление", "заявления", "място", "голяма", "отмяна", "изискванията", "извършване", "вода",
     "земята", "брой", "предоставяне", "министърът", "решението", "несъстоятелност"],
)  # fmt: skip
def test_a_word_answers_from_its_third_letter_on(word: str) -> None:
    for letters in range(3, len(word) + 1):
        found = understand(word[:letters], None, as_you_type=True)
        assert term(word) in found.terms or term(word).startswith(found.beginnings), word[:letters]


def test_a_word_in_latin_letters_answers_while_it_is_typed() -> None:
    found = understand("zayavl", LEXICON, as_you_type=True)
    assert term("заявление").startswith(found.beginnings)


@pytest.mark.parametrize(
    ("asked_for", "text", "marked"),
    [
        ("ден", "Дните и един ден; деня, денк", ["Дните", "ден", "деня"]),
        ("дни", "Три дни за отговор, дно", ["дни"]),
        ("очи", "На око и очите; оцет", ["око", "очите"]),
        ("вода", "Вода, водите, водят, водач", ["Вода", "водите"]),
        ("земи", "Земята, земи, земя, зем", ["Земята", "земи", "земя"]),
        ("вид", "Вид, вида, видя", ["Вид", "вида"]),
        ("бял", "Бял, бели, бяла, беля", ["Бял", "бели", "бяла"]),
        ("тон", "Тон по т. 5", ["Тон"]),
    ],
)
def test_all_forms_of_a_short_word_are_marked(asked_for: str, text: str, marked: list[str]) -> None:
    wanted = frozenset({term(asked_for)})
    assert [text[start:end] for start, end, _ in spots(text, wanted, ())] == marked


def test_pronouns_in_a_phrase_are_marked() -> None:
    found = understand('"той каза"', None)
    text = "И той каза това."
    assert [text[a:b] for a, b, _ in spots(text, found.terms, ())] == ["той", "каза"]


@pytest.mark.parametrize(
    ("left", "right", "typed"),
    [
        ("вода", "ВиК", "водите"),
        ("земя", "имот", "земите"),
        ("вид", "тип", "видове"),
        ("водоснабдяване и канализация", "ВиК", "водоснабдяването и канализацията"),
    ],
)
def test_synonyms_of_short_words_hold_for_all_their_forms(
    left: str, right: str, typed: str
) -> None:
    found = understand(typed, None, synonyms=Synonyms([Entry(left, right)]))
    assert term(right.lower()) in found.terms
