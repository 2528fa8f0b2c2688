"""Changing the installation's settings: administrators only, each change in the journal."""

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from portal import audit
from portal.access import Viewer
from portal.access.models import FooterPage, Site
from portal.access.site import bump
from portal.content.models import Topic
from portal.kernel import text
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import LANGUAGES, _
from portal.kernel.transaction import transaction

PAGES = ("help", "accessibility", "privacy", "terms")


def _administrators(by: Viewer) -> None:
    if not by.is_admin:
        raise NotFound


@transaction
def change_site(
    *, by: Viewer, name_bg: str, name_en: str, address: str, email: str, hue: int
) -> None:
    """Set the municipality's name, contacts and colour (hue in degrees, 0 to 359)."""
    _administrators(by)
    site = db.session.get_one(Site, 1)
    site.name_bg, site.name_en = name_bg, name_en
    site.address, site.email, site.hue = address, text.tidy(email), hue
    audit.record("site.change", "site", 1, by=by)
    bump()


@transaction
def add_topic(*, by: Viewer, name_bg: str, name_en: str) -> Topic:
    """A new topic. Raises Refused at `name_bg` when there is one of that name."""
    _administrators(by)
    slug = text.slug(name_en) or text.slug(name_bg)
    taken = db.session.scalar(select(Topic.id).where(Topic.slug == slug))
    if not slug or taken is not None:
        raise Refused("name_bg", _("There is a topic of this name already."))
    topic = Topic(slug=slug, name_bg=name_bg, name_en=name_en)
    db.session.add(topic)
    db.session.flush()
    audit.record("topic.add", "topic", topic.id, by=by)
    return topic


@transaction
def change_page(key: str, language: str, *, by: Viewer, title: str, body: str) -> None:
    """Write a footer page. The text is sanitised here."""
    _administrators(by)
    if key not in PAGES or language not in LANGUAGES:
        raise NotFound
    page = db.session.get(FooterPage, (key, language))
    if page is None:
        page = FooterPage(key=key, language=language)
        db.session.add(page)
    page.title, page.body = title, text.sanitise(body)
    audit.record("page.change", "page", None, by=by, page=key, language=language)
    bump()
