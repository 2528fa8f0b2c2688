"""Kinds of content: what a room tells the machinery about its own."""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from werkzeug.exceptions import NotFound

from portal.access import Action, Viewer, fetch
from portal.content.models import Content, Revision
from portal.kernel.i18n import _, _l
from portal.kernel.links import link
from portal.spaces.models import Space
from portal.spaces.queries import Place


class Words(NamedTuple):
    """A field of a text as its readers know it.

    key: by which remarks name the field; text: its words; html: sanitised, where the field holds
    paragraphs, headings and lists that a remark may stand at; held: the numbers of the files that
    it names, since two may have one name.
    """

    key: str
    label: str
    text: str
    html: str = ""
    held: tuple[int, ...] = ()


@dataclass(frozen=True)
class Given:
    """What a text gives to one of another kind or space that is made from it.

    html: sanitised, of a kind that is one text; files: the numbers of those listed under it;
    file: of the one that it is, as a document.
    """

    title: str
    language: str
    summary: str = ""
    html: str = ""
    files: tuple[int, ...] = ()
    cover: int | None = None
    cover_alt: str = ""
    file: int | None = None


@dataclass
class Kind:
    """A kind of content. A room subclasses this and registers one instance.

    name: as in `Content.kind`; model: its Revision subclass; endpoint: the page that shows it,
    taking `address`; label: the plural for filters, translated when shown; icon: Phosphor name.
    """

    name: str
    model: type[Revision]
    endpoint: str
    label: Any
    icon: str
    in_feeds = True  # whether feeds of spaces and the home page show its items
    can_be_pinned = False  # kept at the head of a space's list
    can_end = False  # its editors say until when it is shown
    takes_comments = False  # whether its readers comment on it
    comments_take_files = False  # whether they put files to their comments
    is_talk = False  # whether its comments are the point of it: they are called replies then
    # Whether who may write its texts puts them before their readers too, as in any wiki; see
    # `content.policy` for where.
    contributors_release = False
    is_made_from_others = False  # whether `takes` is there
    gives_to_others = False  # whether `gives` is
    # What of `words` stands on its sheet for the notice board; None: it has no sheet.
    board: ClassVar[tuple[str, ...] | None] = None
    one = _l("a text")  # one of its items, in the middle of a sentence
    on_boards = False  # whether editorial boards plan its items and show where they stand
    needs_file = False  # whether none of its items begins without a file

    @property
    def index(self) -> str:
        """The endpoint of the kind's own list."""
        return self.endpoint.rpartition(".")[0] + ".index"

    def begins_in(self, home: Space | Place) -> bool:
        """Whether its items are written in a space, whoever asks."""
        return True

    def begin(
        self,
        home: Space,
        title: str,
        text: str,
        *,
        by: Viewer,
        language: str,
        file: Any = None,
    ) -> Revision:
        """A new draft of an item, of what was planned elsewhere. Called within a service.

        text: plain, as far as the kind has room for it; file: an upload of `by`'s own, of a kind
        that needs one. Raises Refused at `title`, `space` or `file`.
        """
        raise NotImplementedError

    def copy(self, base: Any) -> Any:
        """A new draft with the kind's own fields of a released text."""
        raise NotImplementedError

    def copied(self, base: Any, draft: Any) -> None:
        """What else a new draft takes over once it has a number, such as attachments."""

    def check(self, revision: Any) -> None:
        """Raise Refused at the field that keeps a text from its readers."""

    def cover(self, revision: Any) -> int | None:
        """The file of the picture that lists show."""
        return None

    def body(self, revision: Any) -> str:
        """What it says, as sanitised HTML, of a kind that is one text: mails hold short ones."""
        return ""

    def words(self, revision: Any) -> list[Words]:
        """Every field that is written or chosen, in the order of the form: what reviewers,
        authors and editors read and compare."""
        return [
            Words("title", _("Title"), revision.title),
            Words("summary", _("In one or two sentences"), revision.summary),
        ]

    def more_words(self, revision: Any) -> list[Words]:
        """What takes long to fetch and only its versions are compared by, such as a file's text."""
        return []

    def go_back_page(self, revision: Revision) -> str:
        """The path that takes an item back to an earlier text of it, by a POST."""
        return link("review.restore", revision_id=revision.id)

    def goes_back_at_once(self, item: Content, by: Viewer) -> bool:
        """Whether going back publishes the earlier text, and does not only draft it."""
        return False

    def work_page(self, revision: Revision) -> str:
        """The path on which a text at work is gone on with."""
        return link(f"{self.endpoint.partition('.')[0]}.edit", content_id=revision.content_id)

    def review_page(self, revision: Revision) -> str:
        """The path on which a text in review is judged."""
        return link(f"{self.endpoint.partition('.')[0]}.review", content_id=revision.content_id)

    def gives(self, revision: Any) -> Given | None:
        """What others are made from; None: nothing is made from this kind."""
        return None

    def takes(self, space: Space, given: Given, *, by: Viewer) -> Revision:
        """A draft of a new item in a space from what another text gave; the files are the
        viewer's own."""
        raise NotImplementedError

    def takes_again(self, item: Content, given: Given, *, by: Viewer) -> Revision:
        """A draft over an item from what the text that it was made from gives now. A text at work
        steps back for it."""
        raise NotImplementedError

    def released(self, revision: Any, by: Viewer) -> None:
        """What follows a release by somebody, in the same transaction."""

    def commented(self, item: Content) -> None:
        """What follows a comment on an item, its change or its hiding, in the same transaction."""

    def listeners(self, item: Content, space_id: int) -> tuple[set[int], set[int]]:
        """Who, beside its owner, is told of each comment on an item in a space, and who of none
        that neither names nor answers her."""
        return set(), set()


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def names() -> list[str]:
    """Every kind that a room registered."""
    return list(_kinds)


def of(name: str) -> Kind:
    return _kinds[name]


def unfed_kinds() -> list[str]:
    """The kinds that feeds leave out, bound as `:unfed`.

    Left out and not let in: a list of kinds would lead SQLite to sort all of their items.
    """
    return [kind.name for kind in _kinds.values() if not kind.in_feeds]


def fetch_item(kind: str, content_id: int, action: Action = Action.READ) -> Content:
    """An item of one kind on which the viewer may do this; of another kind it does not exist."""
    item = fetch(Content, content_id, action)
    if item.kind != kind:
        raise NotFound
    return item


def number_in(address: str) -> int:
    """The item's number at the end of an address such as `novini-12`. Raises NotFound."""
    ident = address.rpartition("-")[2]
    if not ident.isdecimal() or len(ident) > 9:
        raise NotFound
    return int(ident)
