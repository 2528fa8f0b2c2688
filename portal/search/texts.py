"""What kinds of content share in the search box: a room subclasses `ContentSearch`, and
`TextSearch` where its texts are written in the portal.

Readers, feeds and the index use the released texts; insiders find the draft of what was never
released.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Row, and_, bindparam, func, select

from portal.access import Viewer
from portal.accounts.models import User
from portal.audit.models import Change
from portal.content.listing import Item, items_with_places, with_places
from portal.content.models import RELEASED, Content, ContentTopic, Life, Revision, State, Topic
from portal.content.policy import policy
from portal.content.queries import params
from portal.files.models import Attachment, File, FilePage, FileReading
from portal.kernel.database import db, rows
from portal.kernel.i18n import _, language
from portal.search import written
from portal.search.language import BORDER
from portal.search.protocol import SearchDocument, Shown, apart

# Begins a tag that is a topic; its name depends on the reader's language. Commas part the tags
# that people write, so none of theirs begins so.
TOPIC = "topic,"
PASSAGE_MAX = 20_000  # characters of a page that a passage is cut from
Page = tuple[int, int]  # a file and a number in it
T = TypeVar("T", Revision, Row[Any])

_NEWEST = select(func.max(Change.id)).scalar_subquery()
_SHOWN = with_places(
    and_(Content.id.in_(bindparam("ids", expanding=True)), policy.readable)
).add_columns(_NEWEST.label("newest"))
_HELD = Attachment.revision_id.in_(bindparam("revisions", expanding=True))
_OF_ROLE = Attachment.role.in_(bindparam("roles", expanding=True))
_TEXTS = select(
    Revision.id,
    Revision.content_id,
    Revision.language,
    Revision.state,
    Revision.number,
    Revision.saves,
    Revision.changed_at,
    Revision.title,
    Revision.summary,
).where(Revision.content_id.in_(bindparam("ids", expanding=True)))
# The pages of the files of texts, in the order that the index counts them in.
_PAGES = (
    select(Attachment.revision_id, Attachment.role, FilePage.file_id, FilePage.number)
    .join(FilePage, FilePage.file_id == Attachment.file_id)
    .where(_HELD, _OF_ROLE)
    .order_by(FilePage.file_id, FilePage.number)
)
_PAGE_TEXTS = _PAGES.add_columns(FilePage.text)
_FILES = (
    select(File.id, File.name)
    .join(Attachment, Attachment.file_id == File.id)
    .where(_HELD, _OF_ROLE)
    .order_by(File.id)
)
_SHOWN_PAGES = (
    select(
        FilePage.file_id,
        FilePage.number,
        FilePage.text,
        File.name,
        FileReading.pages,
        FileReading.is_paged,
    )
    .join(File, File.id == FilePage.file_id)
    .join(FileReading, FileReading.file_id == FilePage.file_id)
    .where(
        FilePage.file_id.in_(bindparam("files", expanding=True)),
        FilePage.number.in_(bindparam("numbers", expanding=True)),
    )
)


def readable(ids: Sequence[int], viewer: Viewer) -> list[Item]:
    """Those of the items, of any kind, that the viewer may read: the policy's word on hits."""
    return readable_now(ids, viewer)[0]


def readable_now(ids: Sequence[int], viewer: Viewer) -> tuple[list[Item], int]:
    """The same with the number of the newest change at that moment."""
    found = rows(_SHOWN, params(viewer, ids=list(ids)))
    return items_with_places(found), found[0].newest or 0 if found else 0


class ContentSearch:
    """A source of items of one kind of content; kind, label, icon: see `protocol.Source`."""

    kind: str
    label: Any
    icon: str

    def show_items(self, found: Sequence[Item], pages: Mapping[int, int]) -> dict[int, Shown]:
        """Readable items of this kind as hits. pages: see `protocol.Source.show`."""
        raise NotImplementedError

    def show(
        self, item_ids: Sequence[int], viewer: Viewer, pages: Mapping[int, int]
    ) -> dict[int, Shown]:
        found = [item for item in readable(item_ids, viewer) if item.kind == self.kind]
        return self.show_items(found, pages)

    def ids(self) -> Iterator[int]:
        kept = select(Content.id).where(Content.kind == self.kind, Content.life != Life.TRASHED)
        yield from db.session.scalars(kept)


