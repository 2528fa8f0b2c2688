"""Inviting many: what is typed, what the preview says of each, who waits and who lets them in."""

import time
from datetime import date, timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from portal.access import Role
from portal.accounts.models import Ticket, User
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.i18n import long_date
from portal.kernel.transaction import transaction
from portal.notify.models import Notice
from portal.spaces import rules, services
from portal.spaces.models import Membership
from portal.workspaces import inviting, judging, pasting
from portal.workspaces.models import Invitation
from portal.workspaces.pasting import Typed

PAGE = "/spaces/workspace/members/invite"


@pytest.mark.database("sqlite")  # words alone
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@x.bg\n\n  b@x.bg ,c@x.bg;d@x.bg", [("", "a@x.bg"), ("", "b@x.bg"), ("", "c@x.bg"), ("", "d@x.bg")]),
        ("Мария Иванова <m@x.bg>", [("Мария Иванова", "m@x.bg")]),
        ('"Иванова, Мария" <m@x.bg>; Петров, Иван <i@x.bg>', [("Иванова, Мария", "m@x.bg"), ("Петров, Иван", "i@x.bg")]),
        ("Мария Иванова <m@x.bg>, Иван Петров <i@x.bg>", [("Мария Иванова", "m@x.bg"), ("Иван Петров", "i@x.bg")]),
        ("a@x.bg b@x.bg", [("", "a@x.bg"), ("", "b@x.bg")]),
        ("Радка Четяща", [("Радка Четяща", "")]),
        ("счупен@\nдруг@@x", [("", "счупен@"), ("", "друг@@x")]),
        ("Име и фамилия;E-поща\nМария Иванова;m@x.bg", [("Мария Иванова", "m@x.bg")]),
        ("email\na@x.bg", [("", "a@x.bg")]),
        ("First name\tLast name\tEmail\nAnn\tHill\ta@x.bg", [("Ann Hill", "a@x.bg")]),
        (" \n;,\n", []),
    ],
)  # fmt: skip
def test_addresses_are_read_as_people_paste_them(text, found):
    assert [(each.name, each.email) for each in pasting.rows(text)] == found


def test_a_table_says_role_and_day_for_itself():
    text = (
        "име и фамилия,е-поща,роля,до\nА Б,a@x.bg,редактор,31.12.2027 г.\nВ Г,b@x.bg,шеф,2027-01-01"
    )
    first, second = pasting.rows(text)
    assert (first.role, f"{first.until}", first.wrong) == (Role.EDITOR, "2027-12-31", "")
    assert second.wrong == "шеф"
    # A quotation mark without its fellow takes no other line with it, however long the file is.
    lost = 'име,е-поща\n"Мария,m@x.bg\n' + "А Б,a@x.bg\n" * 20_000
    assert [each.email for each in pasting.rows(lost)[:2]] == ["m@x.bg", "a@x.bg"]
    assert Typed("Иванова, Мария").names == ("Мария", "Иванова")


@pytest.fixture
def addresses(town):
    """Everybody has an address; Kamengrad's ends in its own domain."""

    @transaction
    def give():
        for who in (
            "manager",
            "editor",
            "reader",
            "employee",
            "partner",
            "coordinator",
            "stranger",
        ):
            domain = {
                "partner": "kamengrad.bg",
                "coordinator": "kamengrad.bg",
                "stranger": "izgrev.bg",
            }
            town[who].email = f"{who}@{domain.get(who, 'belobryag.bg')}"
        town.organisation("partner").website = "https://www.kamengrad.bg/"
        town["employee"].retired_at = clock.now()
        town.organisation("other").agreement_end = clock.today() - timedelta(days=1)

    give()
    return town


def judged(town, viewer, who, slug, *lines, until=None):
    wish = inviting.Wish(pasting.rows("\n".join(lines)), None, Role.READER, until)
    found = inviting.judged(town.space(slug), wish, by=viewer(who))
    return [(each.state, bool(each.why)) for each in found]


