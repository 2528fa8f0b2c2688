"""The cast with what these rooms need beside it, see tests/accounts/town.py."""

import pytest

from tests.accounts.town import house, membership, space, town, unit, user, viewer
from tests.support.cast import Cast

__all__ = ["house", "membership", "space", "town", "unit", "user", "viewer"]


@pytest.fixture(autouse=True)
def furnished(town: Cast) -> None:
    """Every page here is looked at in the furnished town."""
