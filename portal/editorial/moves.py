"""Moving a card: each move is a step of the content's own, with its rules and refusals.

A card is known by a key (an idea, a text at work, a released item) and carries a seal of how it
stood when it was shown. Whoever moves one that stands otherwise by now is told so; nothing is lost.
"""

from datetime import datetime
from typing import Any

from portal.access import Action, Viewer, may
from portal.content import scheduling
from portal.content import services as content
from portal.content.models import OPEN, Content, Life, Revision, State
from portal.editorial import services
from portal.editorial.models import Idea
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _, _l
from portal.kernel.links import number
from portal.kernel.transaction import transaction
from portal.spaces.models import Space

STAGES = {
    "idea": _l("Ideas"),
    "draft": _l("Drafts"),
    "review": _l("In review"),
    "scheduled": _l("Scheduled"),
    "published": _l("Published"),
}
Card = Idea | Revision | Content
_MODELS: dict[str, type[Idea] | type[Revision] | type[Content]] = {
    "idea": Idea,
    "text": Revision,
    "item": Content,
}


class Gone(Stale):
    """There is no such card for the viewer: it was thrown away, or never was hers to see."""


def find(key: str, by: Viewer) -> Card:
    """The idea, text or item of a card. Raises Gone, the same for what is missing and secret."""
    name, _dash, typed = key.partition("-")
    model = _MODELS.get(name)
    try:
        card: Any = db.session.get(model, number(typed)) if model is not None else None
    except ValueError:
        raise Gone from None
    if card is None or not may(by, Action.READ, card):
        raise Gone
    found: Card = card
    return found


def key_of(card: Card) -> str:
    name = next(name for name, model in _MODELS.items() if isinstance(card, model))
    return f"{name}-{card.id}"


def seal_of(card: Card) -> str:
    """What a card carries to see whether somebody moved or changed it meanwhile."""
    match card:
        case Idea():
            return seal_of_idea(card.saves, card.begun_at)
        case Revision():
            return seal_of_text(card.saves, card.state)
        case Content():
            return seal_of_item(card.visible_from, card.life)


def seal_of_idea(saves: int, begun_at: datetime | None = None) -> str:
    return f"{saves}-begun" if begun_at else str(saves)


def seal_of_text(saves: int, state: str) -> str:
    return f"{saves}-{State(state).value}"


def seal_of_item(visible_from: datetime | None, life: str = Life.PUBLISHED) -> str:
    return f"{visible_from.isoformat() if visible_from else ''}-{Life(life).value}"


def stage_of(card: Card) -> str:
    """The column in which it stands; "" when it stands in none."""
    match card:
        case Idea():
            return "" if card.begun_at else "idea"
        case Revision() if card.state in OPEN:
            return "review" if card.state == State.IN_REVIEW else "draft"
        case Revision():
            return stage_of(card.content) if card.state != State.SUPERSEDED else ""
        case Content() if card.life != Life.PUBLISHED or card.visible_from is None:
            return ""
        case Content():
            return "scheduled" if card.visible_from > clock.now() else "published"


@transaction
def move(key: str, seal: str, to: str, *, by: Viewer) -> str:
    """Move a card to another column; its key there. What needs a time is `set_time`'s.

    Raises Stale (or Gone), or Refused with the words for whoever moved it.
    """
    card = find(key, by)
    if seal != seal_of(card):
        raise Stale(card)
    here = stage_of(card)
    if to == here:
        return key
    if to == "idea":
        raise Refused("", _("A text does not become an idea again."))
    match card:
        case Idea():
            return key_of(_begin(card, to, by))
        case Revision():
            _move_text(card, here, to, by)
            return key if to in ("draft", "review") else key_of(card.content)
        case Content():
            _move_item(card, here, to, by)
            return key


def is_ready(idea: Idea, by: Viewer) -> bool:
    """Whether an idea says all that its text needs to begin, and the viewer may begin it."""
    space = db.session.get(Space, idea.target_id) if idea.target_id else None
    if space is None or idea.kind not in services.board_kinds():
        return False
    kind = services.planned_kind(idea.kind)
    begins = not kind.needs_file and kind.begins_in(space)
    return begins and may(by, Action.CREATE, space)


