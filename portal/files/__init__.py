"""Files: stored by content, shown only to readers of a text that holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:
    # Late: the reader's child process imports this package too, and must start fast.
    from portal.files import room

    room.install(app)
