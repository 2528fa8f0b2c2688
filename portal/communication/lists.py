"""What fields offer to begin with; the space's own words join them as they are written."""

from portal.kernel.i18n import _l

# Bulgarian words, since they become the register's content, which is written in Bulgarian.
AUDIENCES = (
    "жители на общината",
    "жители на квартал",
    "младежи",
    "родители и ученици",
    "възрастни хора",
    "бизнес",
    "медии",
    "служители",
    "партньори",
)
CHANNELS = (
    "сайт на общината",
    "местен вестник",
    "радио",
    "телевизия",
    "Facebook",
    "среща на живо",
    "информационно табло",
    "листовка",
    "писмо",
)
# Figures are summed by these, so they name what is counted and not that it is.
UNITS = (
    "души", "показвания", "отваряния", "реакции", "публикации", "обаждания", "екземпляра", "писма",
    "%",
)  # fmt: skip
STATES = {
    "planned": _l("planned"),
    "done": _l("done"),
    "postponed": _l("put off"),
    "cancelled": _l("dropped"),
}
PROOFS = {
    "link": _l("a link"),
    "portal": _l("a text in the portal"),
    "clipping": _l("a clipping"),
    "photo": _l("a photo"),
    "attendance": _l("attendance"),
}
PROOF_ICONS = {
    "link": "link",
    "portal": "newspaper",
    "clipping": "file-text",
    "photo": "image",
    "attendance": "users",
}


def offered(first: tuple[str, ...], used: list[str]) -> list[str]:
    """The space's own words before those that every plan begins with, each once."""
    seen = {word.casefold() for word in used}
    return used + [word for word in first if word.casefold() not in seen]
