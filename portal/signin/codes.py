"""Codes that are printed and typed from paper: on slips, and the recovery codes."""

import secrets

# Letters and digits that nobody mistakes for one another on paper: no 0 O, 1 I L, 5 S, 8 B, U V.
ALPHABET = "234679ACDEFGHJKMNPQRTWXYZ"
GROUP = 4


def new(length: int) -> str:
    """A random code of so many signs; each is worth 4.6 bits."""
    return "".join(secrets.choice(ALPHABET) for _n in range(length))


def grouped(code: str, between: str = "-") -> str:
    """«K7QM-4F2D-9XTA»."""
    return between.join(code[i : i + GROUP] for i in range(0, len(code), GROUP))


def bare(code: str) -> str:
    """A code as somebody typed it from paper, without blanks and hyphens, in capitals."""
    return "".join(sign for sign in code.upper() if sign.isalnum())
