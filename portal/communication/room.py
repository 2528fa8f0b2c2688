"""What the room installs: the communication plan as a live register."""

from flask import Flask

__all__ = ["install"]


def install(app: Flask) -> None:
    """Nothing yet."""
