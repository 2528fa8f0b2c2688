"""The cast with what these rooms need beside it, see tests/accounts/town.py."""

from tests.accounts.town import *  # noqa: F403
