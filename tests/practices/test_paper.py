"""A practice on paper: two pages, whatever it holds; every word can be read out of it again."""

import io
from urllib.parse import quote

import pypdfium2
import pytest

from portal.content import services as content
from portal.practices import record as records
from portal.practices import services
from portal.practices.fields import STEPS
from tests.support.practising import practice

LONG = "Общината обслужва жителите на всички села, каквото и време да е навън. "


def fetched(sign_in, item, who="partner", **args):
    answer = sign_in(who).get(f"/practices/{item.id}/paper.pdf", query_string=args)
    assert answer.status_code == 200
    return answer


def pages(answer):
    """The text of each page, in one line."""
    paper = pypdfium2.PdfDocument(io.BytesIO(answer.data))
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in paper]
    finally:
        paper.close()


def lowest(answer):
    """How far above the foot the words of each page end, in points; the foot itself left out."""
    paper = pypdfium2.PdfDocument(io.BytesIO(answer.data))
    ends = []
    for page in paper:
        text = page.get_textpage()
        boxes = [text.get_rect(n) for n in range(text.count_rects())]
        ends.append(min(box[1] for box in boxes if box[1] > 32))
    paper.close()
    return ends


def maximal(**changes):
    """Every text as long as it may be, every list as full."""
    typed = {}
    for step in STEPS:
        for field in step.fields:
            if field.kind in ("line", "text") and field.key not in ("mailbox", "ekatte"):
                typed[field.key] = filled_up(field.high)
            elif field.kind == "rows":
                typed[field.key] = [row_of(field) for _n in range(int(field.high))]
    return {**typed, **changes}


def filled_up(length):
    return (LONG * 60)[: int(length)].rsplit(" ", 1)[0]


def row_of(field):
    made = {}
    for column in field.columns:
        if column.kind in ("line", "text"):
            made[column.key] = filled_up(column.high)
        elif column.kind == "choice":
            made[column.key] = column.choices[0][0]
        elif column.kind == "month":
            made[column.key] = "05.2024"
        else:
            made[column.key] = "2024" if column.key == "year" else "17"
    return made


@pytest.fixture
def made(own_space, person):
    def make(**changes):
        return practice(own_space, person("partner"), person("editor"), **changes).content

    return make


# All that a practice can be published without.
TINY = {
    **{key: [] for key in ("steps", "costs", "stakeholders", "beneficiaries", "difficulties")},
    **{key: [] for key in ("pictures", "alignment", "aspects", "offers")},
    **dict.fromkeys(("keywords", "person_months", "skills", "lead_unit", "legal"), ""),
    **dict.fromkeys(("political", "technical", "participation", "quote", "quote_by"), ""),
    **dict.fromkeys(("lessons", "core", "adaptable", "fits", "small", "no_grant"), ""),
    **dict.fromkeys(("sustained", "sustained_since", "project", "aspects_how", "mailbox"), ""),
}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        TINY,
        maximal(),
        maximal(problem="а\n" * 500, solution="дума\n\n" * 500, lessons="я\n" * 1000),
        maximal(title="Щ" * 120, summary="Ж" * 160, problem="Ю" * 1000, solution="Ш" * 3000),
        {"failed": True},
    ],
    ids=["full", "tiny", "maximal", "broken into lines", "without blanks", "failed"],
)
def test_it_is_two_pages_whatever_the_record_holds(changes, made, sign_in):
    answer = fetched(sign_in, made(**changes))
    assert len(pages(answer)) == 2
    assert answer.mimetype == "application/pdf"
    # Nothing runs into the foot or off the paper.
    assert min(lowest(answer)) > 36


def test_its_words_can_be_taken_out_again(made, sign_in):
    first, second = pages(fetched(sign_in, made()))
    for words in (
        "Автобус по заявка за малките села",
        "В седемте села на общината живеят 1240 души",
        "заявява до 17 часа",
        "64 000 €",
        "41 200,50 лв. (21 065,48 €)",
        "Каменград, област Бургас",
        "от май 2024 г., продължава",
        "Превоз",
    ):
        assert words in first
    for words in (
        "Преброяване на пътуванията",
        "0 → 860",
        "Диспечерът сам позвъни на 200 домакинства.",
        "Достатъчен е автомобил с осем места",
        "transport@kamengrad.example",
        "CC BY 4.0",
    ):
        assert words in second


