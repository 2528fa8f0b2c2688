"""Who can sign in to the demonstration: listed on its sign-in page, and there alone."""

from dataclasses import dataclass

from portal.kernel.i18n import _l
from portal.signin import queries


@dataclass(frozen=True)
class DemoPerson:
    """A sign-in name to click, whose it is, and what can be tried as that person."""

    login: str
    name: str
    role: str


ROLES = {
    "employee": _l("reads the news of the intranet, finds colleagues"),
    "head": _l("heads a unit of the municipality"),
    "member": _l("writes drafts for the intranet"),
    "editor": _l("checks and publishes in the intranet"),
    "partner": _l("works at a partner municipality, sees the extranet"),
    "coordinator": _l("looks after the people of the partner municipality"),
    "ngo": _l("works at a non-governmental organisation"),
    "admin": _l("looks after people, spaces and settings"),
}


def people() -> list[DemoPerson]:
    """Those of the list who exist, in its order."""
    names = queries.names_of(list(ROLES))
    return [
        DemoPerson(login, names[login], str(role))
        for login, role in ROLES.items()
        if login in names
    ]
