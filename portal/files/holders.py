"""What holds files beside the texts: a room says which of its items do.

A text holds its files by Attachment. Whatever else does, such as a proof of a communication plan,
is registered here once, so that the same door opens a file to those who may read what holds it,
and the sweep keeps it as long as something does.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True)
class Holder:
    """column: where the number of a file is kept; items: what holds a file, each with a policy;
    found: kind and number of what is found by the words of a file, if anything is."""

    column: InstrumentedAttribute[Any]
    items: Callable[[int], Iterable[object]]
    found: Callable[[int], Iterable[tuple[str, int]]] = lambda file_id: ()


_holders: dict[str, Holder] = {}


def register(name: str, holder: Holder) -> None:
    """Called in a room's `install()`; again is no harm."""
    _holders[name] = holder


def every() -> list[Holder]:
    return list(_holders.values())
