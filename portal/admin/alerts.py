"""Alerts at the head of every page: set, changed and ended by few, hidden by whom they are for."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import exists, func, select
from werkzeug.exceptions import Forbidden, NotFound

from portal import audit
from portal.access import Role, Viewer
from portal.access.alerts import is_for
from portal.access.models import Alert
from portal.access.site import bump
from portal.accounts import checks
from portal.accounts.models import User
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.text import tidy
from portal.kernel.transaction import transaction
from portal.spaces.models import Space

CHANGED = ("text_bg", "text_en", "level", "address", "shown_until")
AT_ONCE = 3  # more of them push the page itself out of sight
_MARKUP = re.compile(r"</?[a-zA-Z!]")


def audiences(viewer: Viewer) -> tuple[str, ...]:
    """Whom she may tell: an administrator everybody, a manager of the intranet the staff."""
    if viewer.is_admin:
        return Alert.AUDIENCES
    managed = exists().where(Space.id.in_(viewer.spaces_as(Role.MANAGER)), Space.kind == "intranet")
    return ("staff",) if viewer.is_staff and db.session.scalar(select(managed)) else ()


@transaction
def set_alert(
    *,
    by: Viewer,
    text_bg: str,
    text_en: str,
    level: str,
    audience: str,
    address: str,
    until: datetime,
) -> Alert:
    """Tell it at the head of every page, from now on.

    Raises NotFound for whoever may tell nobody, Refused at the field concerned.
    """
    allowed = audiences(by)
    if not allowed:
        raise NotFound
    if audience not in allowed:
        raise Refused("audience", _("You cannot choose these readers."))
    told = _checked(text_bg, text_en, level, address, until)
    now = clock.now()
    running = select(func.count()).select_from(Alert).where(Alert.shown_until > now)
    if db.session.scalar(running) >= AT_ONCE:  # type: ignore[operator]  # a count is no None
        raise Refused("", _("Three alerts are shown already. End one of them first."))
    alert = Alert(
        **told,
        audience=audience,
        shown_from=now,
        by_id=by.user_id,
    )
    db.session.add(alert)
    db.session.flush()
    facts = {"level": level, "audience": audience, "until": until.isoformat()}
    audit.record("alert.set", "alert", alert.id, by=by, **facts)
    bump()
    return alert


def seal(alert: Alert) -> str:
    """The print of what an alert's form shows; see `change`."""
    return checks.seal(alert, CHANGED)


def kept(alert_id: int, *, by: Viewer) -> Alert:
    """One that she may change and end. Raises NotFound."""
    alert = db.session.get(Alert, alert_id)
    if alert is None or alert.audience not in audiences(by):
        raise NotFound
    return alert


@transaction
def change(
    alert_id: int,
    seen: str,
    *,
    by: Viewer,
    text_bg: str,
    text_en: str,
    level: str,
    address: str,
    until: datetime,
) -> None:
    """Say it otherwise, to the same people. seen: the seal of what the form showed.

    Raises NotFound for whoever may not end it, Refused at the field concerned, Stale when somebody
    else changed it.
    """
    alert = kept(alert_id, by=by)
    if alert.shown_until <= clock.now():
        raise Refused("", _("This alert is over. Make a new one of what you wrote."))
    if seen != seal(alert):
        raise Stale(alert)
    told = _checked(text_bg, text_en, level, address, until)
    changed = [name for name in CHANGED if getattr(alert, name) != told[name]]
    if not changed:
        return
    for name in changed:
        setattr(alert, name, told[name])
    facts = {"fields": changed, "level": level, "until": until.isoformat()}
    audit.record("alert.change", "alert", alert.id, by=by, **facts)
    bump()


def _checked(
    text_bg: str, text_en: str, level: str, address: str, until: datetime
) -> dict[str, Any]:
    """What is typed of an alert, as it is kept. Raises Refused at the field concerned."""
    if level not in Alert.LEVELS:
        raise Refused("level", _("Choose one of the three."))
    texts = {"text_bg": tidy(text_bg), "text_en": tidy(text_en)}
    for field, text in texts.items():
        _check(field, text)
    if until <= clock.now():
        raise Refused("until", _("This time is past. Choose one that is still to come."))
    own_or_web = _own_or_web(tidy(address))
    return {**texts, "level": level, "address": own_or_web, "shown_until": until}


def _check(field: str, text: str) -> None:
    if not text and field == "text_bg":
        raise Refused(field, _("Write what everybody should know."))
    if len(text) > Alert.TEXT_MAX:
        raise Refused(field, _("At most %(n)s characters.", n=Alert.TEXT_MAX))
    if _MARKUP.search(text):
        raise Refused(field, _("Write plain words, without HTML."))


def _own_or_web(address: str) -> str:
    """A page of the portal by its path, or another site's full address."""
    refusal = Refused(
        "address", _("Write an address that begins with https:// or a path like /news.")
    )
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise refusal from error
    is_own = not parts.scheme and not parts.netloc and address.startswith("/")
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    if address and (not (is_own or is_web) or "\\" in address or " " in address):
        raise refusal
    if len(address) > Alert.ADDRESS_MAX:
        raise Refused("address", _("At most %(n)s characters.", n=Alert.ADDRESS_MAX))
    return address


@transaction
def end(alert_id: int, *, by: Viewer) -> None:
    """Take an alert away before its end."""
    alert, now = kept(alert_id, by=by), clock.now()
    if alert.shown_until > now:
        alert.shown_until = now
        audit.record("alert.end", "alert", alert.id, by=by)
        bump()


@transaction
def hide(alert_id: int, *, by: Viewer) -> None:
    """Put an alert out of one's own sight, on every device. A danger stays."""
    if by.user_id is None:
        raise Forbidden
    running = select(Alert).where(Alert.shown_until > clock.now())
    # What is for others is nobody's to ask after.
    found = {alert.id: alert for alert in db.session.scalars(running) if is_for(by, alert.audience)}
    if alert_id in found and found[alert_id].level == "danger":
        raise Forbidden
    user = db.session.get_one(User, by.user_id)
    wished = {*user.alerts_hidden.split(), str(alert_id)}
    # What is over is forgotten, so that the list never grows.
    user.alerts_hidden = " ".join(sorted(wished & {str(ident) for ident in found}))
