"""Which mails exist: each has a subject, templates of its name, and facts asked when it is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app

from portal.access.site import site
from portal.kernel import i18n
from portal.kernel.links import absolute
from portal.kernel.text import tidy
from portal.notify import unsubscribing

Gather = Callable[[dict[str, Any]], Mapping[str, Any]]


# What follows the sending, in the transaction that writes it down: the delivery's number, what
# was gathered.
Sent = Callable[[int, Mapping[str, Any]], None]


class Moot(Exception):
    """Raised by a mail's `gather` when there is nothing to tell any more; it is not sent."""


@dataclass(frozen=True)
class Kind:
    """A kind of mail. `gather` turns the delivery's stored facts (ids) into what is shown."""

    subject: Any  # translated when written; may use %(site)s and what `gather` returns
    gather: Gather
    sent: Sent | None = None
    template: str = ""


@dataclass(frozen=True)
class Written:
    """A mail in its receiver's language. values: what `gather` gave.

    stop: the address that stops such mails; empty where they cannot be stopped.
    """

    subject: str
    text: str
    html: str
    stop: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


_kinds: dict[str, Kind] = {}


def register(
    name: str,
    subject: Any,
    gather: Gather,
    sent: Sent | None = None,
    *,
    template: str = "",
) -> None:
    """Name a mail; its words stand in templates/mail/<name>.txt and .html, or of another name.

    gather: gets the facts of the delivery and `to`, the receiver's number. Beside what is shown
    it may give `why` she gets it, one sentence, and `unsubscribe`, what a click stops (see
    `unsubscribing`); a mail without it is of duty or safety, and says so.
    """
    _kinds[name] = Kind(subject, gather, sent, template or name)


def was_sent(name: str, delivery_id: int, written: Written) -> None:
    """Do what follows the sending of a mail, in the running transaction."""
    follows = _kinds[name].sent
    if follows is not None:
        follows(delivery_id, written.values)


def is_known(name: str) -> bool:
    return name in _kinds


def write(name: str, facts: dict[str, Any], *, receiver: str, language: str) -> Written:
    """Write a mail. receiver: her name, for the greeting. Raises Moot."""
    kind = _kinds[name]
    with i18n.speaking(language):
        gathered = kind.gather(facts)
        what = gathered.get("unsubscribe", "")
        stop = unsubscribing.address(facts["to"], what) if what else ""
        values = {
            "receiver": receiver,
            "site": site(),
            "language": language,
            "home": absolute("home.index"),
            "why": "",
            **gathered,
            "stop": stop,
        }
        subject = i18n.gettext_(kind.subject.message, **{**values, "site": site().name})
        # Not flask.render_template: its context holds the request's viewer, a mail has none.
        environment = current_app.jinja_env
        text = environment.get_template(f"mail/{kind.template}.txt").render(values)
        html = environment.get_template(f"mail/{kind.template}.html").render(values)
    return Written(tidy(subject), text.strip() + "\n", html, stop, gathered)
