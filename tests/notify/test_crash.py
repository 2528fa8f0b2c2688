"""A worker killed between any two steps of sending: no mail is lost, one comes at most twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from portal import notify
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify.models import Delivery
from tests.support.patience import PATIENCE

CHECKOUT = Path(__file__).resolve().parents[2]


@transaction
def tell(user):
    notify.deliver(user.id, "password_changed", "password:1", at="2026-11-21T10:00:00+00:00")


def work(app, die_at=""):
    environment = {
        **os.environ,
        "PORTAL_DIE_AT": die_at,
        "PORTAL_DATABASE_URL": app.config["DATABASE_URL"],
        "PORTAL_MAIL_URL": app.config["MAIL_URL"],
    }
    command = [sys.executable, "-m", "tests.notify.child", app.instance_path]
    db.session.rollback()
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, timeout=PATIENCE, check=False
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    return done.returncode


@pytest.mark.database("sqlite")  # the steps between the database and the mail server are tested
@pytest.mark.parametrize(
    ("place", "sent", "repeats"),
    [
        ("job.claimed", 1, 0),
        ("mail.taken", 1, 1),  # nobody can know that it was not sent yet
        ("mail.handed_over", 2, 1),
        ("mail.noted", 1, 0),
        ("job.done", 1, 0),
        ("job.ended", 1, 0),
    ],
)
def test_a_kill_loses_no_mail(app, maria, post, place, sent, repeats):
    tell(maria)
    assert work(app, place) == -signal.SIGKILL
    assert work(app) == 0
    db.session.rollback()
    row = db.session.scalars(select(Delivery)).one()
    assert (row.state, row.repeats) == ("sent", repeats)
    assert [mail["Message-ID"] for mail in post.mails] == [row.message_id] * sent
    assert work(app) == 0
    assert len(post.mails) == sent
