"""Comments under an item, in threads."""

from flask import Flask

from portal.comments import models

__all__ = ["install", "models"]


def install(app: Flask) -> None:
    """Nothing to install yet."""
