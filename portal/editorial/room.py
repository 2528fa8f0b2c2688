"""What the room installs: the editorial board and its calendar."""

from flask import Flask

__all__ = ["install"]


def install(app: Flask) -> None:
    """Nothing yet."""
