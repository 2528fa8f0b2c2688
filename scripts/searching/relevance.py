"""Make a judged set for `portal search evaluate` out of real documents.

    python -m scripts.searching.relevance --from documents.jsonl.gz --to FOLDER \\
        [--hunspell /usr/share/hunspell/bg_BG] [--documents 4000] [--each 100] [--seed 1]

Each question looks for one known document: by words of its title or of its text, as they stand or
in other forms of theirs, with a slip, or typed in four other ways. Other forms come from a
hunspell dictionary where one is installed: from our own rules they would prove nothing. Such a
dictionary (GPL) stays outside the repo.
"""

import argparse
import csv
import gzip
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

_WORD = re.compile("[а-я]+")
_LETTERS = "абвгдежзийклмнопрстуфхцчшщъьюя"
_LATIN = "a b v g d e zh z i y k l m n o p r s t u f h ts ch sh sht a y yu ya"
_OFFICIAL = dict(zip(_LETTERS, _LATIN.split(), strict=True))
_CASUAL = {
    **{letter: (latin,) for letter, latin in _OFFICIAL.items()},
    "в": ("v", "v", "w"), "ж": ("j", "zh"), "й": ("i", "y", "j"), "х": ("h", "h", "x"),
    "ц": ("c", "ts"), "ч": ("4", "ch"), "ш": ("6", "sh"), "щ": ("6t", "sht"),
    "ъ": ("a", "u", "y"), "ь": ("i", "y"), "ю": ("iu", "yu", "ju"), "я": ("q", "ya", "ia"),
}  # fmt: skip
_BDS = dict(zip("уеишщксдзцьяаожгтнвмчюйъэфхпрлб", "wertyuiop[asdfghjkl;'zxcvbnm,./", strict=True))
_PHONETIC = dict(
    zip("явертъуиопшщасдфгхйклзьцжбнмчю", "qwertyuiop[]asdfghjklzxcvbnm`\\", strict=True)
)

Forms = dict[str, list[str]]  # a form, and other forms of the same word


def other_forms(hunspell: Path, known: Counter[str]) -> Forms:
    """For forms that belong to one word only, its other forms that stand in the texts, too."""
    endings: dict[str, list[tuple[str, str, re.Pattern[str]]]] = defaultdict(list)
    for line in hunspell.with_suffix(".aff").read_text().splitlines():
        rule = line.split()
        if len(rule) >= 5 and rule[0] == "SFX":
            cut, put = (part.split("/")[0].removeprefix("0") for part in rule[2:4])
            endings[rule[1]].append((cut, put, re.compile(f"{rule[4]}$")))
    words: dict[str, set[str]] = defaultdict(set)
    of: dict[str, set[str]] = defaultdict(set)
    for line in hunspell.with_suffix(".dic").read_text().splitlines()[1:]:
        base, _, flags = line.strip().partition("/")
        if not _WORD.fullmatch(base):
            continue
        forms = {base}
        for flag in flags:
            for cut, put, condition in endings[flag]:
                if base.endswith(cut) and condition.search(base):
                    forms.add(base[: len(base) - len(cut)] + put)
        for form in forms & known.keys():
            words[line].add(form)
            of[form].add(line)
    return {
        form: sorted(words[next(iter(lines))] - {form})
        for form, lines in of.items()
        if len(lines) == 1 and len(words[next(iter(lines))]) > 1
    }


