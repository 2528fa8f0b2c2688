"""A text laid out for those who judge it or mend it: its fields and passages, what changed, what
was said of it, and room to write."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from portal.access import current_viewer
from portal.content import comparing, kinds, linking
from portal.content import services as content
from portal.content.comparing import Change
from portal.content.models import Decision, Revision
from portal.content.services import Said
from portal.kernel.i18n import _
from portal.kernel.text import CONTROLS
from portal.review.passages import cut, without_pictures
from portal.review.queries import Word, spoken

AT = "at_"  # before a box's name: its control in a form


@dataclass
class Box:
    """Where a remark may stand: a whole field, or a passage that begins with `quote`."""

    name: str  # its anchor; with AT before it, its control
    field: str
    label: str
    quote: str = ""
    typed: str = ""
    fault: str = ""
    remarks: list[Word] = dataclasses.field(default_factory=list)

    @property
    def title(self) -> str:
        """How its readers know it: by the first words of its passage, else by its field."""
        return linking.in_words(self.quote) or self.label


@dataclass
class Part:
    """A field as it stands: in pieces with a box after each passage, or whole with one box."""

    key: str
    label: str
    text: str
    box: Box
    pieces: list[Markup | Box]
    change: Change | None


class Noted(NamedTuple):
    """A remark in a list beside the text. anchor: of its passage; "" when that is not there."""

    label: str
    word: Word
    anchor: str

    @property
    def quote(self) -> str:
        """The first words of its passage as they are read."""
        return linking.in_words(self.word.quote)


class Sheet:
    """One text. form: what was typed into the boxes of its page, to be read and shown again.

    is_signed_in: whether its reader is, so that pictures open to her and links say titles that
    she may read.
    """

    def __init__(
        self, text: Revision, form: Mapping[str, str] | None = None, *, is_signed_in: bool = True
    ) -> None:
        self.text = text
        self._is_signed_in = is_signed_in
        self.spoken = spoken(text)
        self.live = _live(text)
        reader = current_viewer() if is_signed_in else None
        self.changes = comparing.changes(self.live, text, reader) if self.live else []
        self._form = form or {}
        self._left = {key: list(words) for key, words in self.spoken.at.items()}
        changed = {change.key: change for change in self.changes}
        self.parts = [
            self._part(words, changed.get(words.key)) for words in kinds.of(text.kind).words(text)
        ]
        self._judge()

    def __getitem__(self, key: str) -> Part:
        """The part of a field, by its key."""
        return next(part for part in self.parts if part.key == key)

    @property
    def boxes(self) -> Iterator[Box]:
        for part in self.parts:
            found = [piece for piece in part.pieces if isinstance(piece, Box)]
            yield from found or [part.box]

    @property
    def said(self) -> list[Said]:
        """What was typed, for the service that returns the text."""
        return [Said(box.field, box.quote, box.typed) for box in self.boxes if box.typed]

    @property
    def is_faulty(self) -> bool:
        return any(box.fault for box in self.boxes)

    @property
    def noted(self) -> list[Noted]:
        """Every remark at a field or a passage, in the order of the text; those whose passage is
        not there any more stand at the end with its words."""
        found = [Noted(box.label, word, box.name) for box in self.boxes for word in box.remarks]
        labels = {part.key: part.label for part in self.parts}
        lost = [
            Noted(labels.get(key, ""), word, "")
            for key, words in self._left.items()
            for word in words
        ]
        return found + lost

    def _part(self, words: kinds.Words, change: Change | None) -> Part:
        whole = Box(words.key, words.key, words.label)
        pieces: list[Markup | Box] = []
        titled = (
            linking.writing_of(words.html, current_viewer())
            if self._is_signed_in
            else linking.for_anybody
        )
        for piece in cut(words.html) if words.html else ():
            if isinstance(piece, Markup):
                shown = Markup(titled(piece))  # sanitised when it was saved
                pieces.append(shown if self._is_signed_in else without_pictures(shown))
            else:
                name = f"{words.key}-{sum(isinstance(each, Box) for each in pieces) + 1}"
                box = Box(name, words.key, words.label, piece.quote)
                pieces.append(self._filled(box))
        return Part(words.key, words.label, words.text, self._filled(whole), pieces, change)

    def _filled(self, box: Box) -> Box:
        """A box with what was said there; each remark stands at one passage only."""
        left = self._left.get(box.field, [])
        box.remarks = [word for word in left if word.quote == box.quote or not box.quote]
        if box.quote:
            self._left[box.field] = [word for word in left if word not in box.remarks]
        box.typed = self._form.get(AT + box.name, "").translate(CONTROLS).strip()
        return box

    def _judge(self) -> None:
        """Tell which words are too long, and which remarks have found their field."""
        for box in self.boxes:
            if len(box.typed) > Decision.REMARK_MAX:
                box.fault = _("At most %(n)s characters, please.", n=Decision.REMARK_MAX)
            if not box.quote:
                self._left.pop(box.field, None)


def _live(text: Revision) -> Revision | None:
    """The text that readers see in this language, when it is another one."""
    live = content.released_revision(text.content, text.language)
    return live if live is not None and live.id != text.id else None
