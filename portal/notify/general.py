"""The mail of a notice whose kind has no mail of its own: what it is about, and the way there."""

from typing import Any

from flask import current_app
from sqlalchemy import bindparam, select

from portal.kernel.database import first
from portal.kernel.i18n import _, _l
from portal.notify import mails, notices
from portal.notify.models import Notice
from portal.spaces.viewers import by_user

_NOTICE = select(
    Notice.id,
    Notice.kind,
    Notice.about,
    Notice.version,
    Notice.content_id,
    Notice.facts,
    Notice.at,
).where(
    Notice.user_id == bindparam("to"),
    Notice.about == bindparam("notice"),
    Notice.version == bindparam("notice_version"),
)


def gather(facts: dict[str, Any]) -> dict[str, Any]:
    """What the mail shows: the line that the portal would show its receiver now. Raises Moot."""
    viewer = by_user(facts["to"])
    if viewer is None:
        raise mails.Moot("the receiver may not sign in any more")
    asked = {name: facts[name] for name in ("to", "notice", "notice_version")}
    notice = first(_NOTICE, asked)
    line = notices.lines([notice], viewer).get(notice.id) if notice is not None else None
    if notice is None or line is None:
        raise mails.Moot("the receiver may not read it any more")
    kind = notices.kind_of(notice.kind)
    label = str(kind.label) if kind else ""
    base = str(current_app.config["BASE_URL"]).rstrip("/")
    return {
        "title": line.title,
        "words": line.words,
        "label": label,
        "address": base + line.url,
        **_stopping(kind, label),
    }


def _stopping(kind: notices.Kind | None, label: str) -> dict[str, str]:
    """Why she gets it and what stops it, if she may choose how she is told of this kind."""
    if kind is None or kind.fixed or not kind.is_chosen:
        return {}
    why = _("You are told of this kind at once: %(kind)s.", kind=label)
    return {"why": why, "unsubscribe": f"kind:{kind.name}"}


def install() -> None:
    mails.register(notices.GENERAL, _l("%(label)s: %(title)s"), gather)
