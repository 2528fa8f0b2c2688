"""Sending what was queued: one mail, or a run of them over one connection.

A mail cannot be sent exactly once: when a crash leaves its fate unknown it goes again with the
same Message-ID, which mail programs recognise, and the row counts it. Before the server gets a
mail it is written down that it does, afterwards what became of it; within a run the second and
the first of the next mail are one transaction, so a crash leaves one mail of unknown fate at most.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from portal import jobs
from portal.jobs import failpoint
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify import composing, mails, transport
from portal.notify.models import Delivery

log = logging.getLogger(__name__)
OVER = ("sent", "refused", "none", "moot", "bounced")


@dataclass(frozen=True)
class _Fate:
    """What became of a mail that was tried. failure: why the job must try again."""

    delivery_id: int
    state: str
    error: str = ""
    failure: Exception | None = None
    written: mails.Written | None = None


def send(delivery_id: int) -> None:
    """The job `mail.send`: send one mail.

    May run again after a crash or a failure; what is over stays over.
    """
    if not _step(None, delivery_id):
        return
    with transport.opened(current_app.config["MAIL_URL"]) as post:
        fate = _try(delivery_id, post)
    _step(fate, None)
    failpoint.here("mail.noted")
    if fate.failure is not None:
        raise fate.failure  # the job waits and tries again


def send_all(deliveries: Sequence[int]) -> None:
    """The job `mail.send_all`: send a run of mails, oldest first.

    A mail that fails gets a job of its own. Where the mail server cannot be reached at all, the
    rest of the run waits for the job's next attempt.
    """
    fate: _Fate | None = None
    with transport.opened(current_app.config["MAIL_URL"]) as post:
        for delivery_id in _unsent(deliveries):
            taken = _step(fate, delivery_id, in_run=True)
            if taken is None:
                return
            failpoint.here("mail.noted")
            fate = _try(delivery_id, post) if taken else None
            if fate is not None and isinstance(fate.failure, transport.Away):
                break
    if fate is not None:
        _step(fate, None, in_run=True)
        if isinstance(fate.failure, transport.Away):
            raise fate.failure


def _unsent(deliveries: Sequence[int]) -> Sequence[int]:
    """Those of a run that are not over, and not carried by a job of their own (see `_note`)."""
    mine = (
        select(Delivery.id)
        .where(Delivery.id.in_(deliveries), Delivery.state.not_in(OVER), Delivery.error == "")
        .order_by(Delivery.id)
    )
    found = db.session.scalars(mine).all()
    db.session.rollback()
    return found


@transaction
def _step(fate: _Fate | None, next_id: int | None, in_run: bool = False) -> bool | None:
    """Note what became of the last mail and that the next one is being sent.

    False when there is nothing to send: its fate is known already. None when the run went to
    another worker: stop.
    """
    if fate is not None and not _note(fate, in_run):
        return None
    if next_id is None:
        return False
    delivery = db.session.get(Delivery, next_id)
    if delivery is None or delivery.state in OVER:
        return False
    if delivery.state == "sending":
        delivery.repeats += 1
        log.warning("mail sent again", extra={"facts": {"delivery": next_id}})
        if in_run and delivery.repeats > 1:  # it killed its workers: let it do so by itself
            _alone(delivery, "the worker died each time")
            return False
    delivery.state = "sending"
    delivery.tries += 1
    return True


def _note(fate: _Fate, in_run: bool) -> bool:
    """Write down what became of a mail; whether the job is still this worker's."""
    delivery = db.session.get_one(Delivery, fate.delivery_id)
    if delivery.state == "bounced":  # what came back was read before we could write this down
        fate = _Fate(delivery.id, "sent", written=fate.written)
    else:
        delivery.state, delivery.error = fate.state, fate.error[:2000]
    if fate.state == "sent":
        delivery.sent_at = clock.now()
        if fate.written is not None:
            mails.was_sent(delivery.mail, delivery.id, fate.written)
    if isinstance(fate.failure, transport.Away):
        if in_run:
            delivery.error = ""  # the mail is not to blame: it stays in its run
        return True
    if isinstance(fate.failure, transport.Unknown):
        delivery.repeats += 1  # as after a crash
    if fate.failure is not None and in_run:
        _alone(delivery, fate.error)
    return jobs.got_on() if in_run else True


def _alone(delivery: Delivery, error: str) -> None:
    """Take a mail out of its run; its `error` says that a job of its own carries it."""
    delivery.state, delivery.error = "waiting", error[:2000] or "failed"
    pause = timedelta(seconds=jobs.PAUSES[0])
    jobs.queue("mail.send", run_after=clock.now() + pause, delivery_id=delivery.id)


def _try(delivery_id: int, post: transport.Post) -> _Fate:
    """Write a mail and hand it over; what became of it."""
    failpoint.here("mail.taken")
    try:
        message, written = composing.compose(delivery_id)
        db.session.rollback()  # no transaction is open while the server is spoken to
        post.send(message, f"{delivery_id:06}")
    except mails.Moot as moot:
        return _Fate(delivery_id, "moot", str(moot))
    except composing.NoAddress:
        return _Fate(delivery_id, "none")
    except transport.Refused as refusal:
        log.warning("mail refused", extra={"facts": {"delivery": delivery_id}})
        return _Fate(delivery_id, "refused", str(refusal))
    except Exception as error:
        db.session.rollback()
        log.warning("mail failed", extra={"facts": {"delivery": delivery_id}}, exc_info=True)
        return _Fate(delivery_id, "waiting", f"{type(error).__name__}: {error}", failure=error)
    failpoint.here("mail.handed_over")
    return _Fate(delivery_id, "sent", written=written)
