"""The calendar: what stands on which day and for whom, where units meet, giving another day."""

from datetime import timedelta

import pytest

from portal.content import scheduling
from portal.content import services as content
from portal.content.models import Content, Revision, State
from portal.editorial import calendar, moves, services
from portal.editorial.models import Idea
from portal.editorial.services import Plan
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.transaction import transaction
from portal.notify.models import Notice
from portal.spaces import queries as spaces
from portal.spaces.models import Space
from tests.support.writing import draft

SOON = timedelta(days=2)
CALENDAR = "/spaces/workspace/board/calendar"


@pytest.fixture
def day():
    return clock.today() + SOON


@pytest.fixture
def other_board(cast):
    """The intranet has a board too: that of another unit."""

    @transaction
    def switch_on():
        db.session.get_one(Space, cast.space("intranet").id).features = "board"

    switch_on()


def idea(cast, person, day, title="Ден на морето", by="contributor", space="workspace", **more):
    plan = Plan(title, planned_on=day, **more)
    return services.add(cast.space(space), plan, by=person(by))


def scheduled(cast, person, title="Насрочена", by="editor", space="extranet"):
    text = draft(cast.space(space), person(by), title=title, wanted_from=clock.now() + SOON)
    content.release(text, text.saves, by=person(by))
    return text.content


def sheet(person, who, space="workspace"):
    viewer, first = person(who), calendar.monday(clock.today())
    place = spaces.by_slug(viewer, space)
    return calendar.sheet(viewer, place, first, first + timedelta(days=21))


def titles(person, who, space="workspace"):
    days = sheet(person, who, space).days.values()
    return {entry.title for entries in days for entry in entries}


def test_each_sees_her_boards_plans_and_of_others_what_she_may(cast, person, day, other_board):
    """Shared ideas are for the staff's boards alone: a partner who writes here sees none."""
    idea(cast, person, day)
    idea(cast, person, day, "Споделена", by="colleague", space="intranet", is_shared=True)
    idea(cast, person, day, "Несподелена", by="colleague", space="intranet")
    scheduled(cast, person)
    asked = draft(
        cast.space("intranet"), person("colleague"), title="Чужда", wanted_from=clock.now() + SOON
    )
    assert titles(person, "editor") == {"Ден на морето", "Споделена", "Насрочена", "Чужда"}
    assert titles(person, "contributor") == {"Ден на морето", "Споделена"}
    assert titles(person, "partner") == {"Ден на морето"}
    elsewhere = next(e for e in sheet(person, "contributor").days[day] if e.title == "Споделена")
    assert (elsewhere.url, elsewhere.key, elsewhere.kind) == ("", "", "")
    assert asked.wanted_from is not None


def test_units_that_meet_in_a_space_on_a_day_are_a_clash(cast, person, day, other_board, sign_in):
    target = cast.space("extranet").id
    scheduled(cast, person)
    own = idea(cast, person, day, target_id=None)
    assert sheet(person, "editor").clashes == []
    later = clock.local(clock.now() + SOON).date()
    services.save(
        own, own.saves, Plan("Своя", target_id=None, planned_on=later), by=person("editor")
    )

    @transaction
    def of_another_unit():
        cast["manager"].unit_id = cast.unit("office").id

    of_another_unit()
    idea(cast, person, later, "От друго звено", by="manager", target_id=target)
    found = sheet(person, "editor").clashes
    assert [(clash.day, {e.title for e in clash.entries}) for clash in found] == [
        (later, {"Насрочена", "От друго звено"})
    ]
    page = sign_in("editor").get(f"{CALENDAR}?week={later}").text
    assert "1 съвпадение" in page
    assert page.count('class="slot__clash"') == 2


def test_a_day_is_changed_by_the_form_or_the_reason_is_told(cast, person, day, sign_in, follow):
    item = scheduled(cast, person)
    text = draft(cast.space("workspace"), person("editor"), wanted_from=clock.now() + SOON)
    plan = idea(cast, person, day)
    keys = [f"item-{item.id}", f"text-{text.id}", f"idea-{plan.id}"]
    browser, later = sign_in("editor"), day + timedelta(days=5)

    def give(key, at, status, who=None):
        seal = moves.seal_of(moves.find(key, person("editor")))
        data = {"card": key, "seal": seal, "at": at}
        answer = (who or browser).post("/spaces/workspace/board/time", data=data)
        assert answer.status_code == status, answer.text
        return answer

    for key in keys:
        at = str(later) if key.startswith("idea") else f"{later}T11:30"
        assert give(key, at, 303).headers["Location"].endswith(f"month={later:%Y-%m}&card={key}")
        assert browser.get(f"/spaces/workspace/board/time?card={key}").status_code == 200
    opens = db.session.get(Content, item.id).visible_from
    assert f"{clock.local(opens):%Y-%m-%d %H:%M}" == f"{later} 11:30"
    assert db.session.get(Revision, text.id).wanted_from == opens
    assert db.session.get(Idea, plan.id).planned_on == later
    for key in keys:
        past = "2020-01-01" if key.startswith("idea") else "2020-01-01T10:00"
        assert "ина" in give(key, past, 422).text
        give(key, "", 422)
        give(key, "9999-99-99", 422)
    told = give(keys[0], f"{later}T11:30", 409, sign_in("contributor"))
    assert "вече не е тук за Вас" in told.text  # she writes there no more than she reads it


def test_a_rescheduled_item_opens_then_and_is_told_of_once(cast, person, sign_in, follow):
    item = scheduled(cast, person)
    first = item.visible_from
    with pytest.raises(Stale):
        scheduling.reschedule(item, first + SOON, first, by=person("editor"))
    scheduling.reschedule(item, first, first + SOON, by=person("editor"))
    for moment, seen, state in (
        (first + timedelta(hours=1), 404, State.SCHEDULED),
        (first + SOON + timedelta(hours=1), 200, State.LIVE),
    ):
        with clock.at(moment):
            follow()
            assert sign_in("reader").get(f"/news/{item.address}").status_code == seen
            texts = db.select(Revision.state).where(Revision.content_id == item.id)
            assert db.session.scalars(texts).all() == [state]
            told = db.select(db.func.count()).where(
                Notice.content_id == item.id, Notice.user_id == cast.id("reader")
            )
            assert db.session.scalar(told) == (seen == 200)
            if seen == 200:
                with pytest.raises(Refused):
                    scheduling.reschedule(item, first + SOON, first + 2 * SOON, by=person("editor"))


@pytest.mark.parametrize(
    "query",
    [
        "month=2026-13",
        "month=x",
        "week=2026-02-30",
        "month=0001-01",
        "month=9999-12",
        "week=9999-12-31",
    ],
)
def test_an_address_that_is_no_time_shows_the_present_month(query, sign_in):
    page = sign_in("editor").get(f"{CALENDAR}?{query}").text
    assert f'datetime="{clock.today()}"' in page
