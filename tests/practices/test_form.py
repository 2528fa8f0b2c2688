"""The form of a practice: who opens it, saving step by step, rows, files, two authors."""

import io
import re

import pytest

from portal.content import services as content
from portal.content.models import State
from portal.files.services import add_file
from portal.practices import services
from tests.practices.filling import latest, path, png, sealed, shown
from tests.support.practising import begun, filled, full_record, practice, topic

# ── Who comes in ────────────────────────────────────────────────────────

ROLES = [
    ("partner", 200), ("coordinator", 200), ("editor", 200), ("manager", 200),
    ("ngo", 404), ("stranger", 404), ("reader", 404), ("admin", 404), ("visitor", 302),
]  # fmt: skip


@pytest.mark.parametrize(("who", "status"), ROLES)
def test_the_form_is_for_the_organisation_and_its_editors(who, status, sign_in, own_space, person):
    text = begun(own_space, person("partner"))
    browser = sign_in(who)
    for step in ("about", "story", "files", "check"):
        assert browser.get(path(text, step)).status_code == status
    if status == 404:
        typed = sealed(text, settlement="Чуждо", do="save")
        for what in ("edit", "autosave"):
            assert browser.post(path(text, what=what), data=typed).status_code == 404
        for what in ("send", "discard", "draft"):
            posted = browser.post(f"/practices/{text.content_id}/{what}", data={"language": "bg"})
            assert posted.status_code == 404
        assert latest().record["settlement"] != "Чуждо"


def test_readers_of_a_published_practice_may_not_write_on_it(sign_in, own_space, person):
    text = practice(own_space, person("partner"), person("editor"))
    assert sign_in("ngo").get(path(text)).status_code == 403


@pytest.mark.parametrize(
    ("who", "status"),
    [("partner", 200), ("editor", 200), ("reader", 404), ("stranger", 404), ("visitor", 302)],
)
def test_who_may_begin_one(who, status, sign_in, own_space):
    assert sign_in(who).get("/practices/new").status_code == status


def test_what_is_no_practice_or_no_step_has_no_form(sign_in, own_space, person):
    text = begun(own_space, person("partner"), failed=True)
    browser = sign_in("partner")
    assert browser.get(path(text, "transfer")).status_code == 404  # not in the shorter record
    assert browser.get(path(text, "nothing")).status_code == 404
    assert browser.post(path(text, "nothing"), data={"do": "save"}).status_code == 404
    assert browser.get("/practices/999/edit").status_code == 404


# ── Writing ─────────────────────────────────────────────────────────────


def test_a_practice_is_begun_with_a_title_and_leads_to_its_first_step(sign_in, own_space):
    browser = sign_in("partner")
    form = {"title": " ", "failed": "no", "language": "bg", "space": own_space.id}
    refused = browser.post("/practices/new", data=form)
    assert refused.status_code == 422
    assert latest() is None
    answer = browser.post("/practices/new", data={**form, "title": "Споделени велосипеди"})
    assert answer.status_code == 302
    text = latest()
    assert answer.location.endswith(f"/practices/{text.content_id}/edit/about")
    assert (text.title, text.content.home_id) == ("Споделени велосипеди", own_space.id)


def test_a_space_of_others_is_no_choice(sign_in, own_space, cast):
    form = {"title": "Т", "failed": "no", "language": "bg", "space": cast.space("intranet").id}
    assert sign_in("partner").post("/practices/new", data=form).status_code == 422
    assert latest() is None


def test_a_whole_practice_is_typed_step_by_step_without_scripts(sign_in, own_space, person):
    text = begun(own_space, person("partner"))
    browser = sign_in("partner")
    steps = full_record(topics=[str(topic())])
    order = [*steps, "check"]
    for key, values in steps.items():
        typed = sealed(latest(), key, **values)
        if key == "files":
            typed |= {"pictures-rows": "", "pictures-upload": (png(), "автобус.png")}
        answer = browser.post(path(text, key), data={**typed, "do": "next"})
        assert answer.status_code == 302, answer.text
        assert f"/edit/{order[order.index(key) + 1]}" in answer.location
    page = browser.get(path(text, "check")).text
    assert "pictures-0-alt" in page  # a picture without a description hinders
    row = {"file": latest().record["pictures"][0]["file"], "alt": "Автобус", "author": "Аз"}
    typed = sealed(latest(), "files", pictures=[{**row, "licence": "own", "consent": "1"}])
    assert browser.post(path(text, "files"), data={**typed, "do": "next"}).status_code == 302
    assert services.completeness(latest()).percent == 100
    answer = browser.post(
        f"/practices/{text.content_id}/send", data={"saves": latest().saves, "note": "Готово."}
    )
    assert answer.status_code == 302
    assert latest().state == State.IN_REVIEW
    page = browser.get(answer.location).text
    assert "Редакторова" in page  # who reviews it


