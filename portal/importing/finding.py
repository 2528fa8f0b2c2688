"""Who imports and where to: people and spaces by the names that a command line gives."""

from sqlalchemy import func, or_, select

from portal.access import Role, Viewer
from portal.accounts.models import User
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.text import tidy
from portal.spaces.models import Membership, Space
from portal.spaces.viewers import by_user


def space(slug: str) -> Space:
    """The space of a slug. Raises Refused, naming those there are."""
    found = db.session.scalar(select(Space).where(Space.slug == slug.strip().casefold()))
    if found is None:
        there = db.session.scalars(select(Space.slug).order_by(Space.id).limit(30))
        raise Refused(
            "space",
            _(
                "There is no space “%(slug)s”. There are: %(there)s.",
                slug=slug,
                there=", ".join(there),
            ),
        )
    if found.archived_at is not None:
        raise Refused("space", _("The space “%(slug)s” is archived.", slug=slug))
    return found


def person(name: str) -> Viewer:
    """The person of a sign-in name or e-mail, as she may act today. Raises Refused."""
    wanted = tidy(name).casefold()
    found = db.session.execute(
        select(User.id, User.login).where(
            or_(User.login == wanted, func.lower(User.email) == wanted),
            User.retired_at.is_(None),
        )
    ).all()
    if len(found) > 1:
        raise Refused(
            "as",
            _(
                "Several people share %(name)s; give a sign-in name: %(logins)s.",
                name=name,
                logins=", ".join(row.login for row in found),
            ),
        )
    viewer = by_user(found[0].id) if found else None
    if viewer is None:
        raise Refused(
            "as",
            _("Nobody who may sign in has the name or e-mail %(name)s.", name=name),
        )
    return viewer


def keeper(of: Space) -> Viewer:
    """The space's first manager, else its first editor, by name. Raises Refused without any."""
    held = db.session.execute(
        select(Membership.user_id)
        .where(
            Membership.space_id == of.id,
            Membership.user_id.is_not(None),
            Membership.role >= Role.EDITOR,
        )
        .order_by(Membership.role.desc(), Membership.id)
    )
    for row in held:
        viewer = by_user(row.user_id)
        if viewer is not None and viewer.role_in(of.id) >= Role.EDITOR:
            return viewer
    raise Refused(
        "as",
        _(
            "Nobody is named as manager or editor of “%(slug)s”; say who with --as.",
            slug=of.slug,
        ),
    )


def administrator() -> Viewer:
    """The first administrator. Raises Refused when there is none."""
    found = db.session.scalars(
        select(User.id).where(User.is_admin, User.retired_at.is_(None)).order_by(User.id)
    )
    for user_id in found:
        viewer = by_user(user_id)
        if viewer is not None:
            return viewer
    raise Refused("as", _("There is no administrator."))
