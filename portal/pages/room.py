"""What the room installs: the pages of a space: a tree of texts."""

from flask import Flask

__all__ = ["install"]


def install(app: Flask) -> None:
    """Nothing yet."""
