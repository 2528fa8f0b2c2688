"""Bookmarks, and how many people opened an item."""

from portal.reading.room import install

__all__ = ["install"]
