"""Asking: wished with the draft, judged at the release, told by the worker, asked again, ended."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.exceptions import Forbidden

from portal.access import Role
from portal.access.site import bump
from portal.accounts import structure
from portal.accounts.models import Group, GroupMember, User
from portal.audit.models import JournalLine
from portal.confirming import services
from portal.confirming.models import Obligation, Requirement, RequirementTarget
from portal.content import keeping
from portal.content import services as content
from portal.content.models import Content, Life, Revision
from portal.jobs.models import Job
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.transaction import transaction
from portal.news import services as news
from portal.news.services import Text
from portal.notify.models import Notice
from portal.spaces.models import Membership
from tests.support import requiring
from tests.support.requiring import asked_people, confirmations, ordered, requirement, wish
from tests.support.writing import draft


@pytest.fixture
def extranet(cast):
    return cast.space("extranet")


@pytest.fixture
def office(cast):
    return cast.unit("office").id


def ids(cast, *logins: str) -> set[int]:
    return {cast.id(login) for login in logins}


def notices(item: int) -> dict[int, tuple[str, int]]:
    """Who was told of an item: the kind and the version, by person."""
    db.session.rollback()
    found = db.session.scalars(select(Notice).where(Notice.content_id == item))
    told: dict[int, tuple[str, int]] = {}
    for notice in found:
        assert notice.user_id not in told, "told twice"
        told[notice.user_id] = (notice.kind, notice.version)
    return told


def test_a_release_asks_a_unit_with_all_below_it_and_the_worker_writes_who(
    cast, person, extranet, office, follow
):
    order = ordered(extranet, person("editor"), wish(groups=[office]))
    asked = requirement(order)
    assert asked.asked_at is not None
    assert asked_people(order) == set()  # the release itself writes none: there may be thousands
    follow()
    assert asked_people(order) == ids(cast, "admin", "head", "reader", "employee")
    assert db.session.get(Content, order.content_id).asks_confirmation


def test_the_deadline_day_ends_by_the_municipalitys_clock(person, extranet, office):
    day = clock.today() + timedelta(days=3)
    order = ordered(extranet, person("editor"), wish(groups=[office], last_day=day))
    here = clock.local(requirement(order).deadline)
    assert (here.date(), f"{here:%H:%M:%S}") == (day, "23:59:59")


def test_whoever_must_read_is_told_once_and_so_and_the_others_as_usual(
    cast, person, extranet, office, follow
):
    order = ordered(extranet, person("editor"), wish(groups=[office]))
    follow()
    told = notices(order.content_id)
    must = {who for who, (kind, _version) in told.items() if kind == "must_read"}
    assert must == ids(cast, "admin", "head", "reader", "employee")
    assert told[cast.id("partner")][0] == "news"
    assert {version for _kind, version in told.values()} == {1}


def test_asked_later_tells_everybody_anew_although_she_was_told_of_the_item(
    cast, person, extranet, office, follow
):
    order = ordered(extranet, person("editor"), None)
    follow()
    item = db.session.get(Content, order.content_id)
    services.ask(item, wish(groups=[office]), by=person("editor"))
    follow()
    kinds = select(Notice.kind, Notice.version).where(Notice.user_id == cast.id("reader"))
    assert sorted(db.session.execute(kinds).all()) == [("must_read", 2), ("news", 1)]


def test_a_draft_with_a_wish_asks_nobody(person, extranet, office, follow):
    text = Text(title="Заповед", body="<p>Нареждам.</p>", wish=wish(groups=[office]))
    draft = news.write(extranet, "bg", text, by=person("editor"))
    follow()
    assert requirement(draft).asked_at is None
    assert asked_people(draft) == set()
    assert not db.session.get(Content, draft.content_id).asks_confirmation


def test_a_contributors_wish_is_kept_and_asked_by_whoever_approves(cast, person, office, follow):
    intranet = cast.space("intranet")
    text = Text(title="Заповед", body="<p>Нареждам.</p>", wish=wish(groups=[office]))
    draft = news.write(intranet, "bg", text, by=person("contributor"), then="submit")
    follow()
    assert asked_people(draft) == set()
    content.approve(draft, draft.saves, by=person("editor"))
    follow()
    assert asked_people(draft) == ids(cast, "admin", "head", "reader", "employee")
    assert requirement(draft).by_id == cast.id("contributor")


def test_who_may_not_release_asks_nothing_of_a_published_item(
    person, cast, extranet, office, follow
):
    order = ordered(extranet, person("editor"), None)
    item = db.session.get(Content, order.content_id)
    with pytest.raises(Forbidden):
        services.ask(item, wish(groups=[office]), by=person("contributor"))
    assert requirement(order) is None


def test_a_scheduled_text_asks_when_it_opens(person, cast, extranet, office, follow):
    opens = clock.now() + timedelta(days=1)
    order = ordered(extranet, person("editor"), wish(groups=[office]), wanted_from=opens)
    follow()
    assert asked_people(order) == set()
    with clock.at(opens + timedelta(seconds=1)):
        follow()
        assert cast.id("reader") in asked_people(order)


# ── Bad input: a clear message, nothing changed ────────────────────────────


def refused(act) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    db.session.rollback()
    return caught.value


def test_a_deadline_in_the_past_is_refused_at_its_field(person, extranet, office):
    told = refused(lambda: ordered(extranet, person("editor"), wish(groups=[office], days=-1)))
    assert told.field == "must_read_by"
    assert db.session.scalar(select(func.count()).select_from(Content)) == 0


def test_today_is_a_deadline_until_its_last_second(person, extranet, office):
    end = clock.end_of_day(clock.today())
    with clock.at(end - timedelta(seconds=1)):
        assert ordered(extranet, person("editor"), wish(groups=[office], days=0))
    with clock.at(end):
        told = refused(lambda: ordered(extranet, person("editor"), wish(groups=[office], days=0)))
    assert told.field == "must_read_by"


@pytest.mark.parametrize(
    ("wished", "field"),
    [
        (lambda: wish(), "must_read"),
        (lambda: services.Wish(order_number="РД-1"), "must_read_by"),
        (lambda: wish(users=[99_999]), "must_read"),
        (lambda: wish(groups=[99_999]), "must_read_groups"),
        (lambda: wish(spaces=[99_999]), "must_read_spaces"),
        (lambda: wish(users=[1], standing_days=0), "standing_days"),
        (lambda: wish(users=[1], standing_days=366), "standing_days"),
        (lambda: wish(users=[1], order_number="Р" * 121), "order_number"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_at_its_field(wished, field, person, extranet):
    assert refused(lambda: ordered(extranet, person("editor"), wished())).field == field
    for model in (Content, Requirement, RequirementTarget):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_a_group_without_people_is_named(person, extranet):
    empty = structure.create_group(by=person("admin"), name_bg="Празен отдел")
    told = refused(lambda: ordered(extranet, person("editor"), wish(groups=[empty.id])))
    assert told.field == "must_read_groups" and "Празен отдел" in told.message


def test_a_closed_unit_is_named(person, extranet, cast):
    @transaction
    def close():
        unit = cast.unit("archive")
        unit.retired_at = clock.now()
        return unit.id

    told = refused(lambda: ordered(extranet, person("editor"), wish(groups=[close()])))
    assert told.field == "must_read_groups" and "Архив" in told.message


def test_who_may_not_read_it_stops_the_release_by_name(person, cast, office):
    workspace = cast.space("workspace")
    told = refused(
        lambda: ordered(workspace, person("editor"), wish(groups=[office]), title="Заповед")
    )
    assert told.field == "must_read"
    assert "Радка Четяща" in told.message
    assert db.session.scalar(select(func.count()).select_from(Content)) == 0


def test_many_who_may_not_read_are_counted(person, cast):
    outside = wish(spaces=[cast.space("intranet").id, cast.space("extranet").id])
    told = refused(lambda: ordered(cast.space("workspace"), person("editor"), outside))
    assert "и още" in told.message


def test_a_partner_who_edits_learns_no_name_of_another_house(person, cast):
    workspace, extranet = cast.space("workspace"), cast.space("extranet").id
    reader = cast.id("reader")

    @transaction
    def change():
        mine = Membership.space_id == workspace.id, Membership.user_id == cast.id("partner")
        db.session.scalars(select(Membership).where(*mine)).one().role = int(Role.EDITOR)
        bump()

    change()
    told = refused(lambda: ordered(workspace, person("partner"), wish(spaces=[extranet])))
    assert "Кирил Свързващ и още" in told.message and "Четяща" not in told.message

    @transaction
    def retire():
        cast["reader"].retired_at = clock.now()

    retire()
    told = refused(lambda: ordered(workspace, person("partner"), wish(users=[reader])))
    assert told.field == "must_read" and "Четяща" not in told.message


def test_who_knows_fewer_people_saves_a_text_and_drops_none_of_those_asked(
    cast, person, office, sign_in
):
    text = draft(cast.space("workspace"), person("partner"))
    wished = wish(users=[cast.id("reader"), cast.id("ngo")], groups=[office],
                  spaces=[cast.space("intranet").id])  # fmt: skip
    services.wish(text.content, wished, by=person("editor"))
    sent = {"title": "Поправено", "body": "<p>Нов текст.</p>", "saves": text.saves, "do": "save",
            "must_read": cast.id("ngo"),
            "must_read_by": clock.local(requirement(text).deadline).date()}  # fmt: skip
    answer = sign_in("partner").post(f"/news/{text.content_id}/edit", data=sent)
    assert answer.status_code == 302
    assert services.targets_of(requirement(text)) == wished.targets
    # She herself chooses none of them.
    with pytest.raises(Refused):
        services.wish(
            draft(cast.space("workspace"), person("partner")).content, wished, by=person("partner")
        )


def test_a_person_whom_the_asker_may_not_see_cannot_be_asked(person, cast):
    """An extranet makes nobody acquainted: a partner is asked with a whole space, not by name."""
    stranger = cast.id("stranger")
    told = refused(
        lambda: ordered(cast.space("extranet"), person("editor"), wish(users=[stranger]))
    )
    assert told.field == "must_read" and "Чужд" not in told.message


def test_who_has_left_is_named(person, cast, extranet):
    reader = cast.id("reader")

    @transaction
    def retire():
        cast["reader"].retired_at = clock.now()

    retire()
    told = refused(lambda: ordered(extranet, person("editor"), wish(users=[reader])))
    assert told.field == "must_read" and "Радка Четяща" in told.message


def test_an_approval_judges_what_is_true_by_then(person, cast, office):
    intranet = cast.space("intranet")
    text = Text(title="Заповед", body="<p>Нареждам.</p>", wish=wish(groups=[office], days=1))
    draft = news.write(intranet, "bg", text, by=person("contributor"), then="submit")
    number = draft.id
    with clock.at(clock.now() + timedelta(days=3)):
        editor = person("editor")
        told = refused(
            lambda: content.approve(db.session.get(Revision, number), draft.saves, by=editor)
        )
    assert told.field == "must_read_by"
    assert db.session.get(Revision, number).state == "in_review"


def test_a_text_that_opens_after_the_deadline_is_refused(person, extranet, office):
    opens = clock.now() + timedelta(days=10)
    told = refused(
        lambda: ordered(extranet, person("editor"), wish(groups=[office]), wanted_from=opens)
    )
    assert told.field == "must_read_by"


# ── Asking again, changing, ending ─────────────────────────────────────────


@pytest.fixture
def order(person, extranet, office, follow):
    made = ordered(extranet, person("editor"), wish(groups=[office])).content_id
    follow()
    return made


def confirm(item: int, by) -> None:
    text = content.released_revision(db.session.get(Content, item), "bg")
    services.confirm(
        db.session.get(Content, item),
        by=by,
        requirement_id=services.open_of(item).id,
        revision_id=text.id,
    )


def test_asking_again_is_a_new_round_and_the_old_confirmations_stay(
    order, person, cast, office, follow
):
    confirm(order, person("reader"))
    item = db.session.get(Content, order)
    services.ask_again(item, wish(groups=[office]), by=person("editor"))
    follow()
    rounds = db.session.scalars(select(Requirement).order_by(Requirement.round)).all()
    assert [(each.round, each.ended_at is None) for each in rounds] == [(1, False), (2, True)]
    assert [each.requirement_id for each in confirmations(order)] == [rounds[0].id]
    assert cast.id("reader") in asked_people(order)
    told = select(Notice.version).where(
        Notice.user_id == cast.id("reader"), Notice.kind == "must_read"
    )
    assert sorted(db.session.scalars(told)) == [1, 3]
    confirm(order, person("reader"))
    assert len(confirmations(order)) == 2


def test_a_material_change_asks_again_with_the_new_text_when_the_editor_says_so(
    order, person, cast, office, follow
):
    confirm(order, person("reader"))
    draft = content.draft_of(db.session.get(Content, order), "bg", by=person("editor"))
    text = Text(title="Заповед", body="<p>Нова точка.</p>", wish=wish(groups=[office]))
    news.save(draft, draft.saves, text, by=person("editor"))
    assert services.open_of(order).round == 1  # a draft changes nothing for anybody
    news.save(draft, draft.saves, text, by=person("editor"), then="release")
    follow()
    assert services.open_of(order).round == 2
    confirm(order, person("reader"))
    assert [each.number for each in confirmations(order)] == [1, 2]


def test_a_small_change_asks_nobody_again(order, person, follow):
    confirm(order, person("reader"))
    draft = content.draft_of(db.session.get(Content, order), "bg", by=person("editor"))
    text = Text(title="Заповед", body="<p>Поправена запетая.</p>")
    news.save(draft, draft.saves, text, by=person("editor"), then="release")
    follow()
    assert services.open_of(order).round == 1
    assert len(confirmations(order)) == 1


def test_a_prolonged_deadline_holds_for_everybody_asked(order, person, office, follow):
    day = clock.today() + timedelta(days=20)

    @transaction
    def chase():  # as far as it goes
        for held in db.session.scalars(select(Obligation)):
            held.is_reminded = held.is_reminded_at_end = held.is_head_told = True

    chase()
    services.change(
        services.open_of(order), wish(groups=[office], last_day=day), by=person("editor")
    )
    follow()
    deadlines = set(db.session.scalars(select(Obligation.deadline)))
    assert deadlines == {clock.end_of_day(day)}
    flags = select(Obligation.is_reminded, Obligation.is_reminded_at_end, Obligation.is_head_told)
    assert set(db.session.execute(flags).all()) == {(False, False, False)}  # chased anew


def test_another_unit_is_added_and_told_and_the_first_is_not_told_again(
    order, person, cast, office, follow
):
    both = wish(groups=[office, cast.unit("press").id])
    services.change(services.open_of(order), both, by=person("editor"))
    follow()
    assert cast.id("manager") in asked_people(order)
    told = select(Notice).where(Notice.kind == "must_read", Notice.user_id == cast.id("reader"))
    assert len(db.session.scalars(told).all()) == 1
    new = select(Notice.version).where(
        Notice.kind == "must_read", Notice.user_id == cast.id("manager")
    )
    assert db.session.scalars(new).all() == [2]


def test_a_change_that_nobody_may_read_changes_nothing(order, person, cast):
    before = (requirement(order).deadline, requiring.requirement(order).order_number)
    town = cast.space("workspace").id
    told = refused(
        lambda: services.change(
            services.open_of(order),
            wish(groups=[cast.unit("press").id], spaces=[town], days=-3, order_number="X"),
            by=person("editor"),
        )
    )
    assert told.field == "must_read_by"
    assert (requirement(order).deadline, requirement(order).order_number) == before


def test_what_ended_is_asked_of_nobody_and_stays_on_record(order, person, follow):
    confirm(order, person("reader"))
    services.end(services.open_of(order), by=person("editor"))
    assert services.open_of(order) is None
    assert not db.session.get(Content, order).asks_confirmation
    assert len(confirmations(order)) == 1


def test_every_step_is_in_the_journal_with_numbers_only(order, person, follow):
    confirm(order, person("reader"))
    services.end(services.open_of(order), by=person("editor"))
    lines = db.session.scalars(
        select(JournalLine).where(JournalLine.action.startswith("must_read."))
    ).all()
    assert [line.action for line in lines] == [
        "must_read.wish", "must_read.ask", "must_read.people", "must_read.confirm",
        "must_read.end",
    ]  # fmt: skip
    for line in lines:
        assert line.item_id == order
        assert all(isinstance(fact, int) for fact in line.facts.values())


# ── The trash ──────────────────────────────────────────────────────────────


def test_an_item_that_asks_or_holds_confirmations_is_not_thrown_away(order, person, sign_in):
    browser = sign_in("editor")
    answer = browser.post(f"/news/{order}/keep", data={"do": "trash"}, follow_redirects=True)
    assert "не може да се изхвърли" in answer.text
    confirm(order, person("reader"))
    services.end(services.open_of(order), by=person("editor"))
    answer = browser.post(f"/news/{order}/keep", data={"do": "trash"}, follow_redirects=True)
    assert "потвържденията остават" in answer.text
    assert db.session.get(Content, order).life == Life.PUBLISHED


def test_what_was_asked_and_ended_without_a_word_may_go_for_good(order, person):
    services.end(services.open_of(order), by=person("editor"))
    keeping.trash(db.session.get(Content, order), by=person("editor"))
    with clock.at(clock.now() + timedelta(days=31)):
        assert keeping.purge_trash() == 1
    for model in (Content, Requirement, RequirementTarget, Obligation):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_a_draft_with_a_wish_may_go_for_good(person, extranet, office):
    text = Text(title="Заповед", body="<p>Нареждам.</p>", wish=wish(groups=[office]))
    draft = news.write(extranet, "bg", text, by=person("editor"))
    keeping.trash(db.session.get(Content, draft.content_id), by=person("editor"))
    with clock.at(clock.now() + timedelta(days=31)):
        assert keeping.purge_trash() == 1
    assert db.session.scalar(select(func.count()).select_from(Requirement)) == 0


# ── Many ───────────────────────────────────────────────────────────────────


@pytest.mark.database("sqlite")  # the numbers are the same on both; the other takes a minute
def test_a_release_to_two_thousand_is_answered_at_once_and_the_worker_does_the_rest(
    app, cast, person, extranet, follow
):
    crowd = _crowd(2_000, cast)
    before = clock.now()
    order = ordered(extranet, person("editor"), wish(groups=[crowd]))
    took = clock.now() - before
    print(f"release to 2,000 people: {took.total_seconds() * 1000:.0f} ms")
    assert db.session.scalar(select(func.count()).select_from(Obligation)) == 0
    waiting = select(func.count()).select_from(Job).where(Job.kind.startswith("must_read."))
    assert db.session.scalar(waiting) == 2
    begun = clock.now()
    follow()
    print(f"the worker: {(clock.now() - begun).total_seconds() * 1000:.0f} ms")
    assert len(asked_people(order)) == 2_000
    told = select(func.count()).select_from(Notice).where(Notice.kind == "must_read")
    assert db.session.scalar(told) == 2_000


@transaction
def _crowd(number: int, cast) -> int:
    group = Group(kind="group", name_bg="Всички", name_en="All")
    db.session.add(group)
    town = cast.organisation("town").id
    people = [
        User(login=f"p{n}", given="Иван", family=f"Иванов{n}", organisation_id=town)
        for n in range(number)
    ]
    db.session.add_all(people)
    db.session.flush()
    db.session.add_all(GroupMember(group_id=group.id, user_id=each.id) for each in people)
    return group.id