class TextSearch(ContentSearch):
    """Items whose texts are written in the portal, with files under them.

    model: the kind's Revision; `columns`: those of its own that `words` needs.
    role: of the attachments whose pages are found too.
    """

    model: type[Revision]
    columns: Sequence[Any] = ()
    role: str

    def words(self, text: Any) -> str:
        """The text that follows a summary; of a revision or of whatever has `columns`."""
        raise NotImplementedError

    def names(self, item: Content, texts: Sequence[Any]) -> list[str]:
        """What else an item is found by, beside its topics and the names of its files."""
        return []

    def owners(self, texts: Sequence[Any]) -> tuple[int, int]:
        """The organisation and the person that readers are told a text is by; 0: nobody."""
        author = db.session.get_one(User, texts[0].author_id)
        return author.organisation_id, author.id

    def facts(self, item: Item, text: Row[Any]) -> tuple[str, ...]:
        """The meta line of a hit."""
        return (item.space_name,) if item.space_name else ()

    def document(self, item_id: int) -> SearchDocument | None:
        item = db.session.get(Content, item_id)
        if item is None or item.kind != self.kind or item.life == Life.TRASHED:
            return None
        texts = self._current(item)
        if not texts:
            return None
        held = {"revisions": [text.id for text in texts], "roles": [self.role]}
        read = {(row.file_id, row.number): begun(row) for row in rows(_PAGE_TEXTS, held)}
        files = dict.fromkeys(row.name.replace("_", " ") for row in rows(_FILES, held))
        topics = _topics(item)
        organisation, author = self.owners(texts)
        return SearchDocument(
            kind=self.kind,
            item_id=item.id,
            title=apart(dict.fromkeys(text.title for text in texts)),
            text=apart(each for text in texts for each in (text.summary, self.words(text))),
            audience=policy.audience(item),
            spaces=frozenset(place.space_id for place in item.placements),
            date=item.visible_from or item.changed_at,
            visible_from=item.visible_from,
            visible_until=item.visible_until,
            language=texts[0].language,
            names=apart(
                [
                    *(n for each in topics for n in (each.name_bg, each.name_en)),
                    *files,
                    *self.names(item, texts),
                ]
            ),
            pages=list(read.values()),
            organisation=organisation,
            author=author,
            tags=frozenset(f"{TOPIC}{each.id}" for each in topics),
        )

    def show_items(self, found: Sequence[Item], pages: Mapping[int, int]) -> dict[int, Shown]:
        return show_texts(found, pages, {self.kind: self})

    def completed(
        self, shown: dict[int, Shown], viewer: Viewer, pages: Mapping[int, int]
    ) -> dict[int, Shown]:
        """What hits of this kind show beside their texts and files, as the viewer may read it."""
        return shown

    def _current(self, item: Content) -> list[Revision]:
        """What of an item is searched."""
        texts = db.session.scalars(
            select(self.model)
            .where(self.model.content_id == item.id)
            .order_by(self.model.language, self.model.number.desc())
        )
        return searched(list(texts))


