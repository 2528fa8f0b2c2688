"""Writing practices: what is kept of a step, two authors at once, translating, sending."""

import io
import threading

import pytest
from werkzeug.exceptions import Forbidden, NotFound

from portal.content import services as content
from portal.content.models import Life, State
from portal.files.services import add_file, attachments
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import speaking
from portal.practices import record as records
from portal.practices import services
from portal.practices.models import PracticeRevision
from tests.support.practising import begun, filled, full_record, picture, practice, submitted


def step(key, failed=False):
    found = records.step_of(key, failed)
    assert found is not None
    return found


def save(text, key, typed, by, failed=False):
    seal = services.step_seal(text, step(key, failed))
    return services.save_step(text, key, seal, typed, by=by)


def test_a_practice_begins_with_what_is_known_of_its_organisation(cast, own_space, person):
    text = begun(own_space, person("partner"))
    assert text.record["organisation"] == cast.organisation("partner").id
    assert text.record["contact"] == cast.id("partner")
    assert (text.record["licence"], text.record["original"]) == ("CC-BY-4.0", "bg")
    assert text.content.life == Life.UNPUBLISHED
    assert text.content.is_shared


@pytest.mark.parametrize("who", ["ngo", "stranger", "reader", "employee"])
def test_only_contributors_of_the_space_begin_one(who, own_space, person):
    with pytest.raises((Forbidden, NotFound)):
        begun(own_space, person(who))


def test_no_practice_is_written_in_the_intranet(cast, person):
    with pytest.raises(Refused, match="организация") as refused:
        begun(cast.space("intranet"), person("editor"))
    assert refused.value.field == "space"


def test_everything_of_a_complete_record_is_kept(own_space, person):
    text = filled(own_space, person("partner"))
    complete = services.completeness(text)
    assert (complete.percent, complete.missing) == (100, [])
    assert text.record["costs"][1] == {
        "sort": "yearly",
        "amount": "41200.5",
        "currency": "BGN",
        "year": "2025",
        "source": "",
    }
    assert text.record["begun"] == "2024-05"
    assert len(services.values_of(text)["topics"]) == 1


def test_the_shorter_record_of_what_did_not_work_can_be_complete(own_space, person):
    text = filled(own_space, person("partner"), failed=True)
    assert services.completeness(text).missing == []
    assert "core" not in text.record
    content.submit(text, text.saves, by=person("partner"))
    assert text.state == State.IN_REVIEW


def test_what_can_be_kept_is_kept_and_the_rest_is_told(own_space, person):
    text, partner = begun(own_space, person("partner")), person("partner")
    saved = save(
        text,
        "about",
        {"title": "", "summary": "я" * 161, "mailbox": "няма", "settlement": "Каменград"},
        partner,
    )
    assert set(saved.faults) == {"title", "summary", "mailbox"}
    assert "161" in saved.faults["summary"]
    assert text.title == "Автобус по заявка за малките села"
    assert text.record["settlement"] == "Каменград"
    assert text.record.get("mailbox") is None
    rows = [{"amount": "сто", "year": "2024", "sort": "setup", "currency": "EUR"}]
    saved = save(text, "how", {"costs": rows, "skills": "диспечер"}, partner)
    assert set(saved.faults) == {"costs-0-amount"}
    assert text.record["costs"][0]["year"] == "2024"
    assert text.record["skills"] == "диспечер"


def test_a_field_that_was_not_sent_stays(own_space, person):
    text = filled(own_space, person("partner"))
    before = dict(text.record)
    saved = save(text, "story", {"problem": before["problem"]}, person("partner"))
    assert not saved.faults
    assert text.record == before


def test_an_unchanged_step_is_no_save(own_space, person):
    text = filled(own_space, person("partner"))
    saves = text.saves
    save(text, "how", full_record()["how"], person("partner"))
    assert text.saves == saves


def test_two_authors_at_different_steps_never_collide(own_space, person):
    text = begun(own_space, person("partner"))
    seals = {key: services.step_seal(text, step(key)) for key in ("about", "story")}
    services.save_step(
        text, "about", seals["about"], {"settlement": "Дъбрава"}, by=person("partner")
    )
    services.save_step(text, "story", seals["story"], {"begun": "2024"}, by=person("coordinator"))
    assert (text.record["settlement"], text.record["begun"]) == ("Дъбрава", "2024")
    assert text.changed_by_id == person("coordinator").user_id


