"""What people type about people, checked and tidied the same way by page, command and import."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from portal.accounts.models import User
from portal.kernel import text
from portal.kernel.errors import Refused
from portal.kernel.i18n import _

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]*[a-z0-9]")
_EMAIL = re.compile(r"[^@\s<>,;\"()]+@[^@\s<>,;\"()]+\.[^@\s.<>,;\"()]{2,}")
# Six digits of a birthday and four more, written together or apart.
_TEN = re.compile(r"(?<![\d+])(\d{2})(\d{2})(\d{2})[ .-]?\d{4}(?!\d)")


def line(field: str, value: str | None, limit: int, required: bool = False) -> str:
    """One line of text, tidied. Raises Refused at `field` when empty, too long or a ЕГН."""
    return _checked(field, text.tidy(_visible(value)), limit, required)


def lines(field: str, value: str | None, limit: int) -> str:
    """Several lines of text, each tidied, at most one empty line between two."""
    told = "\n".join(text.tidy(_visible(part)) for part in (value or "").splitlines())
    return _checked(field, re.sub(r"\n{3,}", "\n\n", told).strip(), limit, False)


def _visible(value: str | None) -> str:
    """Without control signs (NUL, which PostgreSQL refuses; turners of writing direction)."""
    return "".join(
        " " if sign in "\t\n\r" else sign
        for sign in value or ""
        if sign in "\t\n\r" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co")
    )


def _checked(field: str, value: str, limit: int, required: bool) -> str:
    if required and not value:
        raise Refused(field, _("Please fill in this field."))
    if len(value) > limit:
        raise Refused(
            field,
            _(
                "At most %(limit)s characters fit here; there are %(length)s.",
                limit=limit,
                length=len(value),
            ),
        )
    if is_national_number(value):
        raise Refused(
            field,
            _(
                "This looks like a national number (ЕГН). The portal never stores national "
                "numbers: remove it."
            ),
        )
    return value


def is_national_number(value: str) -> bool:
    """Whether a text holds ten digits that begin with a birthday, as a ЕГН does.

    Mobile numbers (08…) have ten digits too; their third and fourth are no month.
    """
    for found in _TEN.finditer(value):
        month, day = int(found[2]), int(found[3])
        if 1 <= month % 20 <= 12 and month < 60 and 1 <= day <= 31:
            return True
    return False


def name(field: str, value: str | None, required: bool = True) -> str:
    """A part of a person's name: letters, hyphens, apostrophes; «ИВАНОВА» becomes «Иванова»."""
    told = line(field, value, User.NAME_MAX, required)
    if any(not (sign.isalpha() or unicodedata.combining(sign) or sign in " -'’.") for sign in told):
        raise Refused(field, _("A name holds only letters, hyphens and apostrophes."))
    if told and not any(sign.isalpha() for sign in told):
        raise Refused(field, _("A name has at least one letter."))
    if len(told) > 2 and (told.isupper() or told.islower()):
        told = re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), told)
    return told


def login(value: str | None) -> str:
    """A sign-in name, casefolded. Raises Refused at `login`, with a suggestion in Latin."""
    told = line("login", value, User.LOGIN_MAX, True).casefold()
    if not _LOGIN.fullmatch(told):
        near = re.sub(r"[^a-z0-9._-]+", ".", text.latin(told).casefold()).strip("._-")
        if _LOGIN.fullmatch(near):
            hint = _(
                "Latin letters, digits, dots and hyphens, for example %(near)s.",
                near=near,
            )
        else:
            hint = _("Two or more Latin letters or digits; dots and hyphens between them.")
        raise Refused("login", hint)
    return told


def login_for(given: str, family: str) -> str:
    """The sign-in name that a person would get: initial, dot, family name, in Latin."""
    parts = [re.sub(r"[^a-z0-9]", "", text.latin(part).casefold()) for part in (given, family)]
    told = f"{parts[0][:1]}.{parts[1]}".strip(".")
    return told[: User.LOGIN_MAX - 4] if len(told) > 1 else "person"


def email(value: str | None) -> str | None:
    """An e-mail address, casefolded, or None. It may be shared by several people."""
    told = line("email", value, User.EMAIL_MAX).casefold()
    if told and not _EMAIL.fullmatch(told):
        raise Refused("email", _("This is no e-mail address; it looks like name@place.bg."))
    return told or None


def choice(field: str, value: str, allowed: Iterable[str]) -> str:
    if value not in allowed:
        raise Refused(field, _("Choose one of the list."))
    return value


def seal(item: Any, names: Iterable[str]) -> str:
    """A short print of an item's columns: a form carries it, so that a stale save is seen."""
    told = repr([(each, getattr(item, each)) for each in names])
    return hashlib.sha256(told.encode()).hexdigest()[:16]
