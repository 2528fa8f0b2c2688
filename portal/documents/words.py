"""How documents' states and troubles are said to people."""

from typing import Any

from portal.content.models import State
from portal.kernel.i18n import _, _l


def states() -> dict[State, str]:
    """The states of a version as people name them; in Bulgarian a document is masculine."""
    return {
        State.DRAFT: _("draft"),
        State.IN_REVIEW: _("in review"),
        State.RETURNED: _("sent back"),
        State.SCHEDULED: _("scheduled for later"),
        State.LIVE: _("released"),
        State.SUPERSEDED: _("earlier version"),
    }


TROUBLES: dict[str, tuple[Any, Any]] = {
    "protected": (
        _l("protected"),
        _l(
            "The file asks for a password, so its text cannot be read and is not searched. "
            "Upload a version without a password if colleagues are to find it."
        ),
    ),
    "damaged": (
        _l("damaged"),
        _l(
            "The file came damaged: the machine could read only a part of it, or nothing. It "
            "is kept exactly as it was uploaded. Ask its author for a sound copy and upload "
            "that as a new version."
        ),
    ),
    "empty": (_l("without text"), _l("There is nothing written in the file.")),
    "too_large": (
        _l("too large to read"),
        _l(
            "Unpacked, the file is larger than the portal reads. It is kept and can be "
            "downloaded, but its words are not searched."
        ),
    ),
    "too_long": (
        _l("took too long"),
        _l(
            "Reading the file took longer than allowed and was broken off. It is kept and "
            "can be downloaded, but its words are not searched."
        ),
    ),
    "too_much": (
        _l("too demanding"),
        _l(
            "Reading the file needed more memory than allowed and was broken off. It is kept "
            "and can be downloaded, but its words are not searched."
        ),
    ),
    "no_text": (
        _l("no text found"),
        _l("Neither the file nor the pictures of its pages gave any text."),
    ),
    "unsupported": (
        _l("not read"),
        _l("The portal does not read this kind of file. It is kept and can be downloaded."),
    ),
    "given_up": (
        _l("could not be read"),
        _l(
            "The machine tried several times to read the file, or some of its pages, and could "
            "not. It is kept and can be downloaded, but words that were not read are not searched."
        ),
    ),
    "incomplete": (
        _l("read in part"),
        _l("The file is very long. Only its beginning was read and is searched."),
    ),
}


def trouble(code: str) -> tuple[str, str] | None:
    """What stood in the way of reading a file, in a word or two and in a sentence; None: nothing.

    code: a value of `files.reading.Trouble`.
    """
    found = TROUBLES.get(code)
    return (str(found[0]), str(found[1])) if found else None
