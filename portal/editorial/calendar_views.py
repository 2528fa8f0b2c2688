"""The pages of a board's calendar: a month, or one week of it."""

from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.doors import signed_in
from portal.editorial import calendar
from portal.editorial.views import FEATURE, bp
from portal.kernel import clock
from portal.kernel.forms import YEAR_MAX, YEAR_MIN
from portal.kernel.i18n import DAYS, language, month_name
from portal.spaces.features import entered


@bp.get("/spaces/<slug>/board/calendar", endpoint="calendar")
@signed_in
def calendar_page(slug: str) -> ResponseReturnValue:
    """`month=2026-12`, or `week=` with any of its days; without either, the month that it is."""
    space, viewer = entered(slug, FEATURE)
    today = clock.today()
    week = _day(request.args.get("week", ""))
    month = _day(request.args.get("month", "") + "-01") or today.replace(day=1)
    if week is not None:
        first = calendar.monday(week)
        span = first, first + timedelta(days=7)
        before, after = {"week": str(first - timedelta(days=7))}, {"week": str(span[1])}
    else:
        span = calendar.month_span(month)
        before = {"month": f"{month - timedelta(days=1):%Y-%m}"}
        after = {"month": f"{month + timedelta(days=31):%Y-%m}"}
    return render_template(
        "editorial/calendar.html",
        space=space,
        sheet=calendar.sheet(viewer, space, *span),
        month=None if week is not None else month,
        today=today,
        before=before,
        after=after,
        this_month=f"{today:%Y-%m}",
        shown=calendar.DAY_SHOWN if week is None else calendar.MOST,
        weekdays=DAYS[language()].split(),
        month_name=month_name,
        marked=request.args.get("card", ""),
    )


def _day(typed: str) -> date | None:
    """A day as an address says it; None when it is none that a calendar here can show."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if YEAR_MIN <= day.year < YEAR_MAX else None
