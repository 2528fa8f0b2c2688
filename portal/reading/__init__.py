"""Bookmarks, how many people opened an item, and its sheet for the notice board."""

from portal.reading.queries import About, about
from portal.reading.room import install

__all__ = ["About", "about", "install"]
