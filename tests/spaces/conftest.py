"""The cast with what these rooms need beside it, see tests/accounts/town.py."""

from tests.accounts.town import house, membership, space, town, unit, user, viewer

__all__ = ["house", "membership", "space", "town", "unit", "user", "viewer"]