def test_one_week_is_one(made, sign_in):
    steps = [{"what": "Поръчка", "weeks": "1"}, {"what": "Обучение", "weeks": "2"}]
    _first, second = pages(fetched(sign_in, made(steps=steps)))
    assert "1 седмица" in second
    assert "2 седмици" in second


def test_what_was_cut_says_where_all_of_it_is(made, sign_in):
    item = made(**maximal())
    text = " ".join(pages(fetched(sign_in, item)))
    assert "… (цялото на адреса)" in text
    assert f"/practices/{item.address}" in text.replace(" ", "")
    # Never in the middle of a word.
    before = {part.rstrip().split()[-1] for part in text.split("…")[:-1]}
    known = set(LONG.replace(",", "").replace(".", "").split())
    assert {word.strip(",.") for word in before} <= known


def test_what_fits_is_not_cut(made, sign_in):
    assert "…" not in " ".join(pages(fetched(sign_in, made())))


def test_it_is_saved_under_its_cyrillic_name_and_tells_its_language(made, sign_in):
    answer = fetched(sign_in, made())
    wanted = quote("Автобус по заявка за малките села.pdf")
    assert f"filename*=UTF-8''{wanted}" in answer.headers["Content-Disposition"]
    paper = pypdfium2.PdfDocument(io.BytesIO(answer.data))
    facts = paper.get_metadata_dict()
    paper.close()
    assert facts["Title"] == "Автобус по заявка за малките села"
    assert facts["Author"] == "Община Каменград"
    assert b"/Lang (bg)" in answer.data.replace(b"/Lang(", b"/Lang (")


def test_its_language_is_that_of_the_text(made, person, sign_in):
    item = made()
    partner, editor = person("partner"), person("editor")
    english = services.translate(item, "en", by=partner)
    about = records.step_of("about", False)
    typed = {"title": "A bus on demand", "summary": "Seven villages ride again."}
    services.save_step(english, "about", services.step_seal(english, about), typed, by=partner)
    content.submit(english, english.saves, by=partner)
    content.approve(english, english.saves, by=editor)
    assert pages(fetched(sign_in, item, language="en"))[0].count("A bus on demand") == 1
    assert "Автобус по заявка" in pages(fetched(sign_in, item))[0]
    reader = sign_in("ngo")
    reader.get("/practices", headers={"Accept-Language": "en"})
    in_english = reader.get(f"/practices/{item.id}/paper.pdf", headers={"Accept-Language": "en"})
    first = pages(in_english)[0]
    assert "A bus on demand" in first
    assert "The problem" in first
    assert "€64,000" in first or "64,000 €" in first


@pytest.mark.parametrize(
    ("who", "status"),
    [("partner", 200), ("ngo", 200), ("reader", 200), ("stranger", 404), ("visitor", 302)],
)
def test_its_door_is_that_of_the_page(who, status, made, sign_in):
    item = made()
    browser = sign_in(who)
    assert browser.get(f"/practices/{item.id}/paper.pdf").status_code == status
    assert browser.get(f"/practices/{item.address}").status_code == status


def test_a_practice_of_one_organisation_is_no_paper_for_others(made, sign_in):
    item = made(visibility="own")
    assert sign_in("ngo").get(f"/practices/{item.id}/paper.pdf").status_code == 404
    assert sign_in("coordinator").get(f"/practices/{item.id}/paper.pdf").status_code == 200


def test_a_draft_has_no_paper(own_space, person, sign_in):
    draft = services.begin(own_space, "bg", "Чернова", by=person("partner"))
    assert sign_in("partner").get(f"/practices/{draft.content_id}/paper.pdf").status_code == 404
