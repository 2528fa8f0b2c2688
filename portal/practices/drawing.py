"""What the pages of the practice form show: a step, the meter, where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from portal.access import Action, Viewer, current_viewer, may
from portal.accounts.queries import named
from portal.content.models import Content, Life, State
from portal.content.queries import topics
from portal.kernel.links import link
from portal.kernel.text import excerpt
from portal.practices import controls, desk, services
from portal.practices import record as records
from portal.practices.cleaning import Faults, Record, is_empty
from portal.practices.models import PracticeRevision
from portal.practices.parts import Field, Step
from portal.practices.record import Missing
from portal.review import versions

CHECK = "check"  # the page after the last step


def to(draft: PracticeRevision, step: str, **more: Any) -> str:
    """The address of a step of a text, or of the page after the last one."""
    if step == CHECK:
        return link("practices.check", content_id=draft.content_id, language=draft.language)
    return link(
        "practices.edit", content_id=draft.content_id, step=step, language=draft.language, **more
    )


@dataclass(frozen=True)
class Standing:
    """A step in the navigation: how much of it is there."""

    key: str
    label: Any
    url: str
    done: int
    total: int
    is_ready: bool
    remarks: int
    is_current: bool


class Text:
    """A text at work with what every page of the form says of it."""

    def __init__(self, item: Content, draft: PracticeRevision, step: str) -> None:
        self.item, self.draft, self.step = item, draft, step
        self.failed = bool(draft.record.get("failed"))
        self.stored: Record = services.values_of(draft)
        self.complete = records.completeness(self.stored)
        self.returned = desk.returned(draft.id)

    @cached_property
    def other(self) -> PracticeRevision | None:
        """The same practice in the other language."""
        return services.shown_or_open(self.item, "en" if self.draft.language == "bg" else "bg")

    @property
    def is_translation(self) -> bool:
        return self.draft.language != self.stored.get("original") and self.other is not None

    @cached_property
    def original(self) -> Record:
        if not self.is_translation or self.other is None:
            return {}
        return services.values_of(self.other)

    def untranslated(self) -> list[dict[str, Any]]:
        """Texts that stand in the words of the original: label, step and address."""
        if not self.is_translation:
            return []
        same = records.untranslated(self.original, self.stored)
        return [
            {
                "label": each.label,
                "step": step.key,
                "url": ("" if step.key == self.step else to(self.draft, step.key)) + f"#{each.key}",
            }
            for step in records.steps(self.failed)
            for each in step.fields
            if each.key in same
        ]

    def standings(self) -> list[Standing]:
        found = []
        for step in records.steps(self.failed):
            counted = [each for each in step.fields if each.needed(self.failed) != "o"]
            lacking = {each.field.key for each in self.complete.missing if each.step == step}
            found.append(
                Standing(
                    step.key,
                    step.label,
                    to(self.draft, step.key),
                    sum(each.key not in lacking for each in counted),
                    len(counted),
                    not lacking,
                    self.returned.count(step) if self.returned else 0,
                    step.key == self.step,
                )
            )
        return found

    def address_of(self, missing: Missing) -> str:
        """Where what is missing is filled in."""
        if missing.step.key == self.step:
            return f"#{missing.key}"
        more = {"lacking": 1} if missing.need == "R" else {}
        return to(self.draft, missing.step.key, **more) + f"#{missing.key}"

    def values(self) -> dict[str, Any]:
        draft, home = self.draft, self.item.home
        return {
            "item": self.item,
            "draft": draft,
            "failed": self.failed,
            "complete": self.complete,
            "returned": self.returned,
            "steps": self.standings(),
            "check_url": to(draft, CHECK),
            "on_check": self.step == CHECK,
            "here": self.step,
            "address_of": self.address_of,
            "untranslated": self.untranslated(),
            "is_translation": self.is_translation,
            "other": self.other,
            "is_new": self.item.life == Life.UNPUBLISHED,
            "may_trash": may(current_viewer(), Action.TRASH, self.item),
            "space_name": named(home),  # type: ignore[arg-type]  # the same two columns
            "states": versions.names(),
        }


class Page(Text):
    """A step as its page shows it. typed: raw values over what is stored; faults: by control."""

    def __init__(
        self,
        item: Content,
        draft: PracticeRevision,
        part: Step,
        viewer: Viewer,
        typed: Mapping[str, Any] | None = None,
        faults: Faults | None = None,
        more: str = "",
    ) -> None:
        super().__init__(item, draft, part.key)
        self.part, self.viewer = part, viewer
        self.typed, self.faults, self.more = typed or {}, faults or {}, more
        self.strict = False

    def _drawing(self) -> controls.Drawing:
        fields = self.part.fields
        kinds = {each.kind for each in fields}
        drawn = controls.Drawing(
            self.part,
            self.stored,
            self.failed,
            missing=self.complete.missing,
            typed=self.typed,
            faults=self.faults,
            remarks=self.returned.at if self.returned else {},
            original=self._originals(),
            more=self.more,
            strict=self.strict,
        )
        if "topics" in kinds:
            drawn.topics = [(str(ident), name) for ident, _slug, name in topics()]
        if "person" in kinds:
            drawn.people = desk.people(self.viewer, self.stored)
        drawn.files = desk.files(self.viewer, self._file_ids(), self.item.id)
        return drawn

    def _originals(self) -> dict[str, str]:
        found = {}
        for each in self.part.fields:
            value = self.original.get(each.key)
            if controls.has_words(each) and not is_empty(value):
                found[each.key] = in_words(each, value)
        return found

    def _file_ids(self) -> list[int]:
        found = []
        for each in self.part.fields:
            if each.kind in ("files", "pictures"):
                rows = [*self.typed.get(each.key, ()), *(self.stored.get(each.key) or ())]
                idents = (str(row.get("file") or "") for row in rows)
                found += [int(one) for one in idents if one.isdecimal() and len(one) < 10]
        return found

    def lacks(self) -> dict[str, str]:
        """What begun fields of this step still lack, by the control's key."""
        return {
            each.key: each.words
            for each in self.complete.missing
            if each.step.key == self.part.key and not is_empty(self.stored.get(each.field.key))
        }

    def prints(self) -> dict[str, str]:
        return {each.key: controls.print_of(self.stored.get(each.key)) for each in self.part.fields}

    def values(self) -> dict[str, Any]:
        return {
            **super().values(),
            "part": self.part,
            "groups": controls.groups(self._drawing()),
            "seal": records.seal(self.part, self.stored),
            "faults": self._told(),
        }

    def _told(self) -> list[tuple[str, str, str]]:
        """Every fault with its control and the field's name, for the head of the page."""
        labels = {each.key: str(each.label) for each in self.part.fields}
        return [(key, labels[key.split("-")[0]], words) for key, words in self.faults.items()]


