"""A restored installation knows everybody's phone, because its secret came along."""

from datetime import timedelta

import pytest

from portal.kernel import clock
from portal.kernel.database import db
from portal.signin import halfway, second_factor, totp
from tests.support.phones import Phone, form_on


@pytest.mark.usefixtures("standing_clock")
def test_a_phone_still_signs_in_after_a_restore(app, cast, make, restored):
    half = halfway.begin(cast.id("partner"), halfway.SET_UP, secret=totp.new_secret())
    phone = Phone(half.secret)
    codes = second_factor.enter_by_set_up(half, phone.shows(), device="").codes
    db.session.rollback()
    with restored(make().path) as other:
        for typed in ({"code": True}, {"recovery": codes[0]}):
            browser = other.test_client()
            data = {"name": "partner", "password": cast.password}
            page = browser.post("/sign-in", data=data)
            with clock.at(clock.now() + timedelta(seconds=30)):
                given = {"code": phone.shows()} if "code" in typed else typed
                data = {"halfway": form_on(page.text), **given}
                assert browser.post("/sign-in/code", data=data).location == "/"
                assert browser.get("/me/sessions").status_code == 200
