"""What the room installs: discussions in a space and what was decided."""

from flask import Flask

__all__ = ["install"]


def install(app: Flask) -> None:
    """Nothing yet."""
