"""The row of places under the top bar: rooms add theirs when they are installed."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app


@dataclass(frozen=True)
class Place:
    """An entry: its label (translated when shown), endpoint, order, and for whom it is."""

    label: Any
    endpoint: str
    order: int
    audience: str = "signed_in"  # signed_in, staff, administrators


def add(app: Flask, place: Place) -> None:
    places: list[Place] = app.extensions.setdefault("places", [])
    places.append(place)
    places.sort(key=lambda each: each.order)


def places() -> list[Place]:
    found: list[Place] = current_app.extensions.get("places", [])
    return found
