"""Bad files through the whole portal: kept or refused with the reason; the next one is read."""

import io
import threading
import zipfile

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from portal.content.models import Content
from portal.documents import services
from portal.documents.models import DocumentRevision
from portal.files import readings, store
from portal.files.models import File, FileReading
from portal.files.services import add_file
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.spaces.models import Space
from tests.files.test_hostile import bomb, container_of, pages_of
from tests.files.test_hostile import paper as sound_docx
from tests.support.patience import PATIENCE


@pytest.fixture
def bad(tmp_path):
    """Name → bytes and the word that marks it; None: nothing is wrong with its text."""
    sound = sound_docx(tmp_path / "sound.docx")
    whole = sound.read_bytes()
    with zipfile.ZipFile(sound, "a") as packed:
        packed.writestr("word/vbaProject.bin", b"macro")
    laughs = '<!DOCTYPE x [<!ENTITY a "ха"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    entities = io.BytesIO()
    with zipfile.ZipFile(entities, "w") as packed:
        packed.writestr("word/document.xml", laughs)
    return {
        "Отрязан.docx": (whole[: len(whole) // 2], "повреден"),
        "С парола.docx": (container_of("EncryptedPackage", "EncryptionInfo"), "защитен"),
        "С макрос.docx": (sound.read_bytes(), "съдържа макроси"),
        "Бомба.docx": (bomb(tmp_path / "b", "word/document.xml").read_bytes(), "твърде голям"),
        "Смях.docx": (entities.getvalue(), "повреден"),
        "Формуляр.pdf": (pages_of(1, catalogue="/AcroForm<</XFA(<f/>)>>"), "съдържа макроси"),
        "Дълъг.pdf": (pages_of(5_050), "прочетен отчасти"),
        "Всъщност е PDF.docx": (pages_of(1, "Otherwise named"), None),
        "Непознат.xyz": (bytes(range(256)) * 20, "не се чете"),
    }


def upload(browser, name: str, data: bytes):
    """Post a file as the plain form does; encoded here, so that nothing large stays open."""
    boundary, body = encode_multipart({"files": FileStorage(io.BytesIO(data), name)})
    form = f"multipart/form-data; boundary={boundary}"
    return browser.post("/documents/in/workspace/upload", data=body, content_type=form)


@pytest.mark.database("sqlite")  # what a child reads does not depend on the database
def test_each_is_kept_and_explained_and_the_next_is_read(bad, sign_in, follow, cast, monkeypatch):
    monkeypatch.setattr(readings, "DRAWN_MAX", 12)  # pictures are no matter here
    editor = sign_in("editor")
    for name, (data, _word) in bad.items():
        assert upload(editor, name, data).status_code == 302, name
    upload(editor, "Последен.txt", "Последният се чете.".encode())
    follow()
    kept = {
        row.name: row
        for row in db.session.execute(
            select(File.name, File.sha256, FileReading.state, Content.id, Content.slug)
            .join(FileReading, FileReading.file_id == File.id)
            .join(DocumentRevision, DocumentRevision.file_id == File.id)
            .join(Content, Content.id == DocumentRevision.content_id)
        )
    }
    for name, (data, word) in bad.items():
        row = kept[name]
        assert row.state == "done", name
        assert store.path_of(row.sha256).read_bytes() == data
        page = editor.get(f"/documents/{row.slug}-{row.id}").text
        assert word is None or word in page, (name, word)
    hit = editor.get("/search", query_string={"q": "последният"}).text
    assert "Последен" in hit
    assert "Всъщност" in editor.get("/search", query_string={"q": "otherwise"}).text


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (b"", "Празен.pdf", "Файлът е празен."),
        (b"MZ\x90\0" + b"\0" * 99, "Играта.pdf", "програми не се приемат"),
    ],
)
def test_what_is_refused_says_why_and_leaves_nothing(sign_in, data, name, why):
    editor = sign_in("editor")
    answer = editor.post(
        "/documents/in/workspace/upload",
        data={"files": (io.BytesIO(data), name)},
        follow_redirects=True,
    )
    assert why in answer.text
    assert name in answer.text
    assert db.session.scalar(select(func.count()).select_from(File)) == 0


def test_two_people_upload_the_same_name_at_once(app, cast, person):
    """Each keeps her own document; neither replaces the other's."""
    people = [person("editor"), person("manager")]
    space_id = cast.space("workspace").id
    db.session.rollback()
    together, faults = threading.Barrier(2), []

    def put_one(viewer) -> None:
        try:
            with app.app_context():
                data = f"Текстът на {viewer.login}.".encode()
                file = add_file(io.BytesIO(data), "Протокол.txt", by=viewer)
                together.wait(PATIENCE)
                services.add(db.session.get_one(Space, space_id), None, file, by=viewer)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=put_one, args=(viewer,)) for viewer in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not faults
    titles = sorted(db.session.scalars(select(Content.title)))
    assert titles == ["Протокол", "Протокол (2)"]


def test_a_full_disk_loses_nothing_that_was_stored(put, person, app, monkeypatch):
    """/dev/full is a disk without room: what is written there fails as it does on a full one."""
    ident = put("Старият документ.", "Стар.txt")
    old = db.session.get_one(File, services.current(db.session.get_one(Content, ident)).file_id)
    real = store.os.fsync
    monkeypatch.setattr(store.os, "fsync", lambda descriptor: _full(real, descriptor))
    with pytest.raises(Refused) as refusal:
        add_file(io.BytesIO(b"x" * 100_000), "Нов.txt", by=person("editor"))
    monkeypatch.undo()
    assert "Дискът на портала е пълен" in refusal.value.message
    assert not [path for path in store.folder().iterdir() if path.name.startswith("incoming-")]
    assert store.path_of(old.sha256).read_text() == "Старият документ."
    assert db.session.scalar(select(func.count()).select_from(File)) == 1


def _full(real, descriptor: int) -> None:
    with open("/dev/full", "wb", buffering=0) as full:
        full.write(b"x")
    real(descriptor)