def test_the_preview_says_what_would_become_of_each(addresses, viewer):
    town, later = addresses, clock.today() + timedelta(days=30)
    lines = ("editor@belobryag.bg", "reader@belobryag.bg", "READER@belobryag.bg", "Радка Четяща",
             "employee@belobryag.bg", "stranger@izgrev.bg", "new@belobryag.bg", "new@kamengrad.bg",
             "new@gmail.com", "счупен@", "Никой Никойов", "8501010000@x.bg")  # fmt: skip
    here, account, new, refused = (
        ("here", False), ("account", False), ("new", False), ("refused", True),
    )  # fmt: skip
    found = judged(town, viewer, "manager", "workspace", *lines, until=later)
    assert found == [here, account, refused, refused, refused, refused, new, new, new, refused,
                     refused, refused]  # fmt: skip
    without_day = judged(town, viewer, "manager", "workspace", *lines[6:9])
    assert without_day == [new, refused, refused]
    too_late = clock.today() + rules.GUEST_MAX + timedelta(days=1)
    forever = judged(town, viewer, "manager", "workspace", *lines[6:9], until=too_late)
    assert forever == without_day
    assert judged(town, viewer, "manager", "intranet", "partner@kamengrad.bg", "x@kamengrad.bg") == [
        refused, refused,
    ]  # fmt: skip
    own = judged(
        town,
        viewer,
        "head",
        "kamengrad",
        "ngo@chist.bg",
        "x@gmail.com",
        "x@kamengrad.bg",
        "x@izgrev.bg",
    )
    assert own == [new, new, new, refused]


def test_a_guest_stays_for_two_years_at_most(town, viewer, membership, sign_in, user):
    latest = clock.today() + rules.GUEST_MAX
    soon = clock.today() + timedelta(days=9)
    services.add_member(
        town.space("workspace"), user("stranger"), Role.READER, by=viewer("manager"), until=soon
    )
    held, browser = membership("workspace", "stranger"), sign_in("manager")
    for until, status in (
        (latest + timedelta(days=1), 422),
        (date(9999, 12, 31), 422),
        (latest, 302),
    ):
        form = {"role": "1", "until": until.isoformat()}
        answer = browser.post(f"/spaces/workspace/members/{held.id}", data=form)
        assert answer.status_code == status, until
        if status == 422:
            assert 'href="#until"' in answer.text
            assert f"най-много до {long_date(latest)}" in answer.text
    answer = browser.post(f"/spaces/workspace/members/{held.id}/prolong", follow_redirects=True)
    assert f"най-много до {long_date(latest)}" in answer.text
    assert membership("workspace", "stranger").until == latest
    own = {"role": "1", "until": "2999-12-31", "person": "reader"}  # a colleague is no guest
    assert browser.post("/spaces/workspace/members", data=own).status_code == 302


def test_the_preview_is_no_way_to_learn_who_has_an_account(addresses, viewer, user):
    """To a partner who manages, an account unknown to her and none at all are the same."""
    town, by, later = addresses, viewer("manager"), clock.today() + timedelta(days=30)
    services.add_member(town.space("workspace"), town.organisation("partner"), Role.READER, by=by)
    services.add_member(town.space("workspace"), user("coordinator"), Role.MANAGER, by=by)
    lines = ("reader@belobryag.bg", "nobody@belobryag.bg", "employee@belobryag.bg", "stranger@izgrev.bg",
             "nobody@izgrev.bg")  # fmt: skip
    found = judged(town, viewer, "coordinator", "workspace", *lines, until=later)
    assert found == [("new", False)] * 5
    assert judged(town, viewer, "coordinator", "workspace", "editor@belobryag.bg", until=later) == [
        ("here", False)
    ]
    # A sign-in name finds a person for staff alone.
    for who, state in (("manager", "here"), ("coordinator", "refused")):
        assert judged(town, viewer, who, "workspace", "editor", until=later)[0][0] == state