class Maker:
    """Questions out of documents; the same ones for the same seed."""

    def __init__(self, documents: list[dict[str, str]], forms: Forms, seed: int) -> None:
        self.documents = documents
        self.forms = forms
        self.chance = random.Random(seed)
        self.titles = [set(_WORD.findall(document["title"].lower())) for document in documents]
        self.held = Counter(
            word
            for document, title in zip(documents, self.titles, strict=True)
            for word in title | set(_WORD.findall(document["body"].lower()))
        )

    def words(self, text: str, most: int) -> list[str]:
        """Some words of a text that say something, in its order."""
        telling = [
            word
            for word in dict.fromkeys(_WORD.findall(text.lower()))
            if len(word) > 3 and self.held[word] < len(self.documents) / 10
        ]
        kept = sorted(self.chance.sample(range(len(telling)), min(most, len(telling))))
        return [telling[place] for place in kept]

    def title(self, document: dict[str, str]) -> list[str]:
        """Words that no other title holds all of: who asks so means this one."""
        words = self.words(document["title"], 6)
        alike = sum(held.issuperset(words) for held in self.titles)
        return words if alike == 1 else []

    def body(self, document: dict[str, str]) -> list[str]:
        lines = [line for line in document["body"].splitlines() if len(line) > 80]
        return self.words(self.chance.choice(lines), 4) if lines else []

    def inflected(self, words: list[str]) -> list[str]:
        found = [
            self.chance.choice(self.forms[word]) if word in self.forms else word for word in words
        ]
        return found if sum(a != b for a, b in zip(found, words, strict=True)) >= 2 else []

    def slipped(self, words: list[str]) -> list[str]:
        long = [place for place, word in enumerate(words) if len(word) > 5]
        if not long:
            return []
        place = self.chance.choice(long)
        word = words[place]
        at = self.chance.randrange(1, len(word) - 1)
        letter = self.chance.choice(_LETTERS)
        wrong = self.chance.choice([
            word[:at] + word[at + 1:],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1:],
            word[:at] + word[at + 1] + word[at] + word[at + 2:],
        ])  # fmt: skip
        return [*words[:place], wrong, *words[place + 1 :]] if wrong != word else []


def _official(word: str) -> str:
    ending = "ia" if word.endswith("ия") else ""
    bare = word.removesuffix("ия") if ending else word
    return "".join(_OFFICIAL[letter] for letter in bare) + ending


def _casual(word: str) -> str:
    chance = random.Random(word)
    return "".join(chance.choice(_CASUAL[letter]) for letter in word)


# How people type Bulgarian; a word in small letters becomes what they type.
WAYS: dict[str, Callable[[str], str]] = {
    "cyrillic": lambda word: word,
    "latin": _official,
    "shlyo": _casual,
    "bds": lambda word: "".join(_BDS[letter] for letter in word),
    "phonetic": lambda word: "".join(_PHONETIC[letter] for letter in word),
}


Asked = tuple[str, str, str]  # kind, text, and the document that is looked for


def questions(maker: Maker, each: int) -> Iterator[Asked]:
    def drawn(kind: str, make: Callable[[dict[str, str]], list[str]]) -> Iterator[Asked]:
        left = maker.chance.sample(maker.documents, len(maker.documents))
        number = 0
        while number < each and left:
            document = left.pop()
            words = make(document)
            if len(words) >= 2:
                number += 1
                yield kind, " ".join(words), document["id"]

    yield from drawn("title", maker.title)
    yield from drawn("body", maker.body)
    if maker.forms:
        yield from drawn("infl", lambda d: maker.inflected(maker.title(d)))
        yield from drawn("bodyinfl", lambda d: maker.inflected(maker.body(d)))
    yield from drawn("typo", lambda d: maker.slipped(maker.title(d)))
    plain = [*drawn("", maker.title)][: each // 2] + [*drawn("", maker.body)][: each // 2]
    for kind, way in WAYS.items():
        for _, text, ident in plain:
            yield kind, " ".join(map(way, text.split())), ident


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--from", dest="source", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--hunspell", type=Path)
    parser.add_argument("--documents", type=int, default=4000)
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    opened = gzip.open if given.source.suffix == ".gz" else open
    with opened(given.source, "rt") as lines:
        documents = [json.loads(line) for line in lines]
    random.Random(given.seed).shuffle(documents)
    documents = documents[: given.documents]
    maker = Maker(documents, {}, given.seed)
    if given.hunspell:
        maker.forms = other_forms(given.hunspell, maker.held)
    given.to.mkdir(parents=True, exist_ok=True)
    with (given.to / "docs.jsonl").open("w") as out:
        for document in documents:
            out.write(json.dumps(document, ensure_ascii=False) + "\n")
    with (given.to / "queries.tsv").open("w") as one, (given.to / "qrels.tsv").open("w") as other:
        quiet = {"delimiter": "\t", "quoting": csv.QUOTE_NONE, "quotechar": None}
        asked, right = csv.writer(one, **quiet), csv.writer(other, **quiet)
        asked.writerow(["qid", "kind", "text"])
        right.writerow(["qid", "docid", "rel"])
        for number, (kind, text, ident) in enumerate(questions(maker, given.each), 1):
            asked.writerow([number, kind, text])
            right.writerow([number, ident, 1])


if __name__ == "__main__":
    main()
