"""The cast with what these rooms need beside it, see tests/accounts/town.py."""

import pytest

from tests.accounts.town import *  # noqa: F403
from tests.support.cast import Cast


@pytest.fixture(autouse=True)
def furnished(town: Cast) -> None:
    """Every page here is looked at in the furnished town."""
