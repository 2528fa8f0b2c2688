"""Every page states what it costs: its most statements, the viewer's own among them."""

from portal.access.doors import DOOR
from tests.support.counting import query_budget

# endpoint: statements. A new page without a line here fails.
BUDGET = {
    "search.results": 3,
    "seeing.choose": 5,
    "signin.sign_in": 1,
    "signin.forgot": 1,
    "signin.slip": 1,
    "signin.code": 1,
    "signin.set_up": 1,
    "signin.own_factor": 3,
    "signin.begin_own_set_up": 2,
    "signin.own_set_up": 1,
    "signin.own_codes": 2,
    "signin.turn_off": 2,
    "signin.sessions": 2,
    "signin.password": 1,
    "people.directory": 2,
    "people.me": 4,
    "people.keep": 3,
    "people.new": 3,
    "people.organisations": 2,
    "people.new_organisation": 1,
    "people.units": 3,
    "people.new_unit": 2,
    "people.new_group": 1,
    "workspaces.index": 4,
    "workspaces.invitations": 3,
    "workspaces.new": 1,
    "news.index": 5,
    "news.archive": 3,
    "news.drafts": 4,
    "news.new": 4,
    "news.trash": 2,
    "documents.index": 6,
    "progress.index": 3,
    "practices.index": 5,
    "reading.bookmarks": 3,
    "practices.mine": 6,
    "practices.new": 2,
    "documents.thrown_away": 2,
    "notify.index": 4,
    "notify.choices": 4,
    "pages.everywhere": 2,
    "discussions.everywhere": 3,
    "home.index": 9,
    "tasks.own": 3,
    "admin.index": 2,
    "admin.site": 2,
    "alerts.index": 2,
    "admin.topics": 2,
    "admin.synonyms": 2,
    "admin.pages": 2,
    "admin.journal": 2,
    "admin.styleguide": 1,
}
WITHOUT_PAGE = {
    "home.theme",
    "home.healthz",
    "home.readyz",
    "search.suggest",
    "confirming.people",
    "documents.download_many",
}


def pages(app):
    return {
        rule.endpoint: rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments and rule.endpoint not in WITHOUT_PAGE
    }


def test_every_page_without_an_argument_states_its_budget(app):
    assert set(pages(app)) == set(BUDGET)


def test_every_page_keeps_its_budget(app, sign_in):
    admin, editor = sign_in("admin"), sign_in("editor")
    for endpoint, path in pages(app).items():
        door = getattr(app.view_functions[endpoint], DOOR)
        browser = admin if door == "administrators" else editor
        browser.get(path)  # fills what the process keeps
        with query_budget(app, BUDGET[endpoint]):
            browser.get(path)
