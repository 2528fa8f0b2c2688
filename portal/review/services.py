"""Deciding by a signed link: the link is read again and the right asked again inside the
transaction that decides, so that of two at once one wins and nothing is decided half."""

from collections.abc import Iterable

from portal.content import services as content
from portal.content.models import Revision
from portal.content.services import Said
from portal.jobs import failpoint
from portal.kernel.transaction import transaction
from portal.review.links import open_link

VIA = "mail"


def approve(token: str) -> Revision:
    """Approve the text of a link. Raises Dead, and Refused when it may not go out yet."""
    text = _approve(token)
    failpoint.here("review.decided")
    return text


@transaction
def _approve(token: str) -> Revision:
    opened = open_link(token)
    content.approve(opened.text, opened.text.saves, by=opened.viewer, via=VIA)
    failpoint.here("review.deciding")
    return opened.text


@transaction
def return_(token: str, remark: str, passages: Iterable[Said]) -> Revision:
    """Return the text of a link with remarks. Raises Dead, and Refused without a word."""
    opened = open_link(token)
    content.return_(
        opened.text,
        opened.text.saves,
        by=opened.viewer,
        remark=remark,
        passages=passages,
        via=VIA,
    )
    return opened.text
