"""Reviewing by a signed link in a mail, and the versions of an item."""

from flask import Flask


def install(app: Flask) -> None:
    """Nothing to install yet."""
