"""What the room installs: making news and documents from a space's own texts."""

from flask import Flask

__all__ = ["install"]


def install(app: Flask) -> None:
    """Nothing yet."""