def _begin(idea: Idea, to: str, by: Viewer) -> Revision:
    if to != "draft":
        raise Refused("", _("An idea becomes a draft first. Move it to “Drafts”."))
    if not is_ready(idea, by):
        raise Refused("", _("Choose what it is to be and where, then begin the draft."))
    home = db.session.get_one(Space, idea.target_id)
    return services.begin(idea, idea.saves, home, by=by, kind=idea.kind)


def _move_text(text: Revision, here: str, to: str, by: Viewer) -> None:
    match here, to:
        case "draft", "review":
            content.submit(text, text.saves, by=by)
        case "review", "draft":
            if not may(by, Action.EDIT, text):
                words = _("Return it with a remark on its own page: its author must know why.")
                raise Refused("", words)
            content.withdraw(text, by=by)
        case "draft", "published":
            _publish(text, by)
        case "review", "published" | "scheduled":
            _approve(text, to, by)
        case "draft", "scheduled":
            raise Refused("at", _("Say when it is to open."))
        case _:
            _move_item(text.content, here, to, by)


def _publish(text: Revision, by: Viewer) -> None:
    if not may(by, Action.RELEASE, text.content):
        raise Refused("", _("An editor of the space publishes it. Send it for review."))
    if text.wanted_from is not None and text.wanted_from > clock.now():
        _want(text, None, by)  # published is now, whatever was planned
    content.release(text, text.saves, by=by)


def _approve(text: Revision, to: str, by: Viewer) -> None:
    if not may(by, Action.REVIEW, text.content):
        raise Refused("", _("Somebody who reviews the texts of this space must approve it."))
    waits = text.wanted_from is not None and text.wanted_from > clock.now()
    if waits and to == "published":
        words = _("It asks to open later. Move it to “Scheduled”, or take it back and change that.")
        raise Refused("", words)
    if not waits and to == "scheduled":
        words = _("It asks for no later time. Move it to “Published”, or take it back and set one.")
        raise Refused("", words)
    content.approve(text, text.saves, by=by)


def _move_item(item: Content, here: str, to: str, by: Viewer) -> None:
    if here == "scheduled" and to == "published":
        _may_release(item, by)
        scheduling.reschedule(item, item.visible_from, clock.now(), by=by)
    elif here == "scheduled":
        words = _(
            "It is released and opens by itself. Change its time, or go on with a new draft on "
            "its page."
        )
        raise Refused("", words)
    else:
        words = _("Its readers see it already. To change it, begin a new draft on its page.")
        raise Refused("", words)


def _may_release(item: Content, by: Viewer) -> None:
    if not may(by, Action.RELEASE, item):
        raise Refused("at", _("Only an editor of its space changes when it opens."))


@transaction
def set_time(key: str, seal: str, at: datetime, *, by: Viewer, send: bool = False) -> str:
    """Give a card its day and time; the key that it has then.

    send: move a draft on too, to its readers at that time or, where it must be, to review first.
    Raises Stale (or Gone), or Refused at `at`.
    """
    card = find(key, by)
    if seal != seal_of(card):
        raise Stale(card)
    if at <= clock.now() and not isinstance(card, Idea):
        raise Refused("at", _("This time is past. Choose a later one."))
    match card:
        case Idea():
            services.plan_for(card, card.saves, clock.local(at).date(), by=by)
        case Revision() if card.state in OPEN:
            return _time_text(card, at, by, send)
        case Revision():
            _time_item(card.content, at, by)
        case Content():
            _time_item(card, at, by)
    return key


def _time_text(text: Revision, at: datetime, by: Viewer, send: bool) -> str:
    if text.state == State.IN_REVIEW:
        raise Refused("at", _("It is in review, with the time it asks for. Take it back first."))
    if text.content.visible_from is not None and text.content.visible_from <= clock.now():
        words = _("Its readers see the item already: a new draft of it opens at once.")
        raise Refused("at", words)
    _want(text, at, by)
    if not send:
        return key_of(text)
    if may(by, Action.RELEASE, text.content) and not text.content.home.review_required:
        content.release(text, text.saves, by=by)
        return key_of(text.content)
    content.submit(text, text.saves, by=by)
    return key_of(text)


def _want(text: Revision, at: datetime | None, by: Viewer) -> None:
    content.save(text, text.saves, by=by, title=text.title, summary=text.summary, wanted_from=at)


def _time_item(item: Content, at: datetime, by: Viewer) -> None:
    _may_release(item, by)
    scheduling.reschedule(item, item.visible_from, at, by=by)
