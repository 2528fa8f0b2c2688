"""Reviewing by a signed link in a mail, and the versions of an item."""

from portal.review.room import install

__all__ = ["install"]