def show_texts(
    found: Sequence[Item], pages: Mapping[int, int], sources: Mapping[str, TextSearch]
) -> dict[int, Shown]:
    """Readable items of several kinds as hits, by number: one statement for all their texts, one
    for the words of those that this process did not show lately."""
    texts = _texts([item.id for item in found])
    asked = {item.id: sources[item.kind].role for item in found if pages.get(item.id)}
    answers = _answers(texts, {ident: pages[ident] for ident in asked if ident in texts}, asked)
    best = {ident: _best(each) for ident, each in texts.items()}
    whole = written.in_full(
        [(sources[item.kind], best[item.id]) for item in found
         if item.id in best and item.id not in answers]
    )  # fmt: skip
    shown = {}
    for item in found:
        if item.id not in texts:
            continue
        text, answer = best[item.id], answers.get(item.id)
        shown[item.id] = Shown(
            kind=item.kind,
            item_id=item.id,
            title=text.title,
            url=f"{item.url}#file{answer.file_id}" if answer else item.url,
            text=passage_of(answer) if answer else whole[text.id],
            place=place_of(answer) if answer else "",
            facts=sources[item.kind].facts(item, text),
            date=item.visible_from,
        )
    return shown


def _texts(ids: list[int]) -> dict[int, list[Row[Any]]]:
    """The texts of each item, as the index has them."""
    of: dict[int, list[Row[Any]]] = {}
    for row in rows(_TEXTS, {"ids": ids}) if ids else ():
        of.setdefault(row.content_id, []).append(row)
    for texts in of.values():
        texts.sort(key=lambda text: (text.language, -text.number))
    return {ident: searched(texts) for ident, texts in of.items()}


def searched(texts: list[T]) -> list[T]:
    """The released texts of an item, Bulgarian first; before the first release its draft.

    One in review goes first: its reviewers may read that text, and no other language's draft.
    """
    released = [text for text in texts if text.state in RELEASED]
    in_review = [text for text in texts if text.state == State.IN_REVIEW]
    return released or in_review or texts[:1]


def _topics(item: Content) -> Sequence[Topic]:
    return db.session.scalars(
        select(Topic)
        .join(ContentTopic, ContentTopic.topic_id == Topic.id)
        .where(ContentTopic.content_id == item.id)
        .order_by(Topic.id)
    ).all()


def _best(texts: list[Row[Any]]) -> Row[Any]:
    """What is shown: in the reader's language if there is such a text."""
    return max(texts, key=lambda text: (text.language == language(), text.number))


def _answers(
    texts: dict[int, list[Row[Any]]], asked: Mapping[int, int], roles: Mapping[int, str]
) -> dict[int, Row[Any]]:
    """The page of a file that answers, for the items where one is asked for and there.

    roles: of the attachments of each item whose pages count.
    """
    if not asked:
        return {}
    of_text = {text.id: ident for ident in asked for text in texts[ident]}
    counted: dict[int, dict[Page, None]] = {}
    for row in rows(_PAGES, {"revisions": list(of_text), "roles": sorted({*roles.values()})}):
        ident = of_text[row.revision_id]
        if row.role == roles[ident]:
            counted.setdefault(ident, {})[row.file_id, row.number] = None
    wanted = {
        ident: list(counted[ident])[number - 1]
        for ident, number in asked.items()
        if number <= len(counted.get(ident, ()))
    }
    by_page = file_pages(wanted.values())
    return {ident: by_page[page] for ident, page in wanted.items() if page in by_page}


def file_pages(wanted: Collection[Page]) -> dict[Page, Row[Any]]:
    """Pages of files that the policy let the viewer read, with the names of the files."""
    if not wanted:
        return {}
    files, numbers = map(list, map(set, zip(*wanted, strict=True)))
    found = rows(_SHOWN_PAGES, {"files": files, "numbers": numbers})
    return {(row.file_id, row.number): row for row in found}


def begun(page: Row[Any]) -> str:
    """A page's text for the index, where each file begins apart from what is before it."""
    return str(page.text) if page.number > 1 else BORDER + page.text


def passage_of(answer: Row[Any]) -> str:
    return str(answer.text[:PASSAGE_MAX]).replace("\n", " ")


def place_of(answer: Row[Any]) -> str:
    """Which page of which file it is, for a hit."""
    if answer.is_paged and answer.pages > 1:
        return _("%(file)s, page %(n)s", file=answer.name, n=answer.number)
    return str(answer.name)
