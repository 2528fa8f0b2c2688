"""Files as drafts: title, date, body and what a person should look at."""

from datetime import UTC, datetime

import pytest

from portal.importing import titles
from portal.importing.decoding import Unreadable
from portal.kernel.text import plain
from tests.importing.conftest import MODIFIED


def test_a_plain_text_gives_title_date_lists_and_links(read):
    draft = read("water.txt")
    assert draft.title == "Спират водата в квартал „Изток“ на 14 май"
    assert draft.published_at == datetime(2024, 5, 12, 7, 30, tzinfo=UTC)
    assert draft.day_from == "text"
    assert draft.body.count("<ul>") == draft.body.count("<ol>") == 1
    assert draft.body.count("<li>") == 5
    assert '<a href="https://voda.example/remonti"' in draft.body
    assert "Последни новини" not in draft.body
    assert "Публикувано" not in draft.body
    assert not draft.doubts


def test_the_menu_of_a_saved_page_is_neither_title_nor_text(read):
    draft = read("saved-page.txt")
    assert draft.title == "Нова детска площадка в парка"
    assert draft.published_at == datetime(2025, 4, 28, 13, 27, tzinfo=UTC), "not the day of saving"
    assert plain(draft.body).split("\n") == [
        "Площадката до езерото отвори врати. Децата от „Пчелица“ първи я изпробваха.",
        "Люлките са пригодени и за деца с увреждания.",
    ]


def test_a_signature_below_a_text_is_kept(read):
    draft = read("contacts.txt")
    assert draft.title == "Отчет на приемната за месец март"
    assert plain(draft.body).endswith("Мария Иванова\nТел.: 0500/62 123")
    assert (draft.published_at, draft.day_from) == (MODIFIED, "file")


def test_a_text_that_is_all_menu_is_refused(read):
    with pytest.raises(Unreadable, match="no text"):
        read("only-menu.txt")


def test_front_matter_goes_first(read):
    draft = read("front.md")
    assert draft.title == "Пробно учение при земетресение"
    assert (draft.day_from, draft.published_at.date().isoformat()) == (
        "front",
        "2024-03-12",
    )
    assert draft.summary == "Сирените ще прозвучат в 11:00."
    assert draft.topics == ["safety", "Без такава тема"]
    assert "<h2>Какво да направите</h2>" in draft.body, "a heading of its own stays in the text"
    assert "<strong>спокойно</strong>" in draft.body
    assert "<table>" in draft.body
    assert "<script" not in draft.body


def test_front_matter_may_be_toml(read):
    text = (
        '+++\ntitle = "Заглавие"\ndate = 2024-03-12T10:00:00\ntags = ["a"]\n+++\nТекст на новината.'
    )
    draft = read("a.md", text.encode())
    assert (draft.title, draft.topics) == ("Заглавие", ["a"])
    assert draft.published_at == datetime(2024, 3, 12, 8, 0, tzinfo=UTC)


def test_a_markdown_heading_is_the_title_and_deep_headings_rise(read):
    draft = read("heading.md")
    assert draft.title == "Библиотеката събира книги"
    assert draft.published_at == datetime(2024, 9, 1, 6, 0, tzinfo=UTC)
    assert draft.body.startswith("<p>Донесете книги до <em>петък</em>.</p>")
    assert "<h4>Къде</h4>" in draft.body


def test_markdown_without_a_heading_begins_with_its_title(read):
    draft = read("a.md", "Ремонт на **моста** през юни\n\nЗатваря се от 10 юни.".encode())
    assert draft.title == "Ремонт на моста през юни"
    assert draft.body == "<p>Затваря се от 10 юни.</p>"


