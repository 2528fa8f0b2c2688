"""The texts of these tests, written by us in the manner of real ones."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.importing import texts
from portal.importing.decoding import decode
from portal.kernel import i18n

TEXTS = Path(__file__).parent / "texts"
MODIFIED = datetime(2020, 1, 2, 3, 4, tzinfo=UTC)  # the files' own time


@pytest.fixture
def read():
    """A file of the folder as a draft."""

    def draft(name, data=None):
        with i18n.speaking("en"):
            return parsed(name, data)

    def parsed(name, data):
        data = data if data is not None else (TEXTS / name).read_bytes()
        return texts.parse(name, decode(data), MODIFIED)

    return draft
