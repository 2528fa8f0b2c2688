"""A practice's page: what it shows to whom, its sums and changes, its two languages, its cost."""

import io
import re
from decimal import Decimal

import pytest

from portal.content import keeping
from portal.content import services as content
from portal.files.services import add_file
from portal.kernel import clock
from portal.kernel.i18n import speaking
from portal.kernel.transaction import transaction
from portal.practices import page as pages
from portal.practices import record as records
from portal.practices import services
from tests.support.counting import query_budget
from tests.support.practising import PROBLEM, begun, picture, practice


@pytest.fixture
def made(own_space, person):
    def make(**changes):
        return practice(own_space, person("partner"), person("editor"), **changes).content

    return make


@pytest.fixture
def bus(made):
    return made()


def read(sign_in, item, who="ngo", **args):
    answer = sign_in(who).get(f"/practices/{item.address}", query_string=args)
    assert answer.status_code == 200
    return answer.text


def words(html):
    """The text of a page in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# ── Who reads what ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("who", "status"),
    [("partner", 200), ("ngo", 200), ("reader", 200), ("stranger", 404), ("visitor", 302)],
)
def test_a_practice_for_partners_opens_to_partners_and_staff(who, status, bus, sign_in):
    assert sign_in(who).get(f"/practices/{bus.address}").status_code == status


@pytest.mark.parametrize(
    ("who", "status"), [("partner", 200), ("coordinator", 200), ("editor", 200), ("ngo", 404)]
)
def test_a_practice_of_one_organisation_opens_to_its_people(who, status, made, sign_in):
    item = made(visibility="own")
    assert sign_in(who).get(f"/practices/{item.address}").status_code == status


def test_an_old_address_leads_to_the_right_one_and_keeps_the_language(bus, sign_in):
    answer = sign_in("ngo").get(f"/practices/staro-ime-{bus.id}?language=en")
    assert answer.status_code == 301
    assert answer.location == f"/practices/{bus.address}?language=en"


@pytest.mark.parametrize("address", ["x", "-1", "x-99999999999999", "0", "%00-1"])
def test_an_impossible_address_is_404(address, sign_in):
    assert sign_in("ngo").get(f"/practices/{address}").status_code == 404


def test_a_draft_leads_its_authors_to_it_and_nobody_else(own_space, person, sign_in):
    draft = begun(own_space, person("partner"), "Чернова").content
    answer = sign_in("coordinator").get(f"/practices/{draft.address}")
    assert answer.location == f"/practices/{draft.id}/review"
    assert sign_in("ngo").get(f"/practices/{draft.address}").status_code == 404


def test_readers_see_the_released_text_while_a_draft_changes(bus, person, sign_in):
    partner = person("partner")
    draft = content.draft_of(bus, "bg", by=partner)
    step = records.step_of("story", False)
    seal = services.step_seal(draft, step)
    services.save_step(draft, "story", seal, {"problem": f"Тайна. {PROBLEM}"}, by=partner)
    for who in ("ngo", "partner", "editor"):
        assert "Тайна" not in read(sign_in, bus, who)


def test_only_insiders_get_links_to_write_review_and_place(bus, sign_in):
    links = [f"/practices/{bus.id}/edit", f"/practices/{bus.id}/review"]
    places = f"/content/{bus.id}/places"
    for who, writes, edits in (
        ("partner", True, False),
        ("coordinator", True, False),
        ("editor", True, True),
        ("ngo", False, False),
        ("reader", False, False),
    ):
        page = read(sign_in, bus, who)
        assert all((f'href="{each}"' in page) is writes for each in links), who
        assert (f'href="{places}"' in page) is edits, who


def test_an_archived_practice_says_so(bus, person, sign_in):
    keeping.archive(bus, by=person("editor"))
    assert "в архива" in read(sign_in, bus)


# ── What it tells ───────────────────────────────────────────────────────


def test_everything_that_is_filled_in_is_told(made, person, sign_in):
    file = add_file(io.BytesIO("Решение.".encode()), "Решение.txt", by=person("partner"))
    materials = [{"file": str(file.id), "title": "Решение на съвета", "sort": "decision",
                  "licence": "portal"}]  # fmt: skip
    item = made(materials=materials, pictures=[picture(person("partner"))] * 2)
    page = read(sign_in, item)
    told = words(page)
    for expected in (
        "Община Каменград",
        "Каменград, област Бургас",
        "от май 2024 г., продължава",
        "добра успяла е и на друго място",
        "В седемте села на общината живеят 1240 души",
        "Преброяване на пътуванията",
        "4 седмици",
        "64 000 € 2024",
        "41 200,50 лв. (21 065,48 €) 2025",
        "общински бюджет",
        "6,5 човекомесеца",
        "1240 Жители на селата",
        "Пътувания до града, на месец",
        "септември 2025 г. дневник на диспечера",
        "Вече сама си ходя на лекар.",
        "Първите две седмици никой не се обаждаше.",
        "Щяхме да наемем диспечер",
        "Обаждането вечерта с точния час.",
        "от януари 2025 г.",
        "Мярка 3.2: Достъпен превоз",
        "Близо до дома",
        "CC BY 4.0",
        "решение на общинския съвет, само за този портал,",
        "учебно посещение",
    ):
        assert expected in told, expected
    assert f'href="/files/{file.id}" download>Решение на съвета</a>' in page
    assert page.count('alt="Микробус пред кметството"') >= 1
    assert "Петър Партньоров" in told
    assert 'href="mailto:transport@kamengrad.example"' in page
    assert f'href="/practices/{item.id}/paper.pdf"' in page


def test_what_is_not_filled_in_leaves_no_heading(made, sign_in):
    empty = dict.fromkeys(("quote", "quote_by", "small", "project", "keywords", "skills"), "")
    page = read(sign_in, made(**empty, pictured=False, alignment=[], offers=[], steps=[]))
    for heading in ("Стъпки", "Снимки", "Предлагат", "Проект", "малка община", "Нужни умения"):
        assert heading not in words(page), heading


def test_what_did_not_work_is_told_without_shame(made, sign_in):
    page = words(read(sign_in, made(failed=True)))
    assert "не проработи" in page
    assert "Какво беше опитано" in page
    assert "Защо, и какво е научено" in page
    assert "Доказателства" not in page


def test_markup_that_somebody_typed_is_words(made, sign_in):
    nasty = "<script>alert(1)</script>"
    page = read(
        sign_in,
        made(
            title=f"Превоз {nasty}",
            lessons=f"{nasty} https://kamengrad.example/plan",
            difficulties=[{"what": nasty}],
            keywords=nasty,
        ),
    )
    assert nasty not in page
    assert 'href="https://kamengrad.example/plan" rel="noopener noreferrer"' in page


def test_the_contact_who_left_is_not_shown(bus, cast, sign_in):
    @transaction
    def leave():
        cast["partner"].retired_at = clock.now()

    leave()
    page = read(sign_in, bus)
    assert "Петър Партньоров" not in page.replace("Петър Партньоров</span><span>CC", "")
    assert "transport@kamengrad.example" in page
    assert "вече не работи там" in page


# ── Sums, changes, periods ──────────────────────────────────────────────


@pytest.mark.database("sqlite")  # words alone
@pytest.mark.parametrize(
    ("amount", "currency", "told"),
    [
        ("64000", "EUR", "64 000 €"),
        ("1955.83", "BGN", "1955,83 лв. (1000 €)"),
        ("12.5", "EUR", "12,50 €"),
        ("0", "BGN", "без разходи"),
        ("250000", "BGN", "250 000 лв. (127 823 €)"),
    ],
)
def test_sums_in_leva_are_told_in_euro_too(app, amount, currency, told):
    with speaking("bg"):
        assert pages.money(amount, currency).replace("\u00a0", " ") == told


def test_what_is_paid_each_year_is_not_added_up_over_the_years(made, sign_in):
    cost = {"sort": "yearly", "currency": "EUR", "source": "бюджет"}
    item = made(
        costs=[
            {**cost, "amount": "1000", "year": "2023"},
            {**cost, "amount": "1100", "year": "2024"},
            {**cost, "amount": "200", "year": "2024"},
        ]
    )
    page = read(sign_in, item).replace("\u00a0", " ")
    glance = page[page.index('class="glance"') : page.index("</dl>")]
    assert re.search(r"<dd>1300 € <small>2024 \(2023: 1000 €\)", glance), glance
    assert "2300 €" not in page


def test_a_euro_is_195583_of_a_hundred_thousand_leva():
    assert pages.in_euro("195583", "BGN") == Decimal(100_000)
    assert pages.in_euro("7", "EUR") == 7


@pytest.mark.database("sqlite")  # words alone
@pytest.mark.parametrize(
    ("before", "after", "unit", "told"),
    [
        ("120", "860", "на месец", "+617 %"),
        ("100", "50", "", "−50 %"),
        ("33", "12.5", "% от хората", "−20,5 процентни пункта"),
        ("4", "4", "", "без промяна"),
        ("0", "5", "", ""),
        ("-10", "10", "", "+200 %"),
        ("1000", "1003", "", "+0,3 %"),
        ("", "5", "", ""),
    ],
)
def test_the_change_of_an_indicator_in_per_cent(app, before, after, unit, told):
    with speaking("bg"):
        assert pages.change(before, after, unit).replace("\u00a0", " ") == told


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"begun": "05.2024", "running": "running"}, "от май 2024 г., продължава"),
        (
            {"begun": "2023", "ended": "06.2024", "running": "ended"},
            "2023 г. – юни 2024 г., приключила е по план",
        ),
    ],
)
def test_the_period_in_words(typed, told, made, sign_in):
    assert told in words(read(sign_in, made(**typed)))


def test_one_person_month_is_one(made, sign_in):
    assert "1 човекомесец " in words(read(sign_in, made(person_months="1")))


# ── Languages ───────────────────────────────────────────────────────────


@pytest.fixture
def english(bus, person):
    """The English text: title and sentence are translated, the rest is not."""
    partner = person("partner")
    draft = services.translate(bus, "en", by=partner)
    for key, typed in (
        ("about", {"title": "A bus on demand", "summary": "Seven villages ride again."}),
        ("files", {"machine": "1"}),
    ):
        step = records.step_of(key, False)
        services.save_step(draft, key, services.step_seal(draft, step), typed, by=partner)
    content.submit(draft, draft.saves, by=partner)
    content.approve(draft, draft.saves, by=person("editor"))
    return draft


def test_each_reader_gets_her_language_and_a_way_to_the_other(bus, english, sign_in):
    page = read(sign_in, bus)
    assert '<h1 class="title">Автобус по заявка за малките села</h1>' in page
    other = re.search(r'<a href="([^"]+)" hreflang="en" lang="en">English</a>', page)
    assert other is not None
    page = sign_in("ngo").get(other[1]).text
    assert '<h1 class="title" lang="en">A bus on demand</h1>' in page
    assert 'hreflang="bg" lang="bg">Български</a>' in page


def test_a_translation_says_what_it_is(bus, english, sign_in):
    told = words(read(sign_in, bus, language="en"))
    assert "Превод от български. Преведено е от машина." in told
    assert "Части от него още не са преведени." in told
    page = read(sign_in, bus, language="en")
    problem = page[page.index('id="problem"') : page.index('id="solution"')]
    assert "още не е преведено" in problem
    assert 'lang="en"' not in problem  # it stands in Bulgarian still
    assert "още не е преведено" not in words(read(sign_in, bus))


def test_a_translation_older_than_its_original_says_so(bus, english, person, sign_in):
    assert "преводът е от по-ранен текст" not in read(sign_in, bus, language="en")
    draft = content.draft_of(bus, "bg", by=person("partner"))
    content.submit(draft, draft.saves, by=person("partner"))
    content.approve(draft, draft.saves, by=person("editor"))
    assert "преводът е от по-ранен текст" in read(sign_in, bus, language="en")


def test_a_language_that_there_is_not_is_passed_over(bus, sign_in):
    for language in ("en", "xx", "%00"):
        assert "Автобус по заявка" in read(sign_in, bus, language=language)


# ── Cost ────────────────────────────────────────────────────────────────


# One of them tells who reads it and keeps it, for the tools above the text.
@pytest.mark.parametrize(("who", "budget"), [("ngo", 7), ("reader", 7), ("editor", 8)])
def test_the_page_keeps_its_budget_of_statements(who, budget, bus, app, sign_in):
    browser = sign_in(who)
    address = f"/practices/{bus.address}"
    browser.get(address)  # fills what the process keeps
    with query_budget(app, budget):
        assert browser.get(address).status_code == 200
