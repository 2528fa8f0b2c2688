"""Numbers as people type and read them: «1 250», «12,5»."""

import re
from decimal import Decimal

from portal.communication.models import Figure
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, language

_WHOLE = re.compile(r"[0-9]{1,13}")
_TYPED = re.compile(r"[0-9]{1,13}([.,][0-9]{1,2})?")
_BLANKS = dict.fromkeys(map(ord, " \u00a0\u202f\u2009"))


def amount(field: str, typed: str | None) -> Decimal | None:
    """What was typed as a number; None for nothing. Raises Refused at the field."""
    told = (typed or "").translate(_BLANKS)
    if not told:
        return None
    if not _TYPED.fullmatch(told):
        raise Refused(
            field,
            _("Write a number in digits, at least 0 and with at most two decimals: 1250 or 12,5."),
        )
    number = Decimal(told.replace(",", "."))
    if number > Figure.AMOUNT_MAX:
        raise Refused(field, _("This number is too large to be true."))
    return number


def whole(field: str, typed: str | None, limit: int) -> int | None:
    """The same for what cannot have decimals, such as people."""
    told = (typed or "").translate(_BLANKS)
    if not told:
        return None
    if not _WHOLE.fullmatch(told):
        raise Refused(field, _("Write a whole number in digits, at least 0."))
    if int(told) > limit:
        raise Refused(field, _("This number is too large to be true."))
    return int(told)


def typed(number: Decimal | None) -> str:
    """A number as `amount` reads it back."""
    return "" if number is None else f"{number:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def shown(number: Decimal | int | None) -> str:
    """A number as the reader's language writes it; a dash for none."""
    if number is None:
        return "–"
    told = (
        f"{number:,.2f}".rstrip("0").rstrip(".") if isinstance(number, Decimal) else f"{number:,}"
    )
    if language() == "en":
        return told
    # Four digits stand together in Bulgarian, from five on thousands are parted.
    whole_part, _point, decimals = told.partition(".")
    if len(whole_part) == 5 and "," in whole_part:
        whole_part = whole_part.replace(",", "")
    return whole_part.replace(",", "\u00a0") + (f",{decimals}" if decimals else "")
