"""What the index holds of an English word."""

_BINDING = "a an and at by for from in is of on or the to with"
BINDING = frozenset(_BINDING.split())


def stem(form: str) -> str:
    return form
