"""Documents are found by every word, with the page; by those who may read them and nobody else."""

from datetime import date

import pytest

from portal.content import keeping
from portal.content.models import Content
from portal.documents import services
from portal.documents.services import Facts
from portal.files import readings
from portal.files.models import FilePage, FileReading
from portal.kernel.database import db
from portal.search import finding
from portal.search.language import term
from tests.support.papers import paper


def found(app, viewer, words: str):
    with app.test_request_context():
        return finding.find(viewer, finding.Asked(words)).hits


def numbers(hits) -> list[int]:
    return [hit.shown.item_id for hit in hits if hit.kind == "document"]


def test_it_is_found_by_title_number_metadata_and_content(put, follow, app, person):
    facts = Facts(
        "Правила за командировките",
        sort="order",
        reg_number="РД-09-0988",
        issuer="Заместник-кмет",
        dated=date(2026, 2, 3),
        tags=("пътни",),
    )
    ident = put("Дневните пари са петнадесет.", "Правила.txt", facts=facts)
    put("Нещо съвсем друго.", "Друго.txt")
    follow()
    reader = person("ngo")
    for words in (
        "командировка",
        "РД-09-0988",
        "заместник-кмет",
        "пътни",
        "03.02.2026",
        "3 февруари 2026",
        "дневни пари",
        "заповед",
    ):
        assert numbers(found(app, reader, words)) == [ident], words


def test_the_page_stands_beside_the_passage(put, follow, app, person, letter):
    data, pages = letter.data, letter.words
    ident = put(data, "Писмо.pdf")
    follow()
    others = {term(word) for word in (*pages[0], *pages[1])}
    only = next(word for word in pages[2] if len(word) > 6 and term(word) not in others)
    hit = found(app, person("ngo"), only)[0]
    assert hit.shown.item_id == ident
    assert hit.shown.place == "стр. 3"
    assert hit.shown.url.endswith("?page=3#page3")
    assert only in hit.shown.text.lower()


def test_the_search_page_shows_it(put, follow, sign_in, letter):
    put(letter.data, "Писмо.pdf")
    follow()
    word = next(w for w in letter.words[1] if len(w) > 6 and w not in letter.words[0])
    page = sign_in("ngo").get("/search", query_string={"q": word}).text
    assert "стр. 2" in page
    assert "<mark>" in page


def test_a_partner_finds_none_until_it_is_placed(put, follow, app, person, cast, sign_in):
    ident = put("Таен бюджет за мостовете.", "Бюджет.txt")
    follow()
    partner = person("coordinator")
    assert found(app, partner, "бюджет") == []
    browser = sign_in("coordinator")
    assert "Бюджет" not in browser.get("/search/suggest?q=бюдж").text
    keeping.place(db.session.get_one(Content, ident), cast.space("extranet"), by=person("editor"))
    follow()
    assert numbers(found(app, person("coordinator"), "бюджет")) == [ident]


def test_words_of_a_version_that_is_not_released_are_found_by_nobody_else(put, follow, app, person):
    import io

    from portal.files.services import add_file

    ident = put("Старият текст.", who="contributor")
    item = db.session.get_one(Content, ident)
    draft = services.current(item)
    from portal.content import services as content

    content.approve(draft, draft.saves, by=person("editor"))
    by = person("contributor")
    file = add_file(io.BytesIO("Новина за фонтана.".encode()), "Н.txt", by=by)
    services.new_version(db.session.get_one(Content, ident), file, by=by)
    follow()
    assert numbers(found(app, person("ngo"), "старият")) == [ident]
    assert found(app, person("ngo"), "фонтана") == []
    assert "фонтана" not in str([hit.shown for hit in found(app, person("ngo"), "старият")])


@pytest.mark.database("sqlite")  # what is recognised does not depend on the database
def test_a_scan_is_found_by_its_recognised_words_and_says_so(put, follow, app, person, sign_in):
    scan = paper("scan-300", seed=7, pages=1)
    ident = put(scan.data, "Сканиран протокол.pdf")
    follow()
    file_id = services.current(db.session.get_one(Content, ident)).file_id
    assert db.session.get_one(FileReading, file_id).state == "done"
    assert db.session.get_one(FilePage, (file_id, 1)).source == "ocr"
    long = [word for word in scan.words[0] if len(word) > 8][:12]
    hits = [word for word in long if numbers(found(app, person("ngo"), word)) == [ident]]
    assert len(hits) >= len(long) * 0.8, (long, hits)
    page = sign_in("editor").get(f"/documents/{db.session.get_one(Content, ident).address}").text
    assert "разпозната от изображение" in page
    assert "Ново прочитане" in page


def test_a_damaged_file_is_kept_marked_and_explained(put, follow, sign_in, letter):
    broken = letter.data[: len(letter.data) // 3]
    ident = put(broken, "Счупен.pdf")
    sound = put("Здрав.", "Здрав.txt")
    follow()
    item = db.session.get_one(Content, ident)
    page = sign_in("ngo").get(f"/documents/{item.address}").text
    assert "повреден" in page
    assert "Поискайте от автора" in page
    assert "няма текст" not in page  # not once for each page of it
    version = services.current(item)
    assert sign_in("ngo").get(f"/documents/versions/{version.id}/file").data == broken
    file_id = services.current(db.session.get_one(Content, sound)).file_id
    assert db.session.get_one(FileReading, file_id).trouble == ""


def test_a_very_long_text_is_shown_in_part_and_found_whole(put, follow, app, person, sign_in):
    ident = put("Начало. " + "дума " * (readings.SHOWN_MAX // 4) + "Кентавър.", "Дълъг.txt")
    follow()
    page = sign_in("ngo").get(f"/documents/{db.session.get_one(Content, ident).address}").text
    assert "Това е началото на дълъг текст" in page
    assert "Начало." in page
    assert "Кентавър" not in page
    assert numbers(found(app, person("ngo"), "кентавър")) == [ident]


@pytest.mark.database("sqlite")  # nor what is drawn
def test_pictures_of_pages_are_drawn_and_drawn_again_after_a_restore(put, follow, sign_in, letter):
    import shutil

    from portal.files import store
    from portal.files.models import File

    ident = put(letter.data, "Писмо.pdf")
    follow()
    version = services.current(db.session.get_one(Content, ident))
    reader = sign_in("ngo")
    for url in ("thumb.webp", "pages/1.webp", "pages/3.webp"):
        answer = reader.get(f"/documents/versions/{version.id}/{url}")
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert reader.get(f"/documents/versions/{version.id}/pages/4.webp").status_code == 404
    sha256 = db.session.get_one(File, version.file_id).sha256
    shutil.rmtree(store.drawn(sha256))
    readings.draw_missing()
    follow()
    assert reader.get(f"/documents/versions/{version.id}/pages/3.webp").status_code == 200