def test_a_web_page_gives_its_article_alone(read):
    draft = read("page.html")
    assert draft.title == "Ремонт на моста"
    assert draft.published_at == datetime(2023, 6, 5, 11, 30, tzinfo=UTC)
    assert draft.summary == "Мостът се затваря за два месеца."
    assert "<strong>от 10 юни</strong>" in draft.body
    assert 'href="https://pat.example/"' in draft.body
    assert 'colspan="2"' in draft.body
    for furniture in (
        "Начало",
        "©",
        "style",
        "class",
        "onclick",
        "<img",
        "<input",
        "<h2>",
    ):
        assert furniture not in draft.body
    assert any("1" in doubt for doubt in draft.doubts), "the picture that was left out is told of"


def test_a_page_of_windows_1251_is_read(read):
    html = "<html><body><h1>Общинска обява</h1><p>Търг на 5 май.</p></body></html>"
    assert read("a.html", html.encode("windows-1251")).title == "Общинска обява"


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Х" * 50 + " дума" * 60, True),
        ("Обява", True),
        ("Заповед №5,", True),
        ("Общината обявява конкурс за библиотекар", False),
    ],
)
def test_titles_that_a_person_should_look_at_are_told(line, title):
    chosen = titles.choose([line, "", "Текст на новината, който стои отдолу."], "a.txt")
    assert bool(chosen.doubt) is title
    assert len(chosen.text) <= 200


def test_a_title_that_was_cut_out_of_a_paragraph_leaves_it_whole(read):
    line = "Дълъг първи ред, " * 20
    draft = read("a.txt", f"{line}\nОще текст.".encode())
    assert draft.title.endswith("…")
    assert plain(draft.body).startswith(line.strip())


def test_a_text_without_any_title_is_named_after_its_file(read):
    draft = read("protokol_12-mart.txt", "Търсене\n12.03.2024\n* * *\n".encode() + b"5 6")
    assert draft.title == "Protokol 12 mart"
    assert draft.doubts


def test_a_later_line_does_not_make_a_date_of_a_sentence(read):
    draft = read("a.txt", "Проект за паркове\n\nСрокът е 02.05.2012г. - 02.11.2013г.".encode())
    assert draft.day_from == "file"


def test_a_date_in_the_future_is_not_believed(read):
    draft = read("a.txt", "Общински събор на площада\n\n1 май 2999 г.\n\nТекст.".encode())
    assert (draft.published_at, draft.day_from) == (MODIFIED, "file")
    assert draft.doubts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n\n",
        "---\ntitle: Само заглавие\n---\n",
        "+++\ntitle = broken\n+++\nТекст",
        "---\ntitle: А\ndate: някога\n---\nТекст",
        "---\ntitle: А\nlanguage: fr\n---\nТекст",
    ],
)
def test_a_text_without_use_is_refused_with_a_reason(read, text):
    with pytest.raises(Unreadable) as refusal:
        read("a.txt", text.encode())
    assert str(refusal.value)


def test_dashes_above_prose_are_no_front_matter(read):
    draft = read("a.txt", "---\nСъобщение за всички служители\n---\nУтре е почивен ден.".encode())
    assert draft.title == "Съобщение за всички служители"


def test_lines_that_a_mail_program_broke_are_joined(read):
    wrapped = (
        "Общинско съобщение за служителите\n\n"
        "Уважаеми колеги, от понеделник входът откъм площада ще бъде\n"
        "затворен заради ремонт на стълбите. Моля, ползвайте входа откъм\n"
        "двора, който ще бъде отворен от седем и половина до осемнадесет\n"
        "часа.\n\n"
        "Ремонтът ще продължи три седмици. Извиняваме се за неудобството\n"
        "и благодарим за търпението, което проявявате всеки ден, колеги.\n"
    )
    assert read("a.txt", wrapped.encode()).body.count("<p>") == 2


def test_hostile_text_stays_text(read):
    draft = read("a.txt", "Заглавие на новина\n<script>alert(1)</script> <b>не</b>".encode())
    assert "<script" not in draft.body
    assert "&lt;b&gt;" in draft.body


def test_a_sentence_that_goes_on_below_does_not_unmake_its_title():
    lines = ["Наредба за допълнение на Наредба № 5", "НАРЕДБА", "за допълнение на Наредба № 5"]
    assert titles.choose(lines, "a.txt").text == lines[0]
