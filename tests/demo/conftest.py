"""The demo municipality, filled once for all that is asked of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.kernel import i18n
from portal.kernel.database import db
from tests.conftest import demo_app


@pytest.fixture
def filled(demonstration: Path) -> Iterator[None]:
    """In its app's context; to be read alone."""
    with demo_app(demonstration).app_context(), i18n.speaking("bg"):
        yield
        db.session.remove()
        db.engine.dispose()
