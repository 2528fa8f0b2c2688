"""What the room installs: tasks of a space, its measures and goals."""

from flask import Flask

__all__ = ["install"]


def install(app: Flask) -> None:
    """Nothing yet."""
