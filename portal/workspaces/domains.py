"""Whose people an e-mail address belongs to, as far as its ending tells."""

from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Row, select

from portal.access import Viewer
from portal.access.site import site
from portal.accounts.models import Organisation, User
from portal.kernel import clock
from portal.kernel.database import rows
from portal.spaces.models import Space

# Where anybody has an address: it tells nothing.
PUBLIC = frozenset(
    (
        "abv.bg", "mail.bg", "dir.bg", "gbg.bg", "gmail.com", "googlemail.com", "outlook.com",
        "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com", "proton.me",
        "protonmail.com", "gmx.com", "gmx.de", "aol.com", "mail.com",
    )
)  # fmt: skip
_HOUSES = select(
    Organisation.id, Organisation.is_home, Organisation.name_bg, Organisation.name_en,
    Organisation.website, Organisation.retired_at.label("org_retired"),
    Organisation.agreement_end,
)  # fmt: skip
_ADDRESSES = select(User.email, User.organisation_id).where(
    User.email.is_not(None), User.retired_at.is_(None)
)


class Domains:
    """The endings of addresses and their organisations.

    Told by an organisation's website; to staff also by the addresses of its people, where one
    organisation alone has them. In a partner's own space an ending that tells nothing is its own.
    """

    def __init__(self, viewer: Viewer, space: Space) -> None:
        self._houses: dict[int, Row[Any]] = {row.id: row for row in rows(_HOUSES)}
        self._own = space.organisation_id
        self._of: dict[str, set[int]] = {}
        for house in self._houses.values():
            if house.website and _knows(viewer, house):
                self._add(_host(house.website), house.id)
            if house.is_home and site().email:
                self._add(_ending(site().email), house.id)
        if viewer.is_staff:
            for row in rows(_ADDRESSES):
                self._add(_ending(row.email), row.organisation_id)

    def _add(self, ending: str, organisation_id: int) -> None:
        if ending and ending not in PUBLIC:
            self._of.setdefault(ending, set()).add(organisation_id)

    def owner(self, email: str) -> Any:
        """The organisation's row, or None."""
        found = self._of.get(_ending(email), set())
        if len(found) == 1:
            return self._houses[next(iter(found))]
        return self._houses.get(self._own) if self._own else None


def _knows(viewer: Viewer, house: Row[Any]) -> bool:
    """Partners know of each other while their agreements run, see the organisations' policy."""
    if viewer.is_staff or house.id == viewer.organisation_id:
        return True
    runs = house.agreement_end is None or house.agreement_end >= clock.today()
    return house.org_retired is None and runs


def _ending(email: str) -> str:
    return email.rpartition("@")[2].casefold()


def _host(website: str) -> str:
    address = website if "//" in website else f"//{website}"
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")
