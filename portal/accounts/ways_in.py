"""What lets a person in besides her password: sessions and tickets, ended in a transaction."""

from sqlalchemy import update

from portal.accounts.models import SecondFactor, Ticket, UserSession
from portal.kernel import clock
from portal.kernel.database import affected, db


def end_sessions(user_id: int, but: int | None = None) -> int:
    """End a person's sessions in the running transaction, `but` one; how many there were."""
    return affected(
        update(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.id != (but or 0),
            UserSession.ended_at.is_(None),
        )
        .values(ended_at=clock.now())
    )


def end_sessions_without_second_factor(user_id: int) -> int:
    """End those of a person who needs a second factor from now on; how many there were."""
    if db.session.get(SecondFactor, user_id) is not None:
        return 0  # adding it ended all that began before
    return end_sessions(user_id)


def void_tickets(user_id: int) -> None:
    """Close a person's open invitations and resets, in the running transaction."""
    now = clock.now()
    db.session.execute(
        update(Ticket)
        .where(Ticket.user_id == user_id, Ticket.used_at.is_(None), Ticket.expires_at > now)
        .values(expires_at=now)
    )
