"""What the machinery must know of discussions."""

from typing import Any

from portal.access import Viewer
from portal.content import kinds, linking
from portal.content.kinds import Words
from portal.content.models import Content
from portal.discussions import standing
from portal.discussions.models import DiscussionRevision
from portal.files import queries as files
from portal.files.models import Attachment
from portal.files.services import attachments
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, _l
from portal.kernel.text import file_ids, has_mute_picture, plain


class DiscussionKind(kinds.Kind):
    """Topics as a kind of content. They have lists of their own: feeds do not show them."""

    in_feeds = False
    takes_comments = comments_take_files = is_talk = True
    contributors_release = True
    one = _l("a topic")

    @property
    def index(self) -> str:
        return "discussions.everywhere"

    def copy(self, base: Any) -> DiscussionRevision:
        return DiscussionRevision(body=base.body)

    def copied(self, base: Any, draft: Any) -> None:
        for file_id, role in attachments(base).items():
            db.session.add(Attachment(revision_id=draft.id, file_id=file_id, role=role))

    def check(self, revision: Any) -> None:
        check_text(revision.body)

    def body(self, revision: Any) -> str:
        return linking.for_anybody(revision.body)

    def words(self, revision: Any) -> list[Words]:
        held = files.held(revision.id)
        names, numbers = files.names(held, "listed"), files.numbers(held, "listed")
        return [
            Words("title", _("Title"), revision.title),
            Words("body", _("Text"), plain(revision.body), revision.body),
            Words("files", _("Files under the text"), names, held=numbers),
        ]

    def released(self, revision: Any, by: Viewer) -> None:
        item = revision.content
        item.summary = opening(revision.body)
        if item.summary_en is not None:
            item.summary_en = item.summary
        standing.count(item)

    def commented(self, item: Content) -> None:
        standing.count(item)

    def listeners(self, item: Content, space_id: int) -> tuple[set[int], set[int]]:
        return standing.listeners(item, space_id)


OPENING = 240  # characters of a text that lists and notices show


def opening(body: str) -> str:
    """How a sanitised text begins."""
    words = " ".join(plain(linking.without_addresses(body)).split())
    if len(words) <= OPENING:
        return words
    cut = words.rfind(" ", OPENING // 2, OPENING)
    return f"{words[: OPENING if cut < 0 else cut]} …"


def check_text(body: str) -> None:
    """What keeps a topic from its readers. Raises Refused at `body`."""
    if not plain(body) and not file_ids(body):
        raise Refused("body", _("Write what it is about."))
    if has_mute_picture(body):
        raise Refused("body", _("A picture has no description. Say in a few words what it shows."))


kinds.register(
    DiscussionKind(
        "discussion", DiscussionRevision, "discussions.show", _l("Discussions"), "chat-circle"
    )
)
