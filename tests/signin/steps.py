"""Steps that the tests of the second factor share."""

from datetime import timedelta

from sqlalchemy import select

from portal.kernel import clock
from portal.kernel.database import db
from portal.signin import halfway, second_factor, totp
from tests.support.cast import PASSWORD
from tests.support.phones import Phone, form_on

NEW = "три дъба край извора"


def enter(client, name, password=PASSWORD, **more):
    return client.post("/sign-in", data={"name": name, "password": password, **more})


def prove(client, page, code="", **more):
    """Answer the second page of signing in."""
    return client.post("/sign-in/code", data={"halfway": form_on(page.text), "code": code, **more})


def is_in(client):
    return client.get("/me/sessions").status_code == 200


def added(town, who):
    """Give somebody a second factor as the set-up does; her phone and recovery codes.

    The digits of now are used up by it: the next are a step later.
    """
    db.session.rollback()
    half = halfway.begin(town[who].id, halfway.SET_UP, secret=totp.new_secret())
    phone = Phone(half.secret)
    made = second_factor.enter_by_set_up(half, phone.shows(), device="")
    return phone, made.codes


def later(steps=1):
    return clock.at(clock.now() + timedelta(seconds=30 * steps))


def rows(kind):
    db.session.rollback()
    return list(db.session.scalars(select(kind)))
