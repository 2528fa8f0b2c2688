"""The words of what one reader may read, for spelling and typing."""

from collections.abc import Iterable

import numpy as np

from portal.search.flat import Allowed, Flat
from portal.search.leaf import Ints

MANY = 16  # terms whose lists are not all looked up


class ReaderLexicon:
    """See `language.Lexicon`. What no document under the mask holds is not there at all."""

    def __init__(self, flat: Flat, allowed: Allowed) -> None:
        self._flat = flat
        self._mask = allowed.mask

    def readable(self, forms: Iterable[str]) -> dict[str, int]:
        return self._counted(self._flat.among("forms", list(dict.fromkeys(forms))))

    def typed(self, keys: Iterable[str]) -> dict[str, int]:
        return self._counted(self._flat.typed(keys))

    def holding(self, terms: Iterable[str]) -> dict[str, int]:
        listed = list(dict.fromkeys(terms))
        if len(listed) > MANY:
            listed = sorted(self._flat.among("terms", listed))
        counts = {term: self._number(self._flat.holders(term).documents) for term in listed}
        return {term: number for term, number in counts.items() if number}

    def _counted(self, forms: Iterable[str]) -> dict[str, int]:
        counts = {form: self._number(self._flat.holding(form)) for form in sorted(forms)}
        return {form: number for form, number in counts.items() if number}

    def _number(self, documents: Ints) -> int:
        return int(np.count_nonzero(self._mask[documents]))
