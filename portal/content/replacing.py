"""A new draft in place of a text at work, which stays among the versions of the item."""

from portal import audit
from portal.access import Action, Viewer, require
from portal.content import services
from portal.content.mirroring import mirror
from portal.content.models import Revision, State
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction


@transaction
def start_over(revision: Revision, *, by: Viewer) -> Revision:
    """A new draft in place of an open one, which stays among the versions of the item."""
    require(by, Action.EDIT, revision)
    _step_back(revision, by)
    draft = services.drafted(revision.content, revision.language, revision, by)
    draft.wanted_from, draft.wanted_until = revision.wanted_from, revision.wanted_until
    return draft


@transaction
def go_back(revision: Revision, seen: str, *, by: Viewer) -> Revision:
    """A new draft with the text of an earlier version, which its readers see once it is released.

    seen: the `services.print_of` the text at work that the viewer was shown; it steps back, and
    stays among the versions. Raises Stale when there is another one by now, Refused at a text that
    is no earlier one.
    """
    content = revision.content
    require(by, Action.PUBLISH, content)
    if revision.state != State.SUPERSEDED:
        raise Refused("", _("This is no earlier version any more. Open the page afresh."))
    work = services.open_revision(content, revision.language)
    if services.print_of(work) != seen:
        raise Stale(revision)
    if work is not None:
        _step_back(work, by)
    draft = services.drafted(content, revision.language, revision, by)
    audit.record("content.go_back", "content", content.id, by=by, revision=draft.id, to=revision.id)
    if content.visible_from is None:
        mirror(content, draft)
    return draft


def _step_back(revision: Revision, by: Viewer) -> None:
    """An open text makes room for another one, and stays among the versions of the item."""
    if revision.state == State.IN_REVIEW:  # its reviewers find it no more
        services.logged("content.withdraw", revision, by)
    revision.state = State.SUPERSEDED
    revision.saves += 1  # who has it on her screen must not go on with it
    db.session.flush()  # at most one open text: the old one steps back first
