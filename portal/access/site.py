"""The installation's own facts, cached until its version grows."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, g
from sqlalchemy import select, update

from portal.access.models import Site
from portal.kernel import i18n
from portal.kernel.database import db, first


@dataclass(frozen=True)
class SiteFacts:
    """What pages show of the installation, in the reader's language."""

    name_bg: str
    name_en: str
    address: str
    email: str
    hue: int
    is_demo: bool
    version: int

    @property
    def name(self) -> str:
        return self.name_en if i18n.language() == "en" else self.name_bg

    @property
    def language(self) -> str:
        return i18n.language()


_SITE = select(
    Site.name_bg,
    Site.name_en,
    Site.address,
    Site.email,
    Site.hue,
    Site.is_demo,
    Site.version,
).where(Site.id == 1)
EMPTY = SiteFacts("Общински портал", "Municipal portal", "", "", 212, False, 0)


def site() -> SiteFacts:
    """The installation; asked at most once a request, from the cache while unchanged."""
    version = g.get("site_version")
    cached: SiteFacts | None = current_app.extensions.get("site")
    if cached is not None and version == cached.version:
        return cached
    if "site" not in g:
        row = first(_SITE)
        g.site = EMPTY
        if row is not None:
            g.site = SiteFacts(*tuple[Any, ...](row))
        current_app.extensions["site"] = g.site
    facts: SiteFacts = g.site
    return facts


def bump() -> None:
    """Make every process forget what it cached of people, groups, spaces and settings.

    Called by services inside their transaction.
    """
    db.session.execute(update(Site).where(Site.id == 1).values(version=Site.version + 1))
