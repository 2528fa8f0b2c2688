"""Putting documents where the tests want them, through the services that people use."""

import io

import pytest

from portal.content import folders
from portal.content.models import Folder
from portal.documents import services
from portal.files.services import add_file
from portal.kernel.database import db
from portal.spaces.models import Space
from tests.support.papers import paper


@pytest.fixture
def put(cast, person):
    """put("текст", name="…", who="editor", space="workspace") → the document's number."""

    def put_one(
        data: bytes | str = "Текст на документа.",
        name: str = "Документ.txt",
        *,
        who: str = "editor",
        space: str = "workspace",
        folder=None,
        facts=None,
        **more,
    ) -> int:
        by = person(who)
        stored = add_file(io.BytesIO(data.encode() if isinstance(data, str) else data), name, by=by)
        home = db.session.get_one(Space, cast.space(space).id)
        return services.add(home, folder, stored, facts, by=by, **more).content_id

    return put_one


@pytest.fixture(scope="session")
def letter():
    """A PDF of three pages with the words printed on each."""
    return paper("pdf", seed=5, pages=3)


@pytest.fixture
def folder(cast, person):
    """folder("Заповеди") or folder("2026", within) → its number, in the workspace."""

    def make(name, within=None, space="workspace"):
        above = db.session.get(Folder, within) if within else None
        return folders.create(cast.space(space), above, name, by=person("editor")).id

    return make


@pytest.fixture
def put_in(put):
    """Put a document into a folder by the folder's number."""

    def run(folder_id, *args, **kwargs):
        return put(*args, folder=db.session.get(Folder, folder_id), **kwargs)

    return run