def test_a_save_over_a_step_that_changed_is_stale(own_space, person):
    text = begun(own_space, person("partner"))
    opened_on = services.step_seal(text, step("about"))
    save(text, "about", {"settlement": "Дъбрава"}, person("coordinator"))
    with pytest.raises(Stale):
        services.save_step(
            text, "about", opened_on, {"settlement": "Каменград"}, by=person("partner")
        )
    assert text.record["settlement"] == "Дъбрава"


@pytest.mark.parametrize("keys", [("about", "story"), ("about", "about")])
def test_two_saves_at_the_same_moment_lose_nothing(keys, app, own_space, person):
    """At different steps both are kept; at the same step one is, and the other is told."""
    text = begun(own_space, person("partner"))
    ident = text.id
    seals = [services.step_seal(text, step(key)) for key in keys]
    typed = {"about": "settlement", "story": "replicated"}
    people = [person("partner"), person("coordinator")]
    ready, outcomes = threading.Barrier(2), []

    def write(n):
        with app.app_context():
            mine = db.session.get_one(PracticeRevision, ident)
            db.session.rollback()
            ready.wait()
            try:
                services.save_step(mine, keys[n], seals[n], {typed[keys[n]]: f"{n}"}, by=people[n])
                outcomes.append("saved")
            except Stale:
                outcomes.append("stale")

    both = [threading.Thread(target=write, args=(n,)) for n in (0, 1)]
    db.session.rollback()
    for each in both:
        each.start()
    for each in both:
        each.join()
    db.session.rollback()
    record = db.session.get_one(PracticeRevision, ident).record
    if keys[0] == keys[1]:
        assert sorted(outcomes) == ["saved", "stale"]
        assert record["settlement"] in ("0", "1")
    else:
        assert outcomes == ["saved", "saved"]
        assert (record["settlement"], record["replicated"]) == ("0", "1")


def test_typing_takes_nothing_back_from_its_reviewers(own_space, person):
    text = submitted(own_space, person("partner"))
    with pytest.raises(Stale):
        save(text, "about", {"settlement": "Дъбрава"}, person("coordinator"))
    assert text.state == State.IN_REVIEW
    again = services.go_on(text.content, "bg", by=person("coordinator"))
    assert again.id == text.id
    assert not save(again, "about", {"settlement": "Дъбрава"}, person("coordinator")).faults
    assert again.state == State.DRAFT


def test_a_returned_practice_is_written_on_and_keeps_its_remarks(own_space, person):
    text = submitted(own_space, person("partner"))
    content.return_(
        text, text.saves, by=person("editor"), remark="", at={"problem": "За кои села?"}
    )
    assert not save(text, "about", {"settlement": "Дъбрава"}, person("partner")).faults
    assert text.state == State.DRAFT


@pytest.mark.parametrize("key", ["materials", "pictures"])
def test_a_strangers_file_is_refused_wherever_its_number_is_typed(key, own_space, person):
    theirs = add_file(io.BytesIO(b"%PDF-1.4 secret"), "tayna.pdf", by=person("ngo"))
    photo = picture(person("ngo"))
    ident = theirs.id if key == "materials" else int(photo["file"])
    text = begun(own_space, person("partner"))
    row = {"file": str(ident), "title": "Тайна", "alt": "Тайна", "author": "Аз"}
    save(text, "files", {key: [row]}, person("partner"))
    assert not text.record.get(key)
    assert attachments(text) == {}


def test_a_file_is_tied_to_the_text_and_let_go_with_its_row(own_space, person):
    text, partner = begun(own_space, person("partner")), person("partner")
    row = picture(partner)
    save(text, "files", {"pictures": [row]}, partner)
    assert attachments(text) == {int(row["file"]): "picture"}
    # A co-author may go on with it: it is of this practice already.
    save(text, "files", {"pictures": [{**row, "alt": "Спирка"}]}, person("coordinator"))
    assert text.record["pictures"][0]["alt"] == "Спирка"
    save(text, "files", {"pictures": []}, person("coordinator"))
    assert attachments(text) == {}


