"""How many statements the pages of the door may cost."""

import pytest

from portal.spaces import viewers
from tests.support.cast import PASSWORD
from tests.support.counting import query_budget


@pytest.mark.parametrize(
    ("address", "number"), [("/sign-in", 1), ("/forgot", 1), ("/slip", 1), ("/way-in/x", 1)]
)
def test_a_visitors_page_costs_the_sites_row(app, browser, address, number):
    client = browser()
    client.get(address)
    with query_budget(app, number):
        client.get(address)


@pytest.mark.parametrize(("address", "number"), [("/me/sessions", 2), ("/me/password", 1)])
def test_a_page_of_ones_own_costs_the_viewer_and_its_list(app, browser, address, number):
    client = browser()
    client.post("/sign-in", data={"name": "employee", "password": PASSWORD})
    client.get(address)
    with query_budget(app, number):
        assert client.get(address).status_code == 200


def test_signing_in_costs_a_handful(app, browser, town):
    client = browser()
    client.get("/sign-in")
    viewers.by_user(town["employee"].id)
    with query_budget(app, 8) as seen:
        client.post("/sign-in", data={"name": "employee", "password": PASSWORD})
    assert len([each for each in seen if each.startswith("INSERT")]) == 2