def test_faults_stand_at_their_controls_with_what_was_typed(sign_in, own_space, person):
    text = begun(own_space, person("partner"))
    long = "дълго " * 40
    typed = sealed(text, summary=long, mailbox="без кльомба", settlement="Дъбрава", do="next")
    answer = sign_in("partner").post(path(text), data=typed)
    assert answer.status_code == 422
    assert shown(answer.text, "summary") == long.strip()
    assert shown(answer.text, "mailbox") == "без кльомба"
    assert 'href="#mailbox"' in answer.text
    assert re.search(r'id="mailbox"[^>]*aria-invalid="true"', answer.text)
    assert latest().record["settlement"] == "Дъбрава"  # the rest is kept
    assert not latest().record.get("mailbox")


def test_a_cell_that_is_refused_keeps_its_row_and_its_words(sign_in, own_space, person):
    text = begun(own_space, person("partner"))
    blank = {"sort": "setup", "amount": "", "currency": "EUR", "year": "", "source": ""}
    rows = [blank, {**blank, "amount": "100", "year": "двайсет", "source": "бюджет"}]
    answer = sign_in("partner").post(path(text, "how"), data=sealed(text, "how", costs=rows))
    assert answer.status_code == 422
    assert shown(answer.text, "costs-0-year") == "двайсет"  # the blank row is gone
    assert 'href="#costs-0-year"' in answer.text
    assert latest().record["costs"][0]["amount"] == "100"


def test_rows_are_added_and_removed_without_scripts_and_all_is_kept(sign_in, own_space, person):
    text = begun(own_space, person("partner"))
    browser = sign_in("partner")
    rows = [{"what": "Първо"}, {"what": "Второ"}]
    typed = sealed(text, "how", steps=rows, skills="диспечер", do="add-steps")
    answer = browser.post(path(text, "how"), data=typed)
    assert answer.status_code == 302
    page = browser.get(answer.location.partition("#")[0]).text
    assert answer.location.endswith("#steps-2")
    assert 'id="steps-2"' in page
    assert shown(page, "steps-1-what") == "Второ"
    assert shown(page, "skills") == "диспечер"
    rows.append({"what": "Трето"})
    typed = sealed(latest(), "how", steps=rows, skills="диспечер", do="remove-steps-1")
    assert browser.post(path(text, "how"), data=typed).status_code == 302
    assert [row["what"] for row in latest().record["steps"]] == ["Първо", "Трето"]


def test_unticked_boxes_are_taken_back_and_absent_fields_stay(sign_in, own_space, person):
    text = filled(own_space, person("partner"))
    browser = sign_in("partner")
    typed = sealed(text, "transfer", offers=["", "mentoring"])
    browser.post(path(text, "transfer"), data={**typed, "do": "save"})
    assert latest().record["offers"] == ["mentoring"]
    assert latest().record["core"]  # it was not sent
    typed = sealed(latest(), "transfer", offers="")
    browser.post(path(text, "transfer"), data={**typed, "do": "save"})
    assert latest().record["offers"] == []


@pytest.mark.parametrize("number", [4, 1])
def test_at_most_three_topics(number, sign_in, own_space, person):
    text = begun(own_space, person("partner"))
    chosen = [str(topic(f"t{n}", f"Тема {n}")) for n in range(number)]
    answer = sign_in("partner").post(path(text), data=sealed(text, topics=["", *chosen]))
    assert answer.status_code == (422 if number > 3 else 302)
    assert len(services.values_of(latest())["topics"]) == (0 if number > 3 else number)


def test_where_the_form_is_opened_again_it_goes_on(sign_in, own_space, person):
    browser = sign_in("partner")
    text = filled(own_space, person("partner"), indicators=[])
    answer = browser.get(f"/practices/{text.content_id}/edit")
    assert "/edit/results" in answer.location
    whole = filled(own_space, person("partner"))
    assert "/edit/check" in browser.get(f"/practices/{whole.content_id}/edit").location


def test_looking_at_the_form_changes_nothing(sign_in, own_space, person):
    text = practice(own_space, person("partner"), person("editor"))
    browser = sign_in("partner")
    page = browser.get(path(text))
    assert page.status_code == 200
    assert latest().id == text.id  # no draft was begun
    answer = browser.post(f"/practices/{text.content_id}/draft", data={"language": "bg"})
    assert answer.status_code == 302
    assert (latest().state, latest().number) == (State.DRAFT, 2)
    assert (
        browser.post(f"/practices/{text.content_id}/draft", data={"language": "xx"}).status_code
        == 400
    )


# ── Saving by itself ────────────────────────────────────────────────────


