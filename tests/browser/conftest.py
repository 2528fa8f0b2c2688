"""The demo municipality on a real server, for journeys as people make them."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from portal.jobs.models import Job
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from tests.conftest import demo_app
from tests.support.cast import PASSWORD
from tests.support.serving import LiveServer

READ = 6  # files of the demo that the worker reads
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"


@pytest.fixture(scope="session")
def town(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The demo, filled and indexed, served for the whole run."""
    from portal import worker

    folder = tmp_path_factory.mktemp("town") / "instance"
    shutil.copytree(demonstration, folder)
    app = demo_app(folder)
    with app.app_context():
        _leave_unread()
        db.session.remove()
    worker.until_idle(app)
    server = LiveServer(app)
    yield server
    server.stop()
    with app.app_context():
        db.engine.dispose()


@transaction
def _leave_unread() -> None:
    """Sixty files take minutes to be read and drawn; how that is done is proved elsewhere."""
    reads = select(Job.id).where(Job.kind == "files.read").order_by(Job.id)
    db.session.execute(delete(Job).where(Job.id.in_(list(db.session.scalars(reads))[READ:])))


@pytest.fixture
def come_in(town: LiveServer) -> Callable[[Any, str], None]:
    """Sign in by the form, as people do."""

    def run(page: Any, who: str) -> None:
        page.context.clear_cookies()
        page.goto(f"{town.url}/sign-in")
        page.fill("#name", who)
        page.fill("#password", PASSWORD)
        page.click("form .btn--primary")
        page.wait_for_url(f"{town.url}/")

    return run


@pytest.fixture
def work(town: LiveServer) -> Callable[[], None]:
    """What the worker does, so that a step's outcome can be found."""
    from portal import worker

    def run() -> None:
        worker.until_idle(town.app)

    return run


@pytest.fixture
def picture() -> Callable[[Any, str], None]:
    """Keep a picture for README and the help: only where PORTAL_PICTURES is set."""

    def take(page: Any, name: str) -> None:
        if not os.environ.get("PORTAL_PICTURES"):
            return
        import io

        from PIL import Image

        PICTURES.mkdir(parents=True, exist_ok=True)
        taken = Image.open(io.BytesIO(page.screenshot()))
        taken.convert("RGB").save(PICTURES / f"{name}.webp", "WEBP", quality=80, method=6)

    return take
