"""Bookmarks, and how many people opened an item."""

from flask import Flask

from portal.reading import models

__all__ = ["install", "models"]


def install(app: Flask) -> None:
    """Nothing to install yet."""
