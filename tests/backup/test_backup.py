"""A backup of a running installation, and an installation from it, on both databases."""

import io
import json
import random
import shutil
import tarfile
import threading

import pytest
from PIL import Image
from sqlalchemy import create_engine, func, select, text

from portal import backup
from portal.audit.models import Change, JournalLine
from portal.backup import archive, restoring
from portal.cli import instance
from portal.content import services as content
from portal.content.models import Content, Revision, Topic
from portal.files import services as files
from portal.files import store
from portal.files.models import Attachment, File
from portal.kernel import database
from portal.kernel.database import Base, db
from portal.kernel.transaction import transaction
from portal.news.models import NewsRevision
from portal.spaces.models import Space
from portal.spaces.viewers import by_user

WRITERS = 3


def picture(number):
    """A picture of bytes that no other has."""
    out = io.BytesIO()
    noise = random.Random(number).randbytes(16 * 16 * 3)
    Image.frombytes("RGB", (16, 16), noise).save(out, "PNG")
    return io.BytesIO(out.getvalue())


def write_one(user_id, number):
    """A released news item with a picture, by the services that pages use."""
    viewer = by_user(user_id)
    file = files.add_picture(picture(number), f"{number}.png", by=viewer)
    write_item(viewer, file.id, number)


@transaction
def write_item(viewer, file_id, number):
    space = db.session.scalars(select(Space).where(Space.slug == "extranet")).one()
    draft = content.start(
        NewsRevision,
        space,
        by=viewer,
        language="bg",
        title=f"Новина {number} — „кавички“ и емоджи 🌊",
        body=f'<p>Текст {number}</p><img src="/files/{file_id}" alt="Море">',
    )
    files.attach(draft, {file_id: "body"}, by=viewer)
    content.release(draft, draft.saves, by=viewer)


class Writers:
    """Threads that write without a pause until they are stopped."""

    def __init__(self, app, user_id):
        self.app, self.user_id = app, user_id
        self.stopping = threading.Event()
        self.written = 0
        self.errors = []
        self.threads = [
            threading.Thread(target=self.run, args=(n * 10_000,)) for n in range(WRITERS)
        ]

    def run(self, number):
        try:
            while not self.stopping.is_set():
                with self.app.app_context():
                    write_one(self.user_id, number)
                number += 1
                self.written += 1
        except Exception as error:
            self.errors.append(error)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


def assert_whole():
    """Every file's bytes are there; every item has its text, its lines and its change."""
    for sha256 in db.session.scalars(select(File.sha256).distinct()):
        assert store.path_of(sha256).is_file(), "a row without its file"
    attached = db.session.scalar(select(func.count()).select_from(Attachment))
    assert attached == db.session.scalar(select(func.count(NewsRevision.id)))
    items = set(db.session.scalars(select(Content.id)))
    for action in ("content.start", "content.release"):
        told = select(JournalLine.item_id).where(JournalLine.action == action)
        assert set(db.session.scalars(told)) == items, action
    changed = select(Change.item_id).where(Change.kind == "news")
    assert set(db.session.scalars(changed)) == items
    assert set(db.session.scalars(select(Revision.content_id))) == items


def test_a_backup_under_writes_is_of_one_moment_and_restores_whole(app, cast, make, restored):
    editor = cast.id("editor")
    db.session.rollback()
    with Writers(app, editor) as writers:
        while writers.written < WRITERS and not writers.errors:
            writers.stopping.wait(0.01)
        before = writers.written
        made = make()
        after = writers.written
    assert not writers.errors
    assert after > before, "people went on writing while it was made"
    assert not made.manifest.missing
    with restored(made.path) as other, other.app_context():
        assert_whole()
        kept = db.session.scalar(select(func.count(Content.id)))
        assert before <= kept <= after + WRITERS
        assert kept < writers.written
        signed_in(other, cast)
        write_one(editor, 99_999)  # numbers go on where they were


def signed_in(app, cast):
    """Sign in on the page with the password from before."""
    browser = app.test_client()
    answer = browser.post(
        "/sign-in", data={"name": "reader@town.example", "password": cast.password}
    )
    assert answer.status_code == 302
    assert browser.get("/me/sessions").status_code == 200


def test_restoring_under_writes_elsewhere_touches_nothing_of_them(app, cast, make, restored):
    editor = cast.id("editor")
    write_one(editor, 1)
    made = make()
    db.session.rollback()
    with Writers(app, editor) as writers, restored(made.path) as other, other.app_context():
        assert db.session.scalar(select(func.count(Content.id))) == 1
        assert_whole()
    assert not writers.errors


def test_every_table_is_in_a_backup_row_by_row(app, cast, make, restored):
    write_one(cast.id("editor"), 5)
    made = make()
    assert set(made.manifest.rows) == set(Base.metadata.tables)

    def everything():
        return {
            name: [tuple(row) for row in db.session.execute(table.select())]
            for name, table in Base.metadata.tables.items()
        }

    before = everything()
    with restored(made.path) as other, other.app_context():
        after = everything()
    # A backup's own line is written when it is done, so it is not in it.
    before["journal"] = [line for line in before["journal"] if "site.backup" not in line]
    for name, rows in before.items():
        assert sorted(map(repr, rows)) == sorted(map(repr, after[name])), name


@pytest.mark.database("postgresql")
def test_an_installation_can_move_to_the_other_kind_of_database(
    app, cast, make, restored, tmp_path, silent
):
    write_one(cast.id("editor"), 7)
    made = make()
    url = f"sqlite:///{tmp_path / 'moved.db'}"
    with restored(made.path, url) as other, other.app_context():
        assert db.engine.dialect.name == "sqlite"
        assert_whole()
        signed_in(other, cast)
        back = tmp_path / "back.tar.gz"
        (tmp_path / "restored-0" / "portal.toml").write_text('secret_key = "x"\n')
        db.session.rollback()
        backup.make(other, back, "test", silent)
    with restored(back) as again, again.app_context():
        assert db.engine.dialect.name == "postgresql"
        assert_whole()
        signed_in(again, cast)
        write_one(cast.id("editor"), 8)


