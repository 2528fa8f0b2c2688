"""The practices that are measured."""

from scripts.bench.town import Town


def fill(town: Town, number: int) -> None:
    """So many released practices of the partners, placed in the extranet too."""