def test_no_file_stands_where_only_pictures_may(own_space, person):
    paper = add_file(io.BytesIO("Ред".encode()), "red.txt", by=person("partner"))
    text = begun(own_space, person("partner"))
    save(text, "files", {"pictures": [{"file": str(paper.id), "alt": "Ред"}]}, person("partner"))
    assert not text.record.get("pictures")


def test_the_contact_is_somebody_of_the_organisation(cast, own_space, person):
    text = begun(own_space, person("partner"))
    told = save(text, "about", {"contact": str(cast.id("ngo"))}, person("partner")).faults
    assert set(told) == {"contact"}
    assert not save(
        text, "about", {"contact": str(cast.id("coordinator"))}, person("partner")
    ).faults
    assert text.record["contact"] == cast.id("coordinator")


def test_the_english_text_begins_as_a_copy_and_says_what_is_not_yet_translated(own_space, person):
    text = practice(own_space, person("partner"), person("editor"))
    english = services.translate(text.content, "en", by=person("coordinator"))
    assert english.title == text.title
    assert attachments(english) == attachments(text)
    original = services.values_of(text)
    before = records.untranslated(original, services.values_of(english))
    assert {"title", "problem", "costs"} <= set(before)
    assert "mailbox" not in before
    save(english, "about", {"title": "A bus on request for small villages"}, person("coordinator"))
    after = records.untranslated(original, services.values_of(english))
    assert set(before) - set(after) == {"title"}
    assert services.translate(text.content, "en", by=person("partner")).id == english.id


@pytest.mark.parametrize(
    ("lacking", "field"),
    [
        ({"indicators": []}, "indicators"),
        ({"costs": [{"sort": "setup", "amount": "5", "currency": "EUR"}]}, "costs-0-year"),
        ({"problem": "Кратко."}, "problem"),
        ({"begun": "2031"}, "begun"),
        ({"replicated": ""}, "maturity"),
        ({"difficulties": [{"what": "Няма."}]}, "difficulties-0-what"),
        ({"pictures": "mute"}, "pictures-0-alt"),
    ],
)
def test_what_is_not_enough_is_refused_at_its_control(lacking, field, own_space, person):
    partner = person("partner")
    if lacking.get("pictures"):
        lacking = {"pictures": [{**picture(partner), "alt": ""}]}
    text = filled(own_space, partner, **lacking)
    with pytest.raises(Refused) as refused:
        services.send(text, text.saves, by=partner)
    assert refused.value.field == field
    assert text.state == State.DRAFT


def test_a_word_to_the_reviewers_goes_with_the_practice(own_space, person):
    text, partner = filled(own_space, person("partner")), person("partner")
    services.send(text, text.saves, by=partner, note="Проверете сумите.")
    assert text.state == State.IN_REVIEW
    assert text.record["note"] == "Проверете сумите."


def test_what_a_colleague_changed_since_is_not_sent_unseen(own_space, person):
    text = filled(own_space, person("partner"))
    seen = text.saves
    save(text, "about", {"settlement": "Дъбрава"}, person("coordinator"))
    with pytest.raises(Stale):
        services.send(text, seen, by=person("partner"))


@pytest.mark.parametrize(
    ("language", "typed", "stored"),
    [
        ("bg", "64 000", "64000"),
        ("bg", "41200,50", "41200.5"),
        ("bg", "1.250,50", "1250.5"),
        ("en", "1,250.50", "1250.5"),
        ("en", "64,000", "64000"),
        ("en", "1,250,000", "1250000"),
        ("bg", "0", "0"),
    ],
)
def test_a_sum_is_read_as_people_write_it(language, typed, stored, own_space, person):
    text = begun(own_space, person("partner"))
    with speaking(language):
        row = {"amount": typed, "year": "2024", "sort": "setup", "currency": "EUR"}
        assert not save(text, "how", {"costs": [row]}, person("partner")).faults
    assert text.record["costs"][0]["amount"] == stored


def test_no_sum_is_guessed(own_space, person):
    text = begun(own_space, person("partner"))
    for typed in ("12,34,5", "1.2.3", "хиляда", "1e5", "NaN"):
        row = {"amount": typed, "year": "2024", "sort": "setup", "currency": "EUR"}
        told = save(text, "how", {"costs": [row]}, person("partner")).faults
        assert set(told) == {"costs-0-amount"}, typed