def test_what_is_typed_is_saved_by_itself_and_the_meter_follows(sign_in, own_space, person):
    text = begun(own_space, person("partner"))
    browser = sign_in("partner")
    typed = sealed(text, summary="Кратко.", scope="region", mailbox="")
    told = browser.post(path(text, what="autosave"), data=typed)
    assert told.status_code == 200
    assert latest().record["scope"] == "region"
    assert told.json["seal"] != typed["seal"]
    assert told.json["percent"] > services.completeness(text).percent - 1
    assert "Записано в" in told.json["message"]
    assert "2" in told.json["meter"]
    again = browser.post(path(text, what="autosave"), data={**typed, "seal": told.json["seal"]})
    assert again.status_code == 200
    assert browser.post(path(text, what="autosave"), data=typed).status_code == 409


def test_saving_by_itself_names_the_control_on_the_page(sign_in, own_space, person):
    text = begun(own_space, person("partner"))
    blank = {"amount": "", "year": "", "sort": "setup", "currency": "EUR"}
    rows = [blank, {**blank, "amount": "сто", "year": "2024"}, {**blank, "amount": "5"}]
    typed = sealed(text, "how", costs=rows)
    told = sign_in("partner").post(path(text, "how", "autosave"), data=typed)
    assert told.status_code == 422
    assert set(told.json["faults"]) == {"costs-1-amount"}
    assert "costs-2-year" in told.json["lacks"]
    assert [row["amount"] for row in latest().record["costs"]] == [None, "5"]


def test_saving_by_itself_takes_nothing_back_from_review(sign_in, own_space, person):
    text = filled(own_space, person("partner"))
    typed = sealed(text, settlement="Дъбрава")
    content.submit(text, text.saves, by=person("coordinator"))
    told = sign_in("partner").post(path(text, what="autosave"), data=typed)
    assert told.status_code == 409
    assert "одобрение" in told.json["message"]
    assert latest().state == State.IN_REVIEW


# ── Two authors ─────────────────────────────────────────────────────────


def test_two_authors_at_two_steps_save_as_if_alone(sign_in, own_space, person):
    text = begun(own_space, person("partner"))
    one, two = sign_in("partner"), sign_in("coordinator")
    mine, theirs = sealed(text, settlement="Дъбрава"), sealed(text, "story", begun="2024")
    assert one.post(path(text), data={**mine, "do": "save"}).status_code == 302
    assert two.post(path(text, "story"), data={**theirs, "do": "save"}).status_code == 302
    assert (latest().record["settlement"], latest().record["begun"]) == ("Дъбрава", "2024")


def test_a_stale_save_shows_both_texts_field_by_field_and_loses_neither(sign_in, own_space, person):
    text = begun(own_space, person("partner"))
    one, two = sign_in("partner"), sign_in("coordinator")
    page = one.get(path(text)).text
    prints = {name: shown(page, name) for name in re.findall(r'name="(was-\w+)"', page)}
    mine = {**sealed(text, settlement="Моето село", keywords="мои думи", mailbox=""), **prints}
    theirs = sealed(text, settlement="Тяхното село", mailbox="tyahna@kamengrad.example")
    assert two.post(path(text), data=theirs).status_code == 302
    answer = one.post(path(text), data={**mine, "do": "next"})
    assert answer.status_code == 409
    assert all(words in answer.text for words in ("Моето село", "Тяхното село", "мои думи"))
    assert latest().record["settlement"] == "Тяхното село"
    checked = set(re.findall(r'value="(?:mine|theirs)"[^>]*id="x"', answer.text))
    assert not checked
    chosen = dict(
        re.findall(
            r'id="(mine|theirs)-(\w+)" name="take-\w+" value="\w+"[^>]* checked', answer.text
        )
    )
    assert chosen  # what only the colleague changed is hers unless one chooses otherwise
    touched = re.findall(r'id="theirs-(\w+)" name="take-\w+"[^>]* checked', answer.text)
    assert touched == ["mailbox"]
    merged = {
        "seal": shown(answer.text, "seal"), "anew": "1",
        "settlement": "Моето село", "take-settlement": "mine",
        "keywords": "мои думи", "take-keywords": "mine",
        "mailbox": "", "take-mailbox": "theirs",
    }  # fmt: skip
    assert one.post(path(text), data={**merged, "do": "save"}).status_code == 302
    record = latest().record
    assert (record["settlement"], record["keywords"]) == ("Моето село", "мои думи")
    assert record["mailbox"] == "tyahna@kamengrad.example"


def test_a_stale_list_of_rows_is_carried_on_whole(sign_in, own_space, person):
    text = begun(own_space, person("partner"))
    one, two = sign_in("partner"), sign_in("coordinator")
    rows = [{"what": "Мое", "who": "аз"}, {"what": "Второ мое", "weeks": "две"}]
    mine = sealed(text, "how", steps=rows)
    two.post(path(text, "how"), data=sealed(text, "how", steps=[{"what": "Чуждо"}]))
    page = one.post(path(text, "how"), data=mine).text
    assert shown(page, "steps-0-who") == "аз"
    assert shown(page, "steps-1-what") == "Второ мое"
    assert "Второ мое · две" in page  # what cannot be kept is shown too
    assert "Чуждо" in page


