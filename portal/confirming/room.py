"""Must-read items: asked of people, groups and spaces, confirmed, followed up."""

from flask import Flask

from portal.confirming import models

__all__ = ["install", "models"]


def install(app: Flask) -> None:
    """Nothing to install yet."""
