"""What the machinery must know of practices."""

from typing import Any

from sqlalchemy import delete, select

from portal import jobs
from portal.access import Action, Viewer, may
from portal.accounts.models import Organisation
from portal.content import keeping, kinds
from portal.content import services as content
from portal.content.kinds import Words
from portal.content.models import Content, ContentTopic, Revision, State
from portal.files.models import Attachment
from portal.files.services import attachments
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, _l, language
from portal.kernel.links import link
from portal.practices import notices, services, told
from portal.practices.models import Practice, PracticeRevision
from portal.spaces.models import Membership, Space
from portal.spaces.queries import Place


class PracticeKind(kinds.Kind):
    """Practices as a kind of content."""

    one = _l("a good practice")
    on_boards = True

    def begins_in(self, home: Space | Place) -> bool:
        return home.kind in services.HOMES

    def begin(
        self,
        home: Space,
        title: str,
        text: str,
        *,
        by: Viewer,
        language: str,
        file: Any = None,
    ) -> PracticeRevision:
        """Its record has a field for each thing: what was noted is read beside it, not pasted."""
        return services.begin(home, language, title, by=by)

    def copy(self, base: Any) -> PracticeRevision:
        return PracticeRevision(record=dict(base.record), words=base.words)

    def copied(self, base: Any, draft: Any) -> None:
        for file_id, role in attachments(base).items():
            db.session.add(Attachment(revision_id=draft.id, file_id=file_id, role=role))

    def check(self, revision: Any) -> None:
        services.check(revision)

    def cover(self, revision: Any) -> int | None:
        pictures = revision.record.get("pictures") or []
        return next((int(each["file"]) for each in pictures if each.get("file")), None)

    def words(self, revision: Any) -> list[Words]:
        return told.words(revision)

    def work_page(self, revision: Revision) -> str:
        return link("practices.edit", content_id=revision.content_id, language=revision.language)

    def review_page(self, revision: Revision) -> str:
        return link("practices.review", content_id=revision.content_id, language=revision.language)

    def released(self, revision: Any, by: Viewer) -> None:
        leading = services.leading(revision)
        _write_facets(leading)
        if leading is revision:
            _place(revision, by)
        if revision.state == State.SCHEDULED:
            opens = revision.content.visible_from
            jobs.queue("content.open", run_after=opens, revision=revision.id)
        notices.released(revision, by)


def _facets(revision: PracticeRevision) -> Practice | None:
    return db.session.get(Practice, revision.content_id)


def _write_facets(revision: PracticeRevision) -> None:
    """What the library filters by, from the text that was written first; its topics too, since a
    translation may have been copied before they were changed."""
    given = revision.record
    owner = db.session.get_one(Organisation, given["organisation"])
    row = _facets(revision) or Practice(content_id=revision.content_id)
    row.organisation_id = owner.id
    row.failed = bool(given.get("failed"))
    row.nuts3 = given.get("nuts3") or owner.nuts3
    row.size = owner.size
    row.maturity = given.get("maturity") or ""
    row.study_visit = "visit" in (given.get("offers") or ())
    db.session.add(row)
    db.session.execute(delete(ContentTopic).where(ContentTopic.content_id == revision.content_id))
    for topic in content.topics_of(revision):
        db.session.add(ContentTopic(content_id=revision.content_id, topic_id=topic))


def _place(revision: PracticeRevision, by: Viewer) -> None:
    """Show it where its authors want it read: in the extranets of their organisation, or at home
    alone. Who releases it must be an editor there too."""
    item: Content = revision.content
    if item.home.kind != "organisation":
        return
    outside = revision.record.get("visibility") != "own"
    for extranet in _extranets(revision.record["organisation"]):
        if outside:
            _place_in(item, extranet, by)
        else:
            keeping.unplace(item, extranet, by=by)


def _place_in(item: Content, extranet: Space, by: Viewer) -> None:
    if any(placed.space_id == extranet.id for placed in item.placements):
        return
    if not (may(by, Action.PLACE, item) and may(by, Action.PLACE, extranet)):
        name = extranet.name_en if language() == "en" else extranet.name_bg
        words = _(
            "Its authors want all partners to read it, so it is published by an editor of the "
            "organisation's space who edits «%(space)s» too. Ask a colleague who does.",
            space=name,
        )
        raise Refused("", words)
    keeping.place(item, extranet, by=by)


def _extranets(organisation_id: int) -> list[Space]:
    wanted = (
        select(Space)
        .join(Membership, Membership.space_id == Space.id)
        .where(
            Space.kind == "extranet",
            Space.archived_at.is_(None),
            Membership.organisation_id == organisation_id,
        )
    )
    return list(db.session.scalars(wanted.order_by(Space.id)))


kinds.register(
    PracticeKind("practice", PracticeRevision, "practices.show", _l("Good practices"), "lightbulb")
)
