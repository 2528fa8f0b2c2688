"""Ask 100,000 things that nobody means: no question may raise.

python -m scripts.searching.anything [--number 100000] [--seed 1]
"""

import argparse
import random
import sys

from portal.search.language import WordList, hashes, term, understand, words

TEXT = "Заявление за отпуск. Наредба на общинския съвет; решения, чл. 37. Meeting minutes, excel."
_PARTS = (
    "отпуск", "zayavlenie", "зявление", "kd,eo/d", "чл.", "37", "kind:", "вид:новини",
    "year:2020..", "година:", "2019..2021", '"', "„", "“", "-", '-"', "space:", ":",
    "..", "\u00ad", "\u0301",
    "\x00", "\x1b", "\ud800", "\U0001f600", "(.*)+", "[a-z]{9,}", "' OR 1=1", "AND", "*", "~", "\t",
    "İ", "ß", "ﬁ", "ا", "а" * 70, "0" * 40, "²", "١", "author:\"", "e-mail", "на",
    "и", " ", " ", " ",
)  # fmt: skip


class Everything:
    """One reader who may read one text."""

    def __init__(self) -> None:
        self._forms = {form for _, _, form in words(TEXT)}
        self._terms = {term(form) for form in self._forms}
        self._listed = WordList.of(self._forms)

    def readable(self, forms):
        asked = list(forms)
        held = self._listed.holds("forms", hashes(asked)).tolist()
        return {form: 1 for form, known in zip(asked, held, strict=True) if known}

    def typed(self, keys):
        return dict.fromkeys(self._listed.typed(hashes(keys)), 1)

    def holding(self, terms):
        return dict.fromkeys(self._terms & set(terms), 1)


def question(chance: random.Random) -> str:
    parts = [
        chance.choice(_PARTS)
        if chance.random() < 0.7
        else "".join(chr(chance.randrange(1, 0x600)) for _ in range(chance.randrange(1, 9)))
        for _ in range(chance.randrange(0, 14))
    ]
    return chance.choice(["", " "]).join(parts) * chance.choice([1, 1, 1, 1, 200])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--number", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance, lexicon = random.Random(given.seed), Everything()
    for number in range(given.number):
        asked = question(chance)
        try:
            found = understand(asked, lexicon, chance.random() < 0.3)
            if found.shown_for is not None:
                understand(found.literal, lexicon)
        except Exception:
            print(f"question {number}: {asked!r}", file=sys.stderr)
            raise
    print(f"{given.number} questions understood.")


if __name__ == "__main__":
    main()
