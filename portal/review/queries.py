"""What reviewers said of a text, and the versions of an item; asked only by pages whose policy
has opened the text."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from portal.accounts.models import User
from portal.content.models import Decision, Remark, Revision
from portal.kernel.database import first, rows
from portal.kernel.i18n import language


@dataclass
class Word:
    """A reviewer's word on the whole of a text, at a field of it or at a passage.

    is_older: the text was saved since. quote: how the passage began; "" for a whole field.
    """

    at: datetime
    by: str
    text: str
    verdict: str  # approved, returned
    is_older: bool
    via: str  # portal, mail
    quote: str = ""


@dataclass
class Spoken:
    """All that was said of a text, the newest first."""

    whole: list[Word] = field(default_factory=list)  # one for each decision
    at: dict[str, list[Word]] = field(default_factory=dict)  # by the field's key

    @property
    def is_remarked(self) -> bool:
        """Whether there is anything to read beside the verdicts."""
        return bool(self.at) or any(word.text for word in self.whole)


# A decision without remarks at fields is one row with an empty field.
_SPOKEN = (
    select(
        Decision.id,
        Decision.at,
        Decision.verdict,
        Decision.saves,
        Decision.remark,
        Decision.via,
        User.given,
        User.family,
        User.given_latin,
        User.family_latin,
        Remark.field,
        Remark.quote,
        Remark.text,
    )
    .join(User, User.id == Decision.by_id)
    .outerjoin(Remark, Remark.decision_id == Decision.id)
    .where(Decision.revision_id == bindparam("revision_id"))
    .order_by(Decision.id.desc(), Remark.id)
)


def spoken(text: Revision) -> Spoken:
    """What reviewers said of a text."""
    said = Spoken()
    seen: set[int] = set()
    for row in rows(_SPOKEN, {"revision_id": text.id}):
        facts = (row.at, person(row))
        more = (row.verdict, row.saves < text.saves, row.via)
        if row.id not in seen:
            seen.add(row.id)
            said.whole.append(Word(*facts, row.remark, *more))
        if row.field is not None:
            word = Word(*facts, row.text, *more, row.quote)
            said.at.setdefault(row.field, []).append(word)
    return said


def person(row: Row[Any]) -> str:
    """A person's name in the letters of the reader's language."""
    latin = f"{row.given_latin} {row.family_latin}".strip()
    return (language() == "en" and latin) or f"{row.given} {row.family}"


_PERSON = select(User.given, User.family, User.given_latin, User.family_latin).where(
    User.id == bindparam("id")
)


def person_name(user_id: int) -> str:
    """Who wrote, changed or judged a text."""
    row = first(_PERSON, {"id": user_id})
    return person(row) if row else ""


_LAST = (
    select(Decision.id, Decision.by_id, Decision.at, Decision.verdict, Decision.saves)
    .where(Decision.revision_id == bindparam("revision_id"))
    .order_by(Decision.id.desc())
    .limit(1)
)


def last_decision(revision_id: int) -> Row[Any] | None:
    """The newest decision on a text."""
    return first(_LAST, {"revision_id": revision_id})
