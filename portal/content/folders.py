"""Folders of a space: made, renamed, moved and removed by its editors; items are moved in them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Row, bindparam, select, update
from werkzeug.exceptions import NotFound

from portal import audit
from portal.access import Action, Role, Viewer, register, require
from portal.content.models import Content, Folder, Life, Placement
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel.database import db, rows
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.text import tidy
from portal.kernel.transaction import transaction
from portal.spaces.models import Space


class FolderPolicy:
    """Who reads a space sees its folders; its editors keep them."""

    def allows(self, viewer: Viewer, action: Action, item: Folder) -> bool:
        role = viewer.role_in(item.space_id)
        return role >= (Role.READER if action is Action.READ else Role.EDITOR)

    readable: ColumnElement[bool] = Folder.space_id.in_(bindparam("reads", expanding=True))

    def audience(self, item: Folder) -> frozenset[str]:
        return frozenset({f"members:{item.space_id}"})


register(Folder, FolderPolicy())

_TREE = (
    select(Folder.id, Folder.parent_id, Folder.name)
    .where(Folder.space_id == bindparam("space_id"))
    .order_by(Folder.name_key)
)


def tree(space_id: int) -> Sequence[Row[tuple[int, int | None, str]]]:
    """Every folder of a space by name; asked only by pages whose viewer reads the space."""
    return rows(_TREE, {"space_id": space_id})


_HELD = (
    select(Content.id)
    .join(Placement, Placement.content_id == Content.id)
    .where(
        Placement.space_id == bindparam("space_id"),
        Placement.folder_id == bindparam("folder_id"),
        policy.readable,
    )
    .limit(1)
)


@transaction
def create(space: Space, parent: Folder | None, name: str, *, by: Viewer) -> Folder:
    """A new folder. Raises Refused at `name` when it is empty, there already or too deep."""
    require(by, Action.PLACE, space)
    return _create(space, parent, _named(name), by)


@transaction
def ensure(space: Space, parent: Folder | None, names: Sequence[str], *, by: Viewer) -> Folder:
    """The folder at the end of a path, made where it is missing; for folders that are uploaded.

    Raises Refused at `name` when one must be made and the viewer may not.
    """
    require(by, Action.CREATE, space)
    for name in names:
        name = _named(name)
        found = _beside(space.id, parent.id if parent else None, name)
        if found is None:
            if by.role_in(space.id) < Role.EDITOR:
                raise Refused("name", _("Only an editor of the space can make new folders."))
            found = _create(space, parent, name, by)
        parent = found
    if parent is None:
        raise ValueError("no names")
    return parent


def _create(space: Space, parent: Folder | None, name: str, by: Viewer) -> Folder:
    if parent is not None and parent.space_id != space.id:
        raise ValueError("the parent lies in another space")
    if _beside(space.id, parent.id if parent else None, name) is not None:
        raise Refused("name", _("There is a folder of this name already."))
    if len(path(parent)) >= Folder.DEPTH_MAX:
        raise Refused("name", _("Folders cannot lie deeper than this one."))
    assert by.user_id is not None
    folder = Folder(
        space_id=space.id,
        parent_id=parent.id if parent else None,
        name=name,
        name_key=_key(name),
        created_by_id=by.user_id,
    )
    db.session.add(folder)
    db.session.flush()
    audit.record("folder.create", "folder", folder.id, by=by, space=space.id)
    return folder


@transaction
def rename(folder: Folder, name: str, *, by: Viewer) -> None:
    require(by, Action.EDIT, folder)
    name = _named(name)
    other = _beside(folder.space_id, folder.parent_id, name)
    if other is not None and other.id != folder.id:
        raise Refused("name", _("There is a folder of this name already."))
    folder.name, folder.name_key = name, _key(name)
    audit.record("folder.rename", "folder", folder.id, by=by)


@transaction
def move(folder: Folder, parent: Folder | None, *, by: Viewer) -> None:
    """Put a folder with all that is in it into another one of the same space, or at the top."""
    require(by, Action.EDIT, folder)
    if parent is not None:
        if parent.space_id != folder.space_id:
            raise Refused("parent", _("Choose a folder of the same space."))
        above = path(parent)
        if folder.id in {each.id for each in above}:
            raise Refused("parent", _("A folder cannot be moved into itself."))
        if len(above) + _height(folder) > Folder.DEPTH_MAX:
            raise Refused("parent", _("Folders cannot lie deeper than this one."))
    if _beside(folder.space_id, parent.id if parent else None, folder.name) not in (None, folder):
        raise Refused("parent", _("There is a folder of this name already."))
    folder.parent_id = parent.id if parent else None
    audit.record("folder.move", "folder", folder.id, by=by)


@transaction
def remove(folder: Folder, *, by: Viewer) -> None:
    """Delete a folder that is empty for whoever looks.

    What lay in it and she cannot read (it is in the trash, or another space's and expired) will
    come back at the top: a refusal would tell her that it is there.
    """
    require(by, Action.EDIT, folder)
    within = select(Folder.id).where(Folder.parent_id == folder.id)
    here = {"space_id": folder.space_id, "folder_id": folder.id}
    if rows(_HELD, params(by, **here)) or db.session.scalar(within.limit(1)):
        raise Refused("", _("The folder is not empty. Move or delete what is in it first."))
    audit.record("folder.remove", "folder", folder.id, by=by)
    placed = Placement.space_id == folder.space_id, Placement.folder_id == folder.id
    db.session.execute(update(Placement).where(*placed).values(folder_id=None))
    db.session.delete(folder)


@transaction
def put(content: Content, space: Space, folder: Folder | None, *, by: Viewer) -> None:
    """Put an item into a folder of a space where it is placed, or at the top of it.

    The space's editors do so, and whoever may edit an item that is not released yet.
    """
    require(by, Action.READ, content)
    if content.home_id != space.id or content.life != Life.UNPUBLISHED:
        require(by, Action.PLACE, space)
    else:
        require(by, Action.EDIT, content)
    if folder is not None and folder.space_id != space.id:
        raise Refused("folder", _("Choose a folder of the same space."))
    placed = next((each for each in content.placements if each.space_id == space.id), None)
    if placed is None:
        raise NotFound
    placed.folder_id = folder.id if folder else None
    audit.record("content.move", "content", content.id, by=by, space=space.id)


def path(folder: Folder | None) -> list[Folder]:
    """The folder and those above it, the topmost first."""
    found: list[Folder] = []
    while folder is not None and len(found) <= Folder.DEPTH_MAX:
        found.insert(0, folder)
        folder = db.session.get(Folder, folder.parent_id) if folder.parent_id else None
    return found


def _height(folder: Folder) -> int:
    """How many folders lie in one another here, this one counted."""
    level, height = [folder.id], 0
    while level:
        height += 1
        level = list(db.session.scalars(select(Folder.id).where(Folder.parent_id.in_(level))))
    return height


def _beside(space_id: int, parent_id: int | None, name: str) -> Folder | None:
    return db.session.scalar(
        select(Folder).where(
            Folder.space_id == space_id,
            Folder.parent_id == parent_id if parent_id else Folder.parent_id.is_(None),
            Folder.name_key == _key(name),
        )
    )


def _key(name: str) -> str:
    return name.casefold()[: Folder.NAME_MAX * 2]


def _named(name: str) -> str:
    name = tidy(name).replace("/", " ").replace("\\", " ").strip(". ")
    if not name:
        raise Refused("name", _("Give the folder a name."))
    if len(name) > Folder.NAME_MAX:
        raise Refused("name", _("The name can have %(n)s characters at most.", n=Folder.NAME_MAX))
    return name
