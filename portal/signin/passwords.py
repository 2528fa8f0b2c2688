"""Passwords: how they are stored, checked at equal cost, and which are refused."""

import os
import re
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from portal.kernel.errors import Refused
from portal.kernel.i18n import _

# Passes, KiB of memory, lanes for argon2id. Measured on the two cores that the portal must do
# with: (2, 32 MiB, 1) 58 ms a check and 31 checks a second, so 500 people sign in within 17 s.
# RFC 9106's second choice (3, 64 MiB, 4) took 127 ms and 9 a second: 56 s, too near the minute.
# OWASP's least is (2, 19 MiB, 1): 24 ms.
COST = (2, 32 * 1024, 1)

MIN = 12
MAX = 200
# More checks at once than cores gain no time and cost 32 MiB each.
_AT_ONCE = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))

# Words that the commonest passwords are made of, in both alphabets; see `_is_common`.
_COMMON = frozenset(
    """
    password passwort parola parolata паролата парола qwerty qwertyu qwertyuiop asdfgh asdfghjkl
    zxcvbn zxcvbnm qazwsx qazwsxedc qwertyuiopasdfghjkl йцукен явертъ явертъуиоп йцукенг admin
    administrator админ администратор welcome dobredoshli добредошли letmein iloveyou obicham
    обичам obshtina община municipality bulgaria balgaria българия levski левски cska цска sofia
    софия portal портал login вход secret тайна monkey dragon football futbol футбол sunshine
    princess master абвгд абвгде абвгдежз abcdef abcdefgh abcdefghijkl test тест user служител
    """.split()  # noqa: SIM905  (a list of words is read as words)
)
_RUNS = "01234567890123456789 98765432109876543210 1q2w3e4r5t6y7u8i9o0p qazwsxedcrfvtgbyhnujm"


def hasher(cost: tuple[int, int, int] | None = None) -> PasswordHasher:
    """The hasher of an app; tests choose a cheaper one with PASSWORD_COST."""
    passes, memory, lanes = cost or COST
    return PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=lanes)


def _hasher() -> PasswordHasher:
    hasher: PasswordHasher = current_app.extensions["passwords"]
    return hasher


def make_hash(password: str) -> str:
    """What is stored of a password."""
    with _AT_ONCE:
        return _hasher().hash(_normal(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Whether it is the password. Without a hash (nobody by that name, or a person who has no
    password yet) a dummy is checked, so that the answer takes as long."""
    known = password_hash is not None
    checked = password_hash if password_hash is not None else _dummy()
    with _AT_ONCE:
        try:
            _hasher().verify(checked, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return known


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other costs than today's."""
    return _hasher().check_needs_rehash(password_hash)


def _dummy() -> str:
    dummy: str | None = current_app.extensions.get("passwords.dummy")
    if dummy is None:
        dummy = _hasher().hash("nobody's password")
        current_app.extensions["passwords.dummy"] = dummy
    return dummy


def _normal(password: str) -> str:
    # The same letters typed on another machine must give the same bytes (RFC 8265).
    return unicodedata.normalize("NFC", password)


def check_rules(password: str, *own_words: str, field: str = "password") -> None:
    """Refuse a password that is too short, too common or made of the person's own names.

    own_words: her sign-in name, names and e-mail.
    """
    text = _normal(password)
    if len(text) < MIN:
        raise Refused(field, _("Use at least %(n)s characters.", n=MIN))
    if len(text) > MAX:
        raise Refused(field, _("Use at most %(n)s characters.", n=MAX))
    folded = text.casefold()
    if _is_common(folded):
        raise Refused(field, _("This password is among the commonest. Choose another."))
    parts = {part for word in own_words for part in re.split(r"[\W_]+", word.casefold())}
    left = folded
    for part in sorted(parts, key=len, reverse=True):
        if len(part) > 2:
            left = left.replace(part, "")
    # Without her names there must still be a password, and digits alone are none.
    if left != folded and len(re.sub(r"[\W\d_]+", "", left)) < MIN // 2:
        raise Refused(field, _("Do not use your own name as the password."))


def _is_common(folded: str) -> bool:
    """A common word with digits and signs about it, a word repeated, a run, few characters."""
    if len(set(folded)) < 5 or folded in _RUNS:
        return True
    letters = re.sub(r"[\W\d_]+", "", folded)
    if letters in _COMMON:
        return True
    return any(letters == word * (len(letters) // len(word)) for word in _COMMON if letters)