def in_words(each: Field, value: Any) -> str:
    """A field's value in words, a list in lines."""
    if each.columns:
        return "\n".join(filter(None, (records.row_words(each, row) for row in value)))
    return records.words_of(each, value)


def going_on(item: Content, draft: PracticeRevision) -> str:
    """The step where one goes on: at the first remark of who returned it, else at the first gap."""
    text = Text(item, draft, "")
    if draft.state == State.RETURNED:
        for standing in text.standings():
            if standing.remarks:
                return standing.key
    return text.complete.next_step or CHECK


BRIEF = 240  # characters of a long text on the page before sending


def in_brief(text: Text) -> list[tuple[Standing, list[tuple[str, str]]]]:
    """The record as readers will see it, step by step: labels and words, long ones shortened."""
    names = {ident: name for ident, _slug, name in topics()}
    found = []
    for standing, step in zip(text.standings(), records.steps(text.failed), strict=True):
        lines = []
        for each in step.fields:
            value: Any = text.stored.get(each.key)
            if is_empty(value):
                continue
            match each.kind:
                case "topics":
                    words = ", ".join(names.get(ident, "") for ident in value)
                case "person":
                    words = desk.person_name(value)
                case _:
                    words = in_words(each, value)
            short = words if each.columns else excerpt(words, BRIEF)
            lines.append((str(each.label), short))
        found.append((standing, lines))
    return found


def sent(item: Content, draft: PracticeRevision) -> dict[str, Any]:
    """Facts of the page of a practice that is with its reviewers."""
    text = Text(item, draft, CHECK)
    return {**text.values(), "reviewers": desk.reviewers(item.home)}


def beginning(item: Content) -> dict[str, Any]:
    """Facts of the page of a practice without a text at work."""
    tongues: Sequence[str] = ("bg", "en")
    there = {each: services.shown_or_open(item, each) for each in tongues}
    return {"item": item, "has": {each: found is not None for each, found in there.items()}}