def test_what_was_typed_while_it_was_sent_or_published_is_kept(sign_in, own_space, person):
    text = filled(own_space, person("partner"))
    browser = sign_in("partner")
    typed = sealed(text, settlement="Дъбрава", do="save")
    content.submit(text, text.saves, by=person("coordinator"))
    answer = browser.post(path(text), data=typed)
    assert answer.status_code == 409
    assert "Дъбрава" in answer.text
    content.approve(text, text.saves, by=person("editor"))
    answer = browser.post(path(text), data=typed)
    assert answer.status_code == 409
    again = {**typed, "seal": shown(answer.text, "seal"), "anew": "1"}
    assert browser.post(path(text), data=again).status_code == 302
    newer = latest()
    assert (newer.number, newer.state, newer.record["settlement"]) == (
        2, State.DRAFT, "Дъбрава",
    )  # fmt: skip
    assert services.shown_or_open(newer.content, "bg").id == newer.id


# ── Files ───────────────────────────────────────────────────────────────


def test_files_are_uploaded_without_scripts_and_kept_when_a_field_is_refused(
    sign_in, own_space, person
):
    text = begun(own_space, person("partner"))
    typed = sealed(text, "files", licence="нещо")
    typed |= {"materials-rows": "", "materials-upload": (io.BytesIO(b"Obrazets"), "Образец.txt")}
    answer = sign_in("partner").post(path(text, "files"), data=typed)
    assert answer.status_code == 422
    row = latest().record["materials"][0]
    assert (row["title"], row["sort"]) == ("Образец", "template")
    assert "Образец.txt" in answer.text


def test_what_is_no_picture_is_refused_at_its_place(sign_in, own_space, person):
    text = begun(own_space, person("partner"))
    typed = sealed(text, "files") | {
        "pictures-rows": "",
        "pictures-upload": [(io.BytesIO(b"text"), "снимка.png"), (png(), "добра.png")],
    }
    answer = sign_in("partner").post(path(text, "files"), data=typed)
    assert answer.status_code == 422
    assert "снимка.png:" in answer.text
    assert len(latest().record["pictures"]) == 1  # the good one is kept


def test_a_file_is_sent_alone_and_answered_by_its_row(sign_in, own_space, person):
    text = begun(own_space, person("partner"))
    browser = sign_in("partner")
    address = path(text, "files", "upload")
    told = browser.post(f"{address}/pictures", data={"file": (png(), "а.png"), "number": "3"})
    assert told.status_code == 201
    assert 'name="pictures-3-alt"' in told.json["row"]
    bad = browser.post(
        f"{address}/pictures", data={"file": (io.BytesIO(b"x"), "б.png"), "number": "0"}
    )
    assert bad.status_code == 422
    assert "б.png" in bad.json["message"]
    for field, data in (("licence", {"number": "0"}), ("pictures", {"number": "минус"})):
        data["file"] = (png(), "в.png")
        assert browser.post(f"{address}/{field}", data=data).status_code == 404


def test_a_strangers_file_is_never_shown_in_the_form(sign_in, own_space, person):
    theirs = add_file(io.BytesIO(b"x"), "Тайният договор.txt", by=person("ngo"))
    text = begun(own_space, person("partner"))
    row = {"file": str(theirs.id), "title": "Мое", "sort": "other"}
    typed = sealed(text, "files", materials=[row], licence="нещо")
    answer = sign_in("partner").post(path(text, "files"), data=typed)
    assert answer.status_code == 422
    assert "Тайният договор" not in answer.text
    assert not latest().record.get("materials")


def test_hostile_values_do_no_harm(sign_in, own_space, person):
    text = begun(own_space, person("partner"))
    browser = sign_in("partner")
    bad = {
        "title": "<script>alert(1)</script>", "contact": "99999999999", "scope": "нищо",
        "topics": ["", "-1", "abc", "99999"], "nuts3": "XX", "latitude": "NaN",
        "steps-99999-what": "x", "settlement": "а\0б",
    }  # fmt: skip
    answer = browser.post(path(text), data=sealed(text) | bad)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    for what in ("files", "results"):
        rows = {f"pictures-{n}-file": "1" * 30 for n in range(300)} | {"pictures-rows": ""}
        answer = browser.post(path(text, what), data=sealed(text, what) | rows)
        assert answer.status_code in (302, 422)
    json = browser.post(path(text), json={"title": ["x"], "seal": 5})
    assert json.status_code in (400, 409, 422)
