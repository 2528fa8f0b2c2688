"""Proofs and figures: what each kind asks for, whom their files open to, done in one step."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from portal.communication import proving, uploads
from portal.communication.models import Entry, Figure, Proof
from portal.files import services as files
from portal.files.models import File
from portal.kernel import clock
from portal.kernel.database import db
from tests.support.writing import published


def picture(place=True):
    """A photo as a phone takes it, with the place in its EXIF."""
    out = io.BytesIO()
    exif = Image.Exif()
    if place:
        exif[0x010E] = "secret-place"
    Image.new("RGB", (640, 400), "#336699").save(out, "JPEG", exif=exif)
    out.seek(0)
    return out


PHOTO = {"alt": "Доброволци на плажа", "licence": "Снимка: общината; съгласни са"}
BAD_PROOFS = [
    ("url", {"kind": "link"}),
    ("url", {"kind": "link", "url": "javascript:alert(1)"}),
    ("url", {"kind": "link", "url": "просто думи"}),
    ("url", {"kind": "link", "url": "https://[x"}),
    ("url", {"kind": "portal", "url": "/news/nyama-999"}),
    ("url", {"kind": "portal", "url": "/people/1"}),
    ("proof_title", {"kind": "clipping", "url": "https://vestnik.example/1"}),
    ("file", {"kind": "clipping", "proof_title": "Вестник"}),
    ("file", {"kind": "photo", **PHOTO}),
    ("file", {"kind": "photo", **PHOTO, "file": (io.BytesIO(b"<svg/>"), "a.svg")}),
    ("file", {"kind": "photo", **PHOTO, "file": (io.BytesIO(b"no picture"), "a.jpg")}),
    ("file", {"kind": "attendance", "people": "5", "file": (io.BytesIO(b"MZ"), "a.exe")}),
    ("alt", {"kind": "photo", **PHOTO, "alt": "", "file": (picture(), "a.jpg")}),
    ("licence", {"kind": "photo", **PHOTO, "licence": "", "file": (picture(), "a.jpg")}),
    ("people", {"kind": "attendance", "people": "много"}),
    ("people", {"kind": "attendance", "people": "-3"}),
    ("people", {"kind": "attendance", "people": "12,5"}),
    ("dated", {"kind": "link", "url": "https://a.example", "dated": "0001-01-01"}),
    ("kind", {"kind": "клетва"}),
]  # fmt: skip
BAD_FIGURES = [
    ("figure_name", {"reached": "5", "unit": "души"}),
    ("unit", {"figure_name": "Слушатели", "reached": "5"}),
    ("reached", {"figure_name": "Слушатели", "unit": "души"}),
    *(
        ("reached", {"figure_name": "Слушатели", "unit": "души", "reached": bad})
        for bad in ("-5", "1e30", "много", "9" * 14, "1,234", "٣", "NaN")
    ),
]


def sent(prefix, fields):
    return {f"{prefix}-{name}": value for name, value in fields.items()}


def test_bad_proofs_and_figures_are_told_at_their_field_and_change_nothing(
    plan, sign_in, app, monkeypatch
):
    entry = plan()
    browser = sign_in("contributor")
    for prefix, path, table in (
        ("proof", "proofs", BAD_PROOFS),
        ("figure", "figures", BAD_FIGURES),
    ):
        for field, fields in table:
            url = f"/communication/{entry.id}/{path}"
            answer = browser.post(
                url, data=sent(prefix, fields), content_type="multipart/form-data"
            )
            assert answer.status_code == 422, fields
            assert f'href="#{prefix}-{field}"' in answer.text, fields
            for name, value in fields.items():
                if (
                    name in ("url", "proof_title", "alt", "licence", "people", "reached", "unit")
                    and value
                ):
                    assert f'value="{value}"' in answer.text, fields
    monkeypatch.setattr(uploads, "FILE_MAX_MB", 0)
    too_big = sent("proof", {"kind": "photo", **PHOTO, "file": (picture(), "a.jpg")})
    answer = browser.post(f"/communication/{entry.id}/proofs", data=too_big)
    assert answer.status_code == 422 and "най-много" in answer.text
    assert not db.session.scalars(select(Proof)).all()
    assert not db.session.scalars(select(Figure)).all()
    assert db.session.scalars(select(Entry.saves)).one() == 1


def test_done_with_a_photo_and_a_figure_is_one_step_and_the_file_is_not_asked_for_twice(
    plan, sign_in, app, cast
):
    entry = plan(days=-2)
    browser = sign_in("contributor")
    url = f"/communication/{entry.id}/done"
    fields = {
        "done_on": clock.today().isoformat(), "outcome": "Дойдоха много хора.", "kind": "photo",
        "alt": "", "licence": PHOTO["licence"], "figure_name": "Слушатели", "unit": "души",
        "planned": "1 000", "reached": "1 250,5",
    }  # fmt: skip
    first = browser.post(url, data={**sent("done", fields), "done-file": (picture(), "плаж.jpg")})
    assert first.status_code == 422 and "done-alt" in first.text
    assert db.session.scalars(select(Entry.state)).one() == "planned"
    kept = db.session.scalars(select(File.id)).one()
    assert f'name="done-kept" type="hidden" value="{kept}"' in first.text
    again = sent("done", {**fields, "alt": PHOTO["alt"], "kept": str(kept)})
    assert browser.post(url, data=again).status_code == 302
    second = browser.post(url, data=sent("done", {**fields, "kind": "", "outcome": "И аз."}))
    assert second.status_code == 422 and "И аз." in second.text
    page = browser.get(f"/communication/{entry.id}").text
    for words in ("изпълнена", "Дойдоха много хора.", PHOTO["alt"], "1250,5", "2 дни закъснение"):
        assert words in page, words
    proof = db.session.scalars(select(Proof)).one()
    assert proof.file_id == kept
    # The file opens to whoever reads the register, and to nobody else.
    for who, status in (("ngo", 200), ("manager", 200), ("stranger", 404), ("reader", 404)):
        answer = sign_in(who).get(f"/files/{kept}")
        assert answer.status_code == status, who
        assert b"secret-place" not in answer.data
    # Nobody adds another person's upload as her own.
    stolen = sent("proof", {"kind": "photo", **PHOTO, "kept": str(kept)})
    other = plan(who="editor")
    assert (
        sign_in("editor").post(f"/communication/{other.id}/proofs", data=stolen).status_code == 422
    )


def test_a_file_stays_in_the_form_when_a_plain_field_is_wrong(plan, sign_in, app):
    entry = plan(days=-2)
    browser, url = sign_in("contributor"), f"/communication/{entry.id}/proofs"
    fields = {"kind": "photo", **PHOTO, "alt": "х" * (Proof.ALT_MAX + 1)}
    first = browser.post(url, data={**sent("proof", fields), "proof-file": (picture(), "плаж.jpg")})
    assert first.status_code == 422
    assert "„плаж.webp“" in first.text
    kept = db.session.scalars(select(File.id)).one()
    again = sent("proof", {**fields, **PHOTO, "kept": str(kept)})
    assert browser.post(url, data=again).status_code == 302
    assert db.session.scalars(select(Proof.file_id)).one() == kept


def test_a_planned_figure_waits_in_the_form_for_what_it_reached(plan, count, sign_in, app):
    entry = plan(days=-1)
    figure = count(entry, planned="70")
    browser = sign_in("contributor")
    url = f"/communication/{entry.id}"
    page = browser.get(url).text
    assert f'name="done-ident" type="hidden" value="{figure.id}"' in page
    assert 'name="done-planned" type="text" value="70"' in page
    fields = {
        "done_on": clock.today().isoformat(), "kind": "", "ident": str(figure.id),
        "figure_name": figure.name, "unit": figure.unit, "planned": "70", "reached": "81",
    }  # fmt: skip
    assert browser.post(f"{url}/done", data=sent("done", fields)).status_code == 302
    assert [int(each) for each in db.session.scalars(select(Figure.reached))] == [81]
    shown = browser.get(f"{url}?figure={figure.id}").text
    assert 'name="figure-reached" type="text" value="81"' in shown
    # Another entry's figure is nobody's there.
    other = plan(days=-1)
    stolen = sent("done", {**fields, "reached": "1"})
    assert browser.post(f"/communication/{other.id}/done", data=stolen).status_code == 404
    assert [int(each) for each in db.session.scalars(select(Figure.reached))] == [81]


def test_a_text_of_the_portal_is_named_to_those_alone_who_may_read_it(
    plan, sign_in, app, cast, person
):
    space = cast.space("intranet")
    item = published(space, person("contributor"), person("editor"), title="Тайна за служители")
    address = f"https://portal.example/news/{item.content.address}"
    entry = plan(who="editor", is_shared=True)
    url = f"/communication/{entry.id}"
    refused = sign_in("partner").post(
        f"{url}/proofs", data=sent("proof", {"kind": "portal", "url": address})
    )
    assert refused.status_code == 422 and "Тайна" not in refused.text
    added = sign_in("editor").post(
        f"{url}/proofs", data=sent("proof", {"kind": "portal", "url": address})
    )
    assert added.status_code == 302
    assert "Тайна за служители" in sign_in("editor").get(url).text
    for who in ("partner", "ngo"):
        browser = sign_in(who)
        assert "Тайна" not in browser.get(url).text
        assert "Тайна" not in browser.get("/spaces/workspace/communication/report").text
        assert b"taina" not in browser.get(url).data.lower()


@pytest.mark.parametrize("kind", ["link"])
def test_a_done_entry_without_proof_says_so_until_it_has_one(kind, plan, prove, sign_in, app):
    entry = plan(days=-1, state="done")
    browser = sign_in("contributor")
    assert "без доказателство" in browser.get("/spaces/workspace/communication?state=done").text
    made = prove(entry, kind=kind, url="radio.example/1")
    assert db.session.get(Proof, made.id).url == "https://radio.example/1"
    assert ">без доказателство<" not in browser.get(f"/communication/{entry.id}").text
    assert browser.post(f"/communication/{entry.id}/proofs/{made.id}/remove").status_code == 302
    assert browser.post(f"/communication/{entry.id}/proofs/{made.id}/remove").status_code == 404


def test_the_sweep_keeps_the_file_of_a_proof_as_long_as_there_is_one(plan, prove, person, app):
    entry = plan()
    file = files.add_picture(picture(), "плаж.jpg", by=person("editor"))
    proof = prove(entry, kind="photo", file=file, alt="Плаж", licence="Снимка: общината")
    with clock.at(clock.now() + timedelta(days=9)):
        assert files.sweep() == 0
        proving.withdraw(entry, proof.id, by=person("editor"))
        assert files.sweep() == 1


def test_a_figure_that_somebody_changed_meanwhile_is_not_written_over(plan, count, sign_in, app):
    entry = plan(days=-1, who="editor", is_shared=True)
    figure = count(entry, planned="70")
    url, ident = f"/communication/{entry.id}", figure.id
    browser = sign_in("contributor")
    seen = proving.seal_of(figure)
    fields = {"ident": str(ident), "figure_name": "Слушатели", "unit": "души", "planned": "70"}
    theirs = sent("figure", {**fields, "reached": "90"})
    assert sign_in("editor").post(f"{url}/figures", data=theirs).status_code == 302
    mine = {**fields, "reached": "81", "figure_seal": seen}
    done = {**mine, "done_on": clock.today().isoformat(), "kind": ""}
    for way, prefix, sends in (("figures", "figure", mine), ("done", "done", done)):
        answer = browser.post(f"{url}/{way}", data=sent(prefix, sends))
        assert answer.status_code == 409, way
        assert f'name="{prefix}-reached" type="text" value="81"' in answer.text
        assert "постигнато 90" in answer.text
    db.session.rollback()
    assert db.session.get_one(Entry, entry.id).state == "planned"
    assert int(db.session.get_one(Figure, ident).reached) == 90
    again = proving.seal_of(db.session.get_one(Figure, ident))
    assert again in answer.text
    chosen = sent("done", {**done, "figure_seal": again})
    assert browser.post(f"{url}/done", data=chosen).status_code == 302
    nothing = sent("figure", {**fields, "ident": "0", "reached": "5"})
    assert browser.post(f"{url}/figures", data=nothing).status_code == 404