def preview(browser, **more):
    form = {"people": "", "role": "2", "until": "", "unit": "", "preview": "1", **more}
    return browser.post(PAGE, data=form, content_type="multipart/form-data")


def members(town):
    wanted = select(func.count()).where(Membership.space_id == town.space("workspace").id)
    return db.session.scalar(wanted)


def test_nothing_happens_before_the_second_button_and_rows_can_be_left_out(
    addresses, viewer, sign_in
):
    town, browser, before = addresses, sign_in("manager"), members(addresses)
    for who, status in (("editor", 403), ("reader", 404), ("stranger", 302)):
        assert sign_in(who).get(PAGE).status_code in (status, 403 if who == "stranger" else status)
    table = (
        "Име и фамилия;E-поща;Роля\nРадка Четяща;reader@belobryag.bg;редактор\nХристо;head@x.bg;\n"
    )
    sent = (BytesIO(table.encode("windows-1251")), "хора.csv")
    page = preview(browser, file=sent, unit=str(town.unit("office").id))
    assert page.status_code == 200
    assert "Радка Четяща;reader@belobryag.bg" in page.text  # stands in the field now
    assert f'value="u{town.id("reader")}" checked' in page.text
    assert members(town) == before
    text = table + "admin"
    form = {"people": text, "role": "2", "until": "", "unit": "", "invite": "1"}
    nobody = browser.post(PAGE, data=form)
    assert nobody.status_code == 422
    assert members(town) == before
    done = browser.post(PAGE, data={**form, "row": [f"u{town.id('reader')}"]})
    assert done.location == "/spaces/workspace/members"
    assert members(town) == before + 1
    assert viewer("reader").role_in(town.space("workspace").id) == Role.EDITOR
    kinds = select(Notice.kind).where(Notice.user_id == town.id("reader"))
    assert db.session.scalars(kinds).all() == ["space_joined"]


def invite(town, viewer, *lines, who="manager"):
    wish = inviting.Wish(
        pasting.rows("\n".join(lines)), None, Role.CONTRIBUTOR, clock.today() + timedelta(days=9)
    )
    keys = {each.key for each in inviting.judged(town.space("workspace"), wish, by=viewer(who))}
    return inviting.invite(town.space("workspace"), wish, keys, by=viewer(who))


def test_who_has_no_account_waits_for_those_who_may_give_one(
    addresses, viewer, sign_in, mail_server, follow
):
    town = addresses
    assert invite(town, viewer, "Нова Колежка <n@kamengrad.bg>", "x@abv.bg") == (0, 2)
    assert "n@kamengrad.bg" in sign_in("manager").get("/spaces/workspace/members").text
    again = judged(town, viewer, "manager", "workspace", "n@kamengrad.bg",
                   until=clock.today() + timedelta(days=9))  # fmt: skip
    assert again == [("refused", True)]
    for who, sees in (
        ("coordinator", {"n@kamengrad.bg"}),
        ("admin", {"n@kamengrad.bg", "x@abv.bg"}),
    ):
        page = sign_in(who).get("/spaces/invitations").text
        assert {each for each in ("n@kamengrad.bg", "x@abv.bg") if each in page} == sees
        assert ("Чист бряг" in page) == (who == "admin")  # she is not in the space
    for who in ("manager", "partner", "reader"):
        assert sign_in(who).get("/spaces/invitations").status_code == 404
    first, second = db.session.scalars(select(Invitation).order_by(Invitation.id)).all()
    coordinator = sign_in("coordinator")
    assert (
        coordinator.post(f"/spaces/invitations/{second.id}", data={"way": "admit"}).status_code
        == 404
    )
    form = {"way": "admit", "given": "Нова", "family": "Колежка"}
    assert coordinator.post(f"/spaces/invitations/{first.id}", data=form).status_code == 302
    made = db.session.scalars(select(User).where(User.email == "n@kamengrad.bg")).one()
    assert made.organisation_id == town.organisation("partner").id
    held = db.session.scalars(select(Membership).where(Membership.user_id == made.id)).one()
    assert (held.role, held.until) == (Role.CONTRIBUTOR, clock.today() + timedelta(days=9))
    assert db.session.scalar(select(Ticket.user_id)) == made.id
    follow()
    assert "n@kamengrad.bg" in {
        message["To"].split("<")[-1].strip(">") for message in mail_server.messages
    }
    admin = sign_in("admin")
    house = str(town.organisation("ngo").id)
    for typed in ({"organisation": house}, {"given": "Мария", "family": "Х", "organisation": ""}):
        refused = admin.post(f"/spaces/invitations/{second.id}", data={"way": "admit", **typed})
        assert refused.status_code == 422
        assert "notice--error" in refused.text
        for value in filter(None, typed.values()):  # what was typed stays
            assert f'value="{value}"' in refused.text
    assert f'<option value="{house}" selected>' not in refused.text
    assert (
        db.session.scalar(select(Invitation.state).where(Invitation.id == second.id)) == "waiting"
    )
    sign_in("manager").post(f"/spaces/workspace/invitations/{second.id}/withdraw")
    assert (
        db.session.scalar(select(Invitation.state).where(Invitation.id == second.id)) == "withdrawn"
    )