def test_a_backup_is_read_by_its_owner_alone_and_journalled(app, cast, make):
    made = make()
    assert made.path.stat().st_mode & 0o777 == 0o600
    line = db.session.scalars(select(JournalLine).where(JournalLine.action == "site.backup")).one()
    assert line.facts["bytes"] == made.bytes


def test_nothing_is_left_behind_in_the_instance(make, stored):
    before = {path.name for path in stored.iterdir()}
    make()
    assert {path.name for path in stored.iterdir()} - before <= {"backup.lock", *instance.OWNED}


def test_an_older_backup_is_never_written_over(make, tmp_path):
    make()
    first = (tmp_path / "backup.tar.gz").read_bytes()
    with pytest.raises(FileExistsError):
        make()
    assert (tmp_path / "backup.tar.gz").read_bytes() == first
    assert [path.name for path in tmp_path.glob(".*part*")] == []


def test_two_backups_at_once_are_one_too_many(app, make, stored):
    from portal.backup import making

    with making._alone(stored), pytest.raises(backup.Busy):
        make()
    make()  # and what a killed one left does not hinder the next


def test_a_file_swept_in_between_is_in_the_backup_all_the_same(app, cast, make, monkeypatch):
    from portal.backup import making

    write_one(cast.id("editor"), 3)
    (sha256,) = db.session.scalars(select(File.sha256))
    link_all = making._link_all

    def link_then_sweep(*folders):
        link_all(*folders)
        store.path_of(sha256).unlink()

    monkeypatch.setattr(making, "_link_all", link_then_sweep)
    made = make()
    assert not made.manifest.missing
    assert f"files/{sha256[:2]}/{sha256[2:]}" in made.manifest.members


def test_lost_and_changed_files_are_told_and_stop_nothing(app, cast, make):
    for number in (1, 2, 3):
        write_one(cast.id("editor"), number)
    lost, changed, _whole = db.session.scalars(select(File.sha256).order_by(File.id))
    store.path_of(lost).unlink()
    store.path_of(changed).write_bytes(b"rotten")
    made = make()
    assert (made.manifest.missing, made.manifest.damaged) == ([lost], [changed])


@pytest.mark.database("sqlite")  # the archive is the same
@pytest.mark.parametrize(
    "harm",
    ["cut", "flipped", "no manifest", "foreign member", "climbing name", "link", "no tar", "newer"],
)
def test_a_harmed_backup_is_refused_before_anything_is_written(
    app, cast, make, tmp_path, harm, silent
):
    write_one(cast.id("editor"), 1)
    path = make().path
    HARMS[harm](path)
    with pytest.raises(backup.Damaged) as refusal:
        backup.check(path, silent)
    assert str(refusal.value)


def cut(path):
    path.write_bytes(path.read_bytes()[:-400])


def flip(path):
    def changed(name, data):
        return (
            data.replace("Новина".encode(), "Новинa".encode()) if "content.jsonl" in name else data
        )

    rewrite(path, changed)


def rewrite(path, change, more=()):
    with tarfile.open(path) as tar:
        found = [(member.name, tar.extractfile(member).read()) for member in tar]
    with tarfile.open(path, "w:gz") as tar:
        for name, data in [*more, *found]:
            data = change(name, data)
            if data is None:
                continue
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def drop_manifest(path):
    rewrite(path, lambda name, data: None if name == archive.MANIFEST else data)


def add(name):
    return lambda path: rewrite(path, lambda _name, data: data, [(name, b"x")])


def add_link(path):
    with tarfile.open(path) as tar:
        found = [(member, tar.extractfile(member).read()) for member in tar]
    with tarfile.open(path, "w:gz") as tar:
        link = tarfile.TarInfo("files/aa/" + "b" * 62)
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
        for member, data in found:
            tar.addfile(member, io.BytesIO(data))


def make_newer(path):
    def changed(name, data):
        if name != archive.MANIFEST:
            return data
        return json.dumps({**json.loads(data), "schema": "9999_tomorrow"}).encode()

    rewrite(path, changed)


HARMS = {
    "cut": cut,
    "flipped": flip,
    "no manifest": drop_manifest,
    "foreign member": add("notes.txt"),
    "climbing name": add("files/../../evil"),
    "link": add_link,
    "no tar": lambda path: path.write_bytes(b"no archive at all"),
    "newer": make_newer,
}


LATER = '''"""A migration of tomorrow."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "9998_later", "{head}"
def upgrade():
    op.add_column("topic", sa.Column("colour", sa.String(10), server_default="green"))
def downgrade():
    op.drop_column("topic", "colour")
'''


def test_a_backup_of_an_older_version_is_upgraded(
    app, cast, make, blank, silent, tmp_path, monkeypatch
):
    @transaction
    def add_topic():
        db.session.add(Topic(slug="safety", name_bg="Безопасност", name_en="Safety"))

    add_topic()
    made = make()
    newer = tmp_path / "migrations"
    shutil.copytree(database.MIGRATIONS, newer)
    (newer / "versions" / "9998_later.py").write_text(LATER.format(head=made.manifest.schema))
    monkeypatch.setattr(restoring, "MIGRATIONS", newer)
    folder, url = blank()
    done = backup.restore(made.path, backup.check(made.path, silent), folder, url, silent)
    assert done.schema == "9998_later"
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT slug, colour FROM topic")).all()
    engine.dispose()
    assert [tuple(row) for row in found] == [("safety", "green")]
