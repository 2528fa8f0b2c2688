"""The questions on a practice and their answers, as a reader may see them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from portal.access import Role, Viewer
from portal.accounts.models import Organisation, User
from portal.accounts.queries import named, reader_name
from portal.content.models import RELEASED, Content, Placement
from portal.content.policy import policy as content_policy
from portal.content.policy import visible_now
from portal.content.queries import params
from portal.kernel.database import rows
from portal.kernel.i18n import language
from portal.practices.models import Answer, Practice, PracticeRevision, Question
from portal.practices.question_policy import AnswerPolicy
from portal.practices.question_policy import policy as question_policy
from portal.spaces.models import Space


@dataclass
class Word:
    """A question or an answer, with who wrote it."""

    id: int
    at: datetime
    text: str
    name: str
    organisation: str
    by: int
    is_mine: bool
    is_hidden: bool
    from_owner: bool = False  # whether somebody of the practice's organisation wrote it


@dataclass
class Asked(Word):
    """A question with its answers. `place`: the space whose readers see it."""

    place: str = ""
    may_hide: bool = False
    answers: list[Word] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a word of somebody else."""
        return not any(not (each.is_hidden or each.by == self.by) for each in self.answers)

    @property
    def may_take_back(self) -> bool:
        return self.is_mine and not self.answers


@dataclass
class Typed:
    """What was typed and refused: 0 for a question, else the number of the question answered."""

    about: int
    text: str
    fault: str
    space: int = 0


@dataclass
class Questions:
    """The part «questions and answers» of a practice's page."""

    content_id: int
    question_max = Question.TEXT_MAX
    answer_max = Answer.TEXT_MAX
    contact: str = ""  # who promised to answer
    places: list[tuple[int, str]] = field(default_factory=list)  # where the viewer may ask
    asked: list[Asked] = field(default_factory=list)
    typed: Typed | None = None

    @property
    def is_in_many(self) -> bool:
        """Whether the questions shown were written in more than one space."""
        return len({each.place for each in self.asked}) > 1

    def typed_for(self, about: int) -> Typed | None:
        return self.typed if self.typed and self.typed.about == about else None


# ── The places of a practice, and who will answer ───────────────────────

_CONTACT = (
    select(PracticeRevision.record["contact"].as_integer())
    .where(PracticeRevision.content_id == Content.id, PracticeRevision.state.in_(RELEASED))
    .order_by(PracticeRevision.language)
    .limit(1)
    .correlate(Content)
    .scalar_subquery()
)
_names = (User.given, User.family, User.given_latin, User.family_latin)
_PLACES = (
    select(
        Space.id,
        Space.name_bg,
        Space.name_en,
        Space.archived_at,
        visible_now().label("is_shown"),
        *_names,
    )
    .select_from(Content)
    .join(Placement, Placement.content_id == Content.id)
    .join(Space, Space.id == Placement.space_id)
    .outerjoin(User, and_(User.id == _CONTACT, User.retired_at.is_(None)))
    .where(Content.id == bindparam("id"), content_policy.readable)
    .order_by(Placement.is_home, Space.name_bg)  # where more people read it comes first
)

# ── Questions with their answers: one row an answer ─────────────────────

_answerer, _answerers = aliased(User), aliased(Organisation)
_ASKED = (
    select(
        Question.id,
        Question.at,
        Question.text,
        Question.by_id,
        Question.hidden_at,
        Question.space_id,
        Content.home_id,
        Space.name_bg.label("place_bg"),
        Space.name_en.label("place_en"),
        *_names,
        User.organisation_id,
        Organisation.name_bg,
        Organisation.name_en,
        Practice.organisation_id.label("owner_id"),
        Answer.id.label("answer_id"),
        Answer.at.label("answer_at"),
        Answer.text.label("answer_text"),
        Answer.by_id.label("answer_by"),
        Answer.hidden_at.label("answer_hidden"),
        _answerer.given.label("answer_given"),
        _answerer.family.label("answer_family"),
        _answerer.given_latin.label("answer_given_latin"),
        _answerer.family_latin.label("answer_family_latin"),
        _answerer.organisation_id.label("answer_organisation"),
        _answerers.name_bg.label("answer_org_bg"),
        _answerers.name_en.label("answer_org_en"),
    )
    .select_from(Question)
    .join(Content, Content.id == Question.content_id)
    .join(Space, Space.id == Question.space_id)
    .join(User, User.id == Question.by_id)
    .join(Organisation, Organisation.id == User.organisation_id)
    .outerjoin(Practice, Practice.content_id == Content.id)
    .outerjoin(Answer, and_(Answer.question_id == Question.id, AnswerPolicy.unhidden))
    .outerjoin(_answerer, _answerer.id == Answer.by_id)
    .outerjoin(_answerers, _answerers.id == _answerer.organisation_id)
    .where(Question.content_id == bindparam("id"), question_policy.readable)
    .order_by(Question.id.desc(), Answer.id)
)