def test_who_may_give_accounts_gives_them_at_once_and_finds_those_there_are(
    addresses, viewer, user
):
    town = addresses
    services.add_member(
        town.space("workspace"), town.organisation("partner"), Role.READER, by=viewer("manager")
    )
    services.add_member(
        town.space("workspace"), user("coordinator"), Role.MANAGER, by=viewer("manager")
    )
    invited = invite(
        town,
        viewer,
        "Нова Колежка <n@kamengrad.bg>",
        "b@kamengrad.bg",
        "reader@belobryag.bg",
        who="coordinator",
    )
    assert invited == (1, 2)  # the second has no name, the third is not hers
    waiting = {
        each.email: each
        for each in db.session.scalars(select(Invitation).where(Invitation.state == "waiting"))
    }
    assert waiting.keys() == {"b@kamengrad.bg", "reader@belobryag.bg"}
    # «1.» is no name: she waits for one, and nobody else is held up by her.
    many = ("Шефка Нова <s@belobryag.bg>", "1. Мария <m1@belobryag.bg>")
    assert invite(town, viewer, *many, who="admin") == (1, 1)
    held = inviting.admit(
        waiting["reader@belobryag.bg"], by=viewer("admin"), organisation=town.organisation("town")
    )
    assert held.id == town.id("reader")
    assert viewer("reader").role_in(town.space("workspace").id) == Role.CONTRIBUTOR


def test_five_hundred_rows_go_in_one_time_quickly(town, viewer):
    @transaction
    def crowd():
        home = town.organisation("town").id
        for n in range(500):
            db.session.add(
                User(
                    login=f"m{n}",
                    given="Член",
                    family=f"Номер{n}",
                    email=f"m{n}@belobryag.bg",
                    organisation_id=home,
                )
            )

    crowd()
    typed = pasting.rows("\n".join(f"m{n}@belobryag.bg" for n in range(500)))
    wish = inviting.Wish(typed, None, Role.READER, None)
    begun = time.perf_counter()
    found = inviting.judged(town.space("workspace"), wish, by=viewer("manager"))
    previewed = time.perf_counter() - begun
    assert judging.numbers(found) == {"account": 500}
    keys = {each.key for each in found}
    assert inviting.invite(town.space("workspace"), wish, keys, by=viewer("manager")) == (500, 0)
    whole = time.perf_counter() - begun
    print(f"preview {previewed:.2f} s, with letting in {whole:.2f} s")
    assert whole < 15
