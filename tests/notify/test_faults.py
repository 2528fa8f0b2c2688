"""The worker is killed again and again while it tells many people of one announcement.

PORTAL_FAULTS=2000/50 (`make faults`) tries as many people and kills as the requirement names.
"""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.kernel.database import db
from portal.notify.models import Delivery, Notice
from tests.support import crowding
from tests.support.patience import PATIENCE, eventually, linger
from tests.support.post_office import PostOffice
from tests.support.writing import published

CHECKOUT = Path(__file__).resolve().parents[2]
PLACES = ("mail.handed_over", "mail.taken", "mail.noted")


@pytest.fixture
def office(app, tmp_path):
    with PostOffice(tmp_path) as made:
        yield made


def started(app, office, die_at=""):
    environment = {
        **os.environ,
        "PORTAL_DIE_AT": die_at,
        "PORTAL_DATABASE_URL": app.config["DATABASE_URL"],
        "PORTAL_MAIL_URL": office.url,
    }
    command = [sys.executable, "-m", "tests.notify.child", app.instance_path, "--stay"]
    log = Path(app.instance_path) / "worker.log"
    with log.open("ab") as out:
        return subprocess.Popen(command, cwd=CHECKOUT, env=environment, stderr=out)


def kill_at_random(app, office, chance, over):
    """Start a worker and kill it: by chance after its first mail, or at one of the places."""
    before = office.number()
    if chance.random() < 0.5:
        place = f"{chance.choice(PLACES)}:{chance.randint(1, 20)}"
        worker = started(app, office, place)
        eventually(lambda: worker.poll() is not None or over())
    else:
        worker = started(app, office)
        eventually(lambda: office.number() > before or over())
        linger(chance.uniform(0, 0.4))
    worker.kill()
    assert worker.wait(PATIENCE) == -signal.SIGKILL


def test_of_kills_nobody_notices_more_than_a_second_copy(app, cast, person, office):
    wished = os.environ.get("PORTAL_FAULTS", "40/3")
    people_number, kills = map(int, wished.split("/"))
    people = crowding.add(people_number, cast.organisation("town").id)
    published(cast.space("intranet"), person("contributor"), person("editor"))
    chance = random.Random(20261121)

    def over():
        """Whether everybody's mail is known to be sent."""
        db.session.rollback()
        sent = select(func.count()).select_from(Delivery).join(User).where(Delivery.state == "sent")
        return db.session.scalar(sent.where(User.login.startswith("crowd"))) == people_number

    for _kill in range(kills):
        kill_at_random(app, office, chance, over)
    worker = started(app, office)
    try:
        while not over():  # as long as they go on: 2,000 take minutes on a busy machine
            before = office.number()
            eventually(lambda: office.number() > before or over(), "the mails stand still")
    finally:
        worker.kill()
        worker.wait(PATIENCE)
    db.session.rollback()

    told = select(Notice.user_id, func.count()).where(Notice.user_id.in_(people))
    assert dict(db.session.execute(told.group_by(Notice.user_id)).all()) == dict.fromkeys(people, 1)

    rows = db.session.scalars(select(Delivery).where(Delivery.user_id.in_(people))).all()
    assert len(rows) == people_number and {row.state for row in rows} == {"sent"}
    arrived = {key: n for key, n in office.mails().items() if key[1].startswith("crowd")}
    assert len(arrived) == len({number for number, _address in arrived}) == people_number
    assert {number for number, _address in arrived} == {row.message_id for row in rows}

    repeats = sum(row.repeats for row in rows)
    second_copies = sum(arrived.values()) - people_number
    print(
        f"{people_number} people, {kills} kills: {second_copies} second copies, {repeats} counted"
    )
    assert second_copies <= repeats <= kills
