"""Founding an installation: its own row, the municipality, the intranet and the extranet."""

from dataclasses import dataclass

from portal.access.models import FooterPage, Site
from portal.access.viewer import Role
from portal.accounts.models import Organisation
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.spaces.models import Membership, Space


@dataclass(frozen=True)
class Founded:
    """What every installation has from its first minute."""

    municipality: Organisation
    intranet: Space
    extranet: Space


@transaction
def found(
    name_bg: str,
    name_en: str,
    *,
    address: str = "",
    email: str = "",
    hue: int = 212,
    is_demo: bool = False,
) -> Founded:
    """Make an empty database into a municipality's. Raises RuntimeError when it is none."""
    if db.session.get(Site, 1) is not None:
        raise RuntimeError("this database holds an installation already")
    db.session.add(
        Site(
            id=1,
            name_bg=name_bg,
            name_en=name_en,
            address=address,
            email=email,
            hue=hue,
            is_demo=is_demo,
        )
    )
    municipality = Organisation(is_home=True, kind="municipality", name_bg=name_bg, name_en=name_en)
    intranet = Space(kind="intranet", slug="intranet", name_bg="Интранет", name_en="Intranet")
    extranet = Space(
        kind="extranet",
        slug="extranet",
        name_bg="Екстранет",
        name_en="Extranet",
        review_required=True,
    )
    db.session.add_all([municipality, intranet, extranet])
    db.session.flush()
    for space in (intranet, extranet):
        db.session.add(
            Membership(space_id=space.id, organisation_id=municipality.id, role=Role.READER)
        )
    return Founded(municipality, intranet, extranet)


def add_page(key: str, language: str, title: str, body: str) -> None:
    """Write a footer page's first text; part of founding."""
    db.session.add(FooterPage(key=key, language=language, title=title, body=body))
