"""How many opened an item, by unit: numbers that name nobody, never people.

A reader's mark is an HMAC of person and item, so who she is must be tried out, person by person;
that is done here alone, and what leaves is counted in steps.
"""

import hashlib
import hmac
from collections.abc import Mapping, Set

from flask import current_app
from sqlalchemy import bindparam, select

from portal.kernel.database import rows
from portal.reading.models import ContentReader

# Below it a number would name somebody: of two who may read an item, one who did is known.
READERS_SHOWN = 5
_MARKS = select(ContentReader.mark).where(ContentReader.content_id == bindparam("content_id"))


def mark_of(content_id: int, user_id: int) -> str:
    """A reader's mark at an item: it tells neither who she is nor what else she reads."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    told = f"reader:{content_id}:{user_id}".encode()
    return hmac.new(secret, told, hashlib.sha256).hexdigest()[:32]


def in_steps(opened: int, people: int) -> int:
    """A number of some people who opened it, so coarse that it says of none of them whether she
    did: down to a full five, and never «all of them»."""
    return min(opened, people - 1) // READERS_SHOWN * READERS_SHOWN if people else 0


def apart(readers: Set[int], of: Mapping[str, Set[int]]) -> dict[str, int]:
    """How many readers each set of people has, at the least.

    A unit holds the units below it: its number is lowered where theirs, taken from it, would say
    that each of the others did, as a directorate's head above its only department.
    """
    told: dict[str, int] = {}
    for key, people in sorted(of.items(), key=lambda pair: len(pair[1])):
        number = in_steps(len(readers & people), len(people))
        for other, below in told.items():
            most = min(below + READERS_SHOWN - 1, len(of[other]))
            if of[other] < people and number - most >= len(people) - len(of[other]):
                number -= READERS_SHOWN
        told[key] = number
    return told


def opened(
    content_id: int, audience: Set[int], of: Mapping[str, Set[int]]
) -> tuple[int, dict[str, int]]:
    """How many of those who may read an item opened it, and how many of each set of people, both
    at the least and 0 while they are few. One statement."""
    marks = {row.mark for row in rows(_MARKS, {"content_id": content_id})}
    readers = {person for person in audience if mark_of(content_id, person) in marks}
    told = apart(readers, {"": audience, **{key: audience & of[key] for key in of}})
    return told.pop(""), told
