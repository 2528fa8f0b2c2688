"""When things happened in the demo municipality."""

from datetime import datetime, timedelta


def at_work(today: datetime, days: float) -> datetime:
    """The moment so many days ago (ahead when negative), moved into a working day's hours."""
    when = today - timedelta(days=days)
    if 0 <= days < 1:
        return when
    hours = 6 + 9 * (days % 1)  # UTC: the municipality is two or three hours ahead
    when = when.replace(hour=int(hours), minute=int(hours % 1 * 60), second=0, microsecond=0)
    weekend = max(0, when.weekday() - 4)  # Saturday 1, Sunday 2
    return when + timedelta(days=3 - weekend if days < 0 and weekend else -weekend)
