"""What stands at the head of every page until its end: read once a version of the site."""

from collections.abc import Sequence
from typing import Any

from flask import current_app
from sqlalchemy import Row, bindparam, select

from portal.access.models import Alert
from portal.access.site import site
from portal.access.viewer import Viewer
from portal.kernel import clock
from portal.kernel.database import rows

_RUNNING = (
    select(
        Alert.id,
        Alert.text_bg,
        Alert.text_en,
        Alert.level,
        Alert.audience,
        Alert.address,
        Alert.shown_until,
    )
    .where(Alert.shown_until > bindparam("now"))
    .order_by(Alert.id.desc())
)


def of(viewer: Viewer) -> list[Row[Any]]:
    """What she is told now, the worst first; the end is asked of the clock, of no worker."""
    now = clock.now()
    found = [
        alert
        for alert in _running()
        if alert.shown_until > now
        and is_for(viewer, alert.audience)
        and not (may_hide(viewer, alert.level) and str(alert.id) in viewer.alerts_hidden.split())
    ]
    return sorted(found, key=lambda alert: -Alert.LEVELS.index(alert.level))


def may_hide(viewer: Viewer, level: str) -> bool:
    """Whether she may put it out of her sight: nobody a danger, and no visitor, who has no row."""
    return viewer.is_authenticated and level != "danger"


def is_for(viewer: Viewer, audience: str) -> bool:
    """An audience that is not known here is nobody."""
    if audience == "staff":
        return viewer.is_staff
    return audience == "everybody" or (audience == "signed_in" and viewer.is_authenticated)


def _running() -> Sequence[Row[Any]]:
    """Every alert that runs. No statement until the site's version grows."""
    version = site().version
    kept: tuple[int, Sequence[Row[Any]]] | None = current_app.extensions.get("alerts")
    if kept is None or kept[0] != version:
        kept = current_app.extensions["alerts"] = (version, rows(_RUNNING, {"now": clock.now()}))
    return kept[1]
