"""The register: who reads and writes it, what it counts, and that bad input changes nothing."""

from sqlalchemy import select

from portal.access import Action, may
from portal.audit.models import JournalLine
from portal.communication import queries
from portal.communication.models import Entry
from portal.communication.policy import policy
from portal.communication.queries import Asked
from portal.kernel.database import db, rows
from portal.spaces import services as spaces
from tests.support.cast import EVERYBODY
from tests.support.counting import query_budget

READS = {"manager", "editor", "contributor", "partner", "ngo"}
HOME = "/spaces/workspace/communication"


def test_readers_read_contributors_write_their_own_editors_all_and_managers_delete(
    plan, person, sign_in, app
):
    """The three forms of the rule agree for everybody, and so do the pages."""
    own, shared = plan(who="contributor"), plan(who="contributor", is_shared=True)
    for who in EVERYBODY:
        viewer = person(who)
        reads = set(db.session.scalars(select(Entry.id).where(policy.readable), viewer.params))
        writes = set(db.session.scalars(select(Entry.id).where(policy.writable), viewer.params))
        for entry in (own, shared):
            expected = {
                Action.READ: who in READS,
                Action.EDIT: who in {"manager", "editor", "contributor"}
                or (who == "partner" and entry is shared),
                Action.TRASH: who == "manager",
            }
            for action, allowed in expected.items():
                assert may(viewer, action, entry) == allowed, (who, action)
            assert (entry.id in reads) == expected[Action.READ], who
            assert (entry.id in writes) == expected[Action.EDIT], who
            assert bool(policy.audience(entry) & viewer.tokens) == expected[Action.READ], who
        browser = sign_in(who)
        status = 200 if who in READS else 302 if who == "visitor" else 404
        for url in (HOME, f"/communication/{own.id}", f"{HOME}/report", f"{HOME}/report.docx"):
            assert browser.get(url).status_code == status, (who, url)
    for who, status in (("partner", 403), ("ngo", 403), ("stranger", 404), ("contributor", 200)):
        assert sign_in(who).get(f"/communication/{own.id}/edit").status_code == status
    assert sign_in("ngo").get(f"{HOME}/new").status_code == 403
    assert sign_in("contributor").post(f"/communication/{own.id}/delete").status_code == 403
    assert sign_in("contributor").get(f"{HOME}/objectives").status_code == 403


def test_in_an_archived_space_the_plan_is_only_read(plan, person, cast, sign_in):
    entry = plan()
    spaces.archive(cast.space("workspace"), by=person("manager"))
    browser = sign_in("editor")
    assert browser.get(HOME).status_code == 200
    assert browser.get(f"{HOME}/new").status_code == 403
    assert browser.post(f"/communication/{entry.id}/done").status_code == 403
    assert "communication/new" not in browser.get(HOME).text


def test_planned_against_done_is_counted_by_objective_and_in_all(plan, prove, count, person, cast):
    done = plan(days=-5, state="done")
    prove(done, kind="link", url="https://radio.example/1")
    count(done, reached="120")
    plan(days=-4, state="done")
    plan(days=-3)
    plan(days=-2, state="postponed", outcome="Лошо време")
    plan(days=-1, state="cancelled", outcome="Няма нужда")
    plan(days=3)
    viewer, space = person("ngo"), cast.space("workspace").id
    (one,), total = queries.tallies(viewer, space, Asked())
    assert (one.every, one.done, one.due, one.late) == (6, 2, 3, 1)
    assert (one.postponed, one.cancelled, one.unproved, one.uncounted) == (1, 1, 1, 1)
    assert (total.every, total.done, total.percent) == (6, 2, 67)
    for state, number in (("late", 1), ("unproved", 1), ("planned", 2), ("done", 2)):
        asked = Asked(state=state)
        assert len(queries.entries(viewer, space, asked)) == number, state
        assert queries.tallies(viewer, space, asked)[1].every == number
    assert not queries.entries(viewer, space, Asked(audience="пенсионери"))
    assert queries.tallies(person("stranger"), space, Asked())[1].every == 0


def test_a_register_of_two_thousand_costs_eight_statements(app, plan, sign_in):
    first = plan()
    db.session.execute(
        Entry.__table__.insert(),
        [
            {c.name: getattr(first, c.name) for c in Entry.__table__.columns if c.name != "id"}
            for _each in range(2_000)
        ],
    )
    db.session.commit()
    browser = sign_in("contributor")
    browser.get(HOME)
    for query in ("", "?by=month", "?state=late&audience=младежи&page=3"):
        with query_budget(app, 8):
            assert browser.get(HOME + query).status_code == 200


GOOD = {
    "message": "Плажът се чисти",
    "audience": "младежи",
    "channel": "радио",
    "planned_on": "2026-11-30",
    "owner": "contributor",
    "state": "planned",
}


BAD = [
    ("objective", {"objective": ""}),
    ("objective", {"objective": "999"}),
    ("message", {"message": "  "}),
    ("planned_on", {"planned_on": ""}),
    ("planned_on", {"planned_on": "0001-01-01"}),
    ("planned_on", {"planned_on": "9999-12-31"}),
    ("planned_on", {"planned_on": "утре"}),
    ("planned_until", {"planned_until": "2026-11-29"}),
    ("owner", {"owner": "stranger"}),
    ("owner", {"owner": "Никой Никакъв"}),
    ("outcome", {"state": "postponed"}),
    ("moved_to", {"state": "postponed", "outcome": "дъжд", "moved_to": "2026-11-01"}),
    ("done_on", {"state": "done"}),
    ("done_on", {"state": "done", "done_on": "2999-01-01"}),
    ("state", {"state": "забравена"}),
]


def test_bad_input_is_told_at_its_field_and_changes_nothing(objective, sign_in, app):
    browser = sign_in("contributor")
    for field, wrong in BAD:
        sent = {**GOOD, "objective": str(objective.id), **wrong}
        answer = browser.post(f"{HOME}/new", data=sent)
        assert answer.status_code == 422, wrong
        assert f'href="#{field}"' in answer.text, wrong
        for name in ("audience", "channel", "planned_on", "owner"):
            assert not sent[name] or f'value="{sent[name]}"' in answer.text, (wrong, name)
        assert sent["message"].strip() in answer.text, wrong
        assert not db.session.scalars(select(Entry)).all(), wrong


def test_a_stale_save_shows_both_texts(plan, sign_in, app):
    entry = plan("Старо")
    browser = sign_in("contributor")
    sent = {**GOOD, "objective": str(entry.objective_id), "seal": str(entry.saves)}
    url = f"/communication/{entry.id}/edit"
    assert browser.post(url, data={**sent, "message": "Първото"}).status_code == 302
    answer = browser.post(url, data={**sent, "message": "Второто"})
    assert answer.status_code == 409
    assert "Второто" in answer.text and "Първото" in answer.text
    assert rows(select(Entry.message))[0].message == "Първото"
    written = db.session.scalars(
        select(JournalLine.action).where(JournalLine.kind == "communication")
    )
    assert list(written) == ["communication.add", "communication.change"]
