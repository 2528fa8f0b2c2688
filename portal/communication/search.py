"""Entries of the plan in the search box, for everybody who reads in their space."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from portal.communication import queries
from portal.communication.lists import STATES
from portal.communication.models import Entry, Objective, Proof
from portal.communication.policy import policy
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.i18n import _l, long_date
from portal.kernel.text import excerpt
from portal.search.protocol import SearchDocument, Shown, apart

TITLE_LENGTH = 120


class EntrySearch:
    """Found by the message, whom and where it was for, what came of it, and what proves it."""

    kind = "communication"
    label: Any = _l("Communication plan")
    icon = "megaphone"

    def document(self, item_id: int) -> SearchDocument | None:
        entry = db.session.get(Entry, item_id)
        if entry is None:
            return None
        objective = db.session.get_one(Objective, entry.objective_id)
        proofs = db.session.scalars(select(Proof.title).where(Proof.entry_id == entry.id))
        return SearchDocument(
            kind=self.kind,
            item_id=entry.id,
            title=excerpt(entry.message, TITLE_LENGTH),
            text=apart((entry.message, entry.outcome, *proofs)),
            audience=policy.audience(entry),
            spaces=frozenset({entry.space_id}),
            date=clock.end_of_day(entry.planned_on),
            visible_from=entry.created_at,  # `members:` tokens count from then on
            names=apart((entry.audience, entry.channel, objective.title)),
        )

    def ids(self) -> Iterator[int]:
        yield from db.session.scalars(select(Entry.id))

    def show(
        self, item_ids: Sequence[int], viewer: Any, pages: Mapping[int, int]
    ) -> dict[int, Shown]:
        return {
            line.id: Shown(
                kind=self.kind,
                item_id=line.id,
                title=excerpt(line.message, TITLE_LENGTH),
                url=line.url,
                text="\n".join(filter(None, (line.message, line.outcome))),
                facts=[line.audience, line.channel, long_date(line.planned_on), self._state(line)],
            )
            for line in queries.some(viewer, item_ids)
        }

    def _state(self, line: queries.Line) -> str:
        return str(STATES[line.state])