def on(item: Any, viewer: Viewer) -> Questions:
    """What a reader sees of a practice's questions. item: anything with its `id`. Two statements.

    Nothing but an empty list for whoever may not read the practice.
    """
    values = params(viewer, id=item.id)
    found = Questions(item.id)
    for row in rows(_PLACES, values):
        if row.given is not None:
            found.contact = reader_name(row)
        if row.is_shown and viewer.role_in(row.id) and row.archived_at is None:
            found.places.append((row.id, named(row)))
    for row in rows(_ASKED, values):
        if not found.asked or found.asked[-1].id != row.id:
            found.asked.append(_question(row, viewer))
        if row.answer_id is not None:
            found.asked[-1].answers.append(_answer(row, viewer))
    return found


def _question(row: Row[Any], viewer: Viewer) -> Asked:
    return Asked(
        id=row.id,
        at=row.at,
        text=row.text,
        name=reader_name(row),
        organisation=named(row),
        by=row.by_id,
        is_mine=row.by_id == viewer.user_id,
        is_hidden=row.hidden_at is not None,
        from_owner=row.organisation_id == row.owner_id,
        place=_in_language(row.place_bg, row.place_en),
        may_hide=max(viewer.role_in(row.home_id), viewer.role_in(row.space_id)) >= Role.EDITOR,
    )


def _answer(row: Row[Any], viewer: Viewer) -> Word:
    return Word(
        id=row.answer_id,
        at=row.answer_at,
        text=row.answer_text,
        name=_in_language(
            f"{row.answer_given} {row.answer_family}",
            f"{row.answer_given_latin} {row.answer_family_latin}".strip(),
        ),
        organisation=_in_language(row.answer_org_bg, row.answer_org_en),
        by=row.answer_by,
        is_mine=row.answer_by == viewer.user_id,
        is_hidden=row.answer_hidden is not None,
        from_owner=row.answer_organisation == row.owner_id,
    )


def _in_language(bulgarian: str, english: str) -> str:
    return (language() == "en" and english) or bulgarian


# ── What waits for an organisation's answer ─────────────────────────────

_OPEN = (
    select(
        Question.id,
        Question.at,
        Question.content_id,
        Content.title,
        Content.title_en,
        func.substr(Question.text, 1, 200).label("text"),
    )
    .join(Content, Content.id == Question.content_id)
    .join(Practice, Practice.content_id == Content.id)
    .where(
        Practice.organisation_id == bindparam("viewer_org"),
        Question.hidden_at.is_(None),
        question_policy.readable,
        question_policy.writes,
        visible_now(),
        ~exists(
            select(Answer.id)
            .where(
                Answer.question_id == Question.id,
                Answer.hidden_at.is_(None),
                Answer.by_id != Question.by_id,
            )
            .correlate(Question)
        ),
    )
    .order_by(Question.id)
    .limit(50)
)


def open_for(viewer: Viewer) -> Sequence[Row[Any]]:
    """Unanswered questions on the practices of the viewer's organisation that she writes on.

    The longest waiting first, 50 at most: id, at, text, content_id, title, title_en; a page is
    link("practices.questions", content_id=…) + "#question-<id>". One statement.
    """
    return rows(_OPEN, params(viewer))
