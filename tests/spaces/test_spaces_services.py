"""Keeping spaces: who lets whom in, who may go, and that somebody always manages."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from werkzeug.exceptions import Forbidden, NotFound

from portal.access import Action, Role, require
from portal.accounts import services as accounts
from portal.audit.models import Change
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.spaces import partners, queries, services
from portal.spaces.models import Space
from tests.accounts.town import journal
from tests.support.patience import linger


def test_only_administrators_open_spaces(viewer, user):
    made = services.create_space(
        by=viewer("admin"), kind="workspace", name_bg="Нов екип", manager=user("reader")
    )
    assert (made.slug, made.name_en) == ("nov-ekip", "Нов екип")
    assert viewer("reader").role_in(made.id) == Role.MANAGER
    again = services.create_space(
        by=viewer("admin"), kind="workspace", name_bg="Нов екип!", manager=user("reader")
    )
    assert again.slug == "nov-ekip-2"
    for who in ("manager", "partner"):
        with pytest.raises((Forbidden, NotFound)):
            services.create_space(by=viewer(who), kind="workspace", name_bg="Х")


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("manager", {}),
        ("name_bg", {"name_bg": " "}),
        ("name_bg", {"name_bg": "я" * 121}),
        ("purpose", {"purpose": "п" * 601}),
        ("purpose", {"purpose": "ЕГН 8501011234"}),
        ("kind", {"kind": "public"}),
        ("kind", {"kind": "organisation"}),
    ],
)
def test_bad_facts_of_a_space_are_refused_at_their_field(field, facts, viewer, user):
    facts = {"kind": "workspace", "name_bg": "Х", **facts}
    if field != "manager":
        facts["manager"] = user("reader")
    with pytest.raises(Refused) as refusal:
        services.create_space(by=viewer("admin"), **facts)
    assert refusal.value.field == field
    assert journal("space.create") == []


def test_no_two_spaces_that_somebody_knows_of_are_called_alike(town, viewer, user):
    """Of one that is hidden from whoever names another, a refusal would tell."""
    hidden = services.create_space(
        by=viewer("admin"), kind="workspace", name_bg="Тайна", name_en="Secret",
        manager=user("reader"), is_listed=False,
    )  # fmt: skip
    made = town.space("workspace")
    for who, name, english, field in (
        ("admin", "ТАЙНА", "", "name_bg"), ("admin", "Тайна 2", "secret", "name_en"),
        ("manager", "Интранет", "", "name_bg"), ("manager", "Тайна", "Secret", ""),
    ):  # fmt: skip
        facts = {"name_bg": name, "name_en": english, "features": made.features.split()}
        if not field:
            services.change_settings(made, by=viewer(who), **facts)
            continue
        with pytest.raises(Refused) as refusal:
            services.change_settings(made, by=viewer(who), **facts)
        assert refusal.value.field == field
        db.session.rollback()
        with pytest.raises(Refused) as refusal:
            services.create_space(
                by=viewer("admin"), kind="workspace", name_bg=name, name_en=english,
                manager=user("reader"),
            )  # fmt: skip
        assert refusal.value.field == field
        db.session.rollback()
    # Two that are called alike already are kept so, and may be changed in all else.
    services.change_settings(hidden, by=viewer("admin"), name_bg="Тайна", purpose="Без хора.")
    assert hidden.purpose == "Без хора."


def test_a_name_without_letters_of_ours_still_gets_an_address(viewer, user):
    made = services.create_space(
        by=viewer("admin"), kind="workspace", name_bg="日本", manager=user("reader")
    )
    assert made.slug == "space"


@pytest.mark.parametrize(
    ("who", "error"),
    [("manager", None), ("admin", None), ("editor", Forbidden), ("ngo", Forbidden),
     ("reader", NotFound), ("stranger", NotFound)],
)  # fmt: skip
def test_who_lets_people_in_and_keeps_settings(who, error, viewer, user, space):
    def let_in() -> None:
        services.add_member(space("workspace"), user("employee"), Role.READER, by=viewer(who))

    def rename() -> None:
        services.change_settings(space("workspace"), by=viewer(who), name_bg="Друго")

    for act in (let_in, rename):
        if error is None:
            act()
        else:
            with pytest.raises(error):
                act()
    assert bool(viewer("employee").role_in(space("workspace").id)) == (error is None)


def test_joining_and_leaving_index_nothing(viewer, user, space, membership):
    before = db.session.scalar(select(func.count()).select_from(Change))
    services.add_member(space("workspace"), user("reader"), Role.READER, by=viewer("manager"))
    services.change_role(membership("workspace", "reader"), Role.EDITOR, by=viewer("manager"))
    services.leave(space("workspace"), by=viewer("reader"))
    assert db.session.scalar(select(func.count()).select_from(Change)) == before


def test_membership_of_a_unit_below_counts_above_never_below(viewer, space, unit):
    services.add_member(space("workspace"), unit("office"), Role.EDITOR, by=viewer("manager"))
    assert viewer("employee").role_in(space("workspace").id) == Role.EDITOR  # of the archive
    space_id = space("workspace").id
    services.change_settings(space("workspace"), by=viewer("manager"), name_bg="Х")
    held = [m for m in members(viewer("manager"), space("workspace")) if m.kind == "group"]
    services.remove_member(
        services.membership(space("workspace"), held[0].id), by=viewer("manager")
    )
    services.add_member(space("workspace"), unit("archive"), Role.EDITOR, by=viewer("manager"))
    assert viewer("head").role_in(space_id) == 0


def members(viewer, space):
    place = queries.by_slug(viewer, space.slug)
    return queries.members(viewer, place, everybody=True)


@pytest.mark.parametrize(
    ("slug", "holder", "field"),
    [
        ("intranet", "partner", "who"),
        ("intranet", "@partner", "who"),
        ("kamengrad", "ngo", "who"),
        ("kamengrad", "@ngo", "who"),
        ("workspace", "manager", "who"),
        ("extranet", "@ngo", "who"),
    ],
)
def test_guests_stay_out_and_nobody_is_let_in_twice(
    slug, holder, field, viewer, user, house, space
):
    who = house(holder[1:]) if holder.startswith("@") else user(holder)
    with pytest.raises(Refused) as refusal:
        services.add_member(space(slug), who, Role.READER, by=viewer("admin"))
    assert refusal.value.field == field


def test_a_guest_in_a_group_gets_no_way_into_the_intranet(viewer, user, space):
    admin = viewer("admin")
    group = accounts.create_group(by=admin, name_bg="Комисия")
    accounts.add_to_group(group, user("partner"), by=admin)
    services.add_member(space("intranet"), group, Role.EDITOR, by=viewer("manager"))
    assert viewer("partner").role_in(space("intranet").id) == 0


def test_a_whole_organisation_manages_nothing(viewer, house, space):
    with pytest.raises(Refused) as refusal:
        services.add_member(space("workspace"), house("town"), Role.MANAGER, by=viewer("manager"))
    assert refusal.value.field == "role"


def test_a_role_ends_with_its_last_day(viewer, user, space):
    today = clock.today()
    with pytest.raises(Refused) as refusal:
        services.add_member(
            space("workspace"), user("reader"), Role.READER, by=viewer("manager"),
            until=today - timedelta(days=1),
        )  # fmt: skip
    assert refusal.value.field == "until"
    services.add_member(
        space("workspace"),
        user("reader"),
        Role.READER,
        by=viewer("manager"),
        until=today,
    )
    assert viewer("reader").role_in(space("workspace").id) == Role.READER
    with clock.at(clock.now() + timedelta(days=1)):
        assert viewer("reader").role_in(space("workspace").id) == 0


@pytest.mark.parametrize("way", ["leave", "remove", "demote", "end date", "demote by admin"])
def test_the_last_manager_stays(way, viewer, space, membership):
    own = membership("workspace", "manager")
    manager, admin = viewer("manager"), viewer("admin")
    acts = {
        "leave": lambda: services.leave(space("workspace"), by=manager),
        "remove": lambda: services.remove_member(own, by=admin),
        "demote": lambda: services.change_role(own, Role.EDITOR, by=manager),
        "demote by admin": lambda: services.change_role(own, Role.READER, by=admin),
        "end date": lambda: services.change_role(
            own, Role.MANAGER, by=manager, until=clock.today() + timedelta(days=9)
        ),
    }
    with pytest.raises(Refused):
        acts[way]()
    assert viewer("manager").role_in(space("workspace").id) == Role.MANAGER
    assert membership("workspace", "manager").until is None


def test_one_of_two_managers_may_go(viewer, space, membership):
    services.change_role(membership("workspace", "editor"), Role.MANAGER, by=viewer("manager"))
    services.leave(space("workspace"), by=viewer("manager"))
    assert viewer("manager").role_in(space("workspace").id) == 0
    with pytest.raises(Refused):
        services.leave(space("workspace"), by=viewer("editor"))


def test_two_managers_who_leave_at_one_moment_do_not_both_go(
    app, viewer, space, membership, monkeypatch
):
    services.change_role(membership("workspace", "editor"), Role.MANAGER, by=viewer("manager"))
    leavers, space_id = [viewer("manager"), viewer("editor")], space("workspace").id
    start = Barrier(2)
    look = services.managers_of

    def look_and_think(space) -> set[int]:
        found = look(space)
        linger(0.2)  # long enough for the other to look as well, if nothing holds her back
        return found

    monkeypatch.setattr(services, "managers_of", look_and_think)

    def leave(by) -> str:
        with app.app_context():
            start.wait()
            try:
                services.leave(db.session.get(Space, space_id), by=by)
            except Refused:
                return "refused"
            finally:
                db.session.remove()
            return "left"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, leavers)) == ["left", "refused"]


def test_a_retired_manager_counts_for_nobody(viewer, user, space, membership):
    services.change_role(membership("workspace", "editor"), Role.MANAGER, by=viewer("manager"))
    accounts.retire(user("editor"), by=viewer("admin"))
    with pytest.raises(Refused):
        services.leave(space("workspace"), by=viewer("manager"))


def test_members_by_group_leave_with_their_group(viewer, space):
    with pytest.raises(Refused, match="чрез звеното"):
        services.leave(space("intranet"), by=viewer("reader"))


def test_a_manager_hands_over_and_remains_editor(viewer, user, space):
    services.hand_over(space("workspace"), user("reader"), by=viewer("manager"))
    space_id = space("workspace").id
    assert viewer("reader").role_in(space_id) == Role.MANAGER
    assert viewer("manager").role_in(space_id) == Role.EDITOR
    with pytest.raises(Forbidden):
        services.hand_over(space("workspace"), user("head"), by=viewer("manager"))
    with pytest.raises((Refused, NotFound)):
        services.hand_over(space("workspace"), user("head"), by=viewer("admin"))


def test_an_administrator_who_lets_herself_in_is_seen_by_the_managers(viewer, user, space):
    admin, workspace = viewer("admin"), space("workspace")
    assert not admin.role_in(workspace.id)
    services.add_member(workspace, user("admin"), Role.READER, by=admin)
    services.add_member(workspace, user("reader"), Role.READER, by=admin)
    place = queries.by_slug(viewer("manager"), "workspace")
    told = queries.taken_by_administrators(place)
    assert [(each.name, each.role) for each in told] == [("Ана Админова", Role.READER)]


@pytest.mark.parametrize("way", ["group", "unit moved", "sponsor", "successor"])
def test_no_way_round_hides_an_administrator_who_lets_herself_in(
    way, viewer, user, space, unit, house
):
    admin = viewer("admin")
    if way == "group":
        group = accounts.create_group(by=admin, name_bg="Комисия")
        services.add_member(space("workspace"), group, Role.EDITOR, by=viewer("manager"))
        accounts.add_to_group(group, user("admin"), by=admin)
    elif way == "unit moved":
        services.add_member(space("workspace"), unit("press"), Role.READER, by=viewer("manager"))
        accounts.change_unit(
            unit("office"), by=admin, kind="unit", name_bg="Служба", parent=unit("press")
        )
    elif way == "sponsor":
        partners.change_partner(
            house("partner"), by=admin, sponsor=user("admin"), kind="ngo", name_bg="Каменград"
        )
    else:
        accounts.retire(user("head"), by=admin, successor=user("admin"))
    slug = "workspace" if way in ("group", "unit moved") else "kamengrad"
    assert viewer("admin").role_in(space(slug).id)
    assert [line.item_id for line in journal("space.admin_took_role")] == [space(slug).id]


def test_an_administrator_let_in_by_the_manager_took_nothing(viewer, user, space):
    services.add_member(space("workspace"), user("admin"), Role.EDITOR, by=viewer("manager"))
    assert journal("space.admin_took_role") == []


def test_an_archived_space_is_only_read(viewer, space):
    services.archive(space("workspace"), by=viewer("manager"))
    workspace = space("workspace")
    assert viewer("editor").role_in(workspace.id) == Role.READER
    for action in (Action.CREATE, Action.RELEASE, Action.PLACE):
        with pytest.raises(Forbidden):
            require(viewer("editor"), action, workspace)
    services.restore(workspace, by=viewer("admin"))
    assert viewer("editor").role_in(workspace.id) == Role.EDITOR


@pytest.mark.parametrize("slug", ["intranet", "extranet"])
def test_the_intranet_and_the_extranet_stay_open(slug, viewer, space):
    with pytest.raises(Refused):
        services.archive(space(slug), by=viewer("admin"))


def test_stale_settings_are_stopped(viewer, space):
    opened_on = services.seal(space("workspace"))
    services.change_settings(space("workspace"), by=viewer("manager"), name_bg="Първо")
    with pytest.raises(Stale):
        services.change_settings(
            space("workspace"), by=viewer("manager"), name_bg="Второ", seal=opened_on
        )
    assert space("workspace").name_bg == "Първо"


def test_reviewers_are_a_group_with_people(viewer, space):
    empty = accounts.create_group(by=viewer("admin"), name_bg="Празна")
    with pytest.raises(Refused) as refusal:
        services.change_settings(
            space("workspace"), by=viewer("manager"), name_bg="Х", reviewers=empty
        )
    assert refusal.value.field == "reviewers"


def test_a_leaving_owner_gives_her_texts_and_names_only_what_the_clerk_may_read(
    viewer, user, space
):
    from portal.content import handover
    from portal.content import services as content
    from portal.content.models import Content
    from portal.news.models import NewsRevision

    assert handover
    for slug in ("intranet", "workspace"):
        content.start(
            NewsRevision,
            space(slug),
            by=viewer("contributor"),
            language="bg",
            title=slug,
            body="",
        )
    held = accounts.holdings(user("contributor"), viewer("admin"))
    assert [(each.name, each.number) for each in held] == [("", 2)]  # drafts of others
    accounts.retire(user("contributor"), by=viewer("admin"), successor=user("editor"))
    owners = set(db.session.scalars(select(Content.owner_id)))
    assert owners == {user("editor").id}
    kinds = set(db.session.scalars(select(Change.kind)))
    assert "news" in kinds


def test_what_is_not_committed_is_cached_for_nobody(viewer, user, space):
    from portal.kernel.transaction import transaction
    from portal.spaces.viewers import by_user

    @transaction
    def fail() -> None:
        services.add_member(space("workspace"), user("reader"), Role.EDITOR, by=viewer_admin)
        inside = by_user(user("reader").id)
        assert inside is not None
        assert inside.role_in(space("workspace").id) == Role.EDITOR
        raise LookupError

    viewer_admin = viewer("admin")
    with pytest.raises(LookupError):
        fail()
    services.change_settings(space("workspace"), by=viewer("manager"), name_bg="Х")
    assert viewer("reader").role_in(space("workspace").id) == 0
