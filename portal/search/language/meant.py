"""What was meant by words that stand nowhere: another alphabet, another layout, a slip.

Each typed word (`Chunk`) is taken as it stands if the reader's texts hold it. Else the whole
question is read as Latin transliteration and as typed with another layout; the reading that makes
most words known wins. What is then still unknown is put right where a known word is a slip away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from portal.search.language import keyboards, spelling
from portal.search.language.bulgarian import VOWELS, in_stem
from portal.search.language.cleaning import words
from portal.search.language.lexicon import Lexicon
from portal.search.language.terms import BINDING, term

OTHERS_MAX = 3  # words that one word in Latin letters may be at once
DEED = 6  # letters of the least «…ван» that may be a verbal noun
BEGINNING = 3  # letters from which an unfinished word is read in other ways, too
SPELLINGS_MAX = 12  # Bulgarian spellings of a Latin word that are tried
READ_MAX = 16  # words of a question; what follows is taken as it stands


@dataclass(frozen=True)
class Chunk:
    """A word of a question. text: what is looked for; others: what else it may be; is_changed:
    its reader must be told, because it is not what she typed."""

    text: str
    others: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    is_changed: bool = False


def meant(typed: Sequence[str], lexicon: Lexicon | None, is_open: bool) -> list[Chunk]:
    """The chunks of a question. is_open: its last word may be unfinished."""
    chunks = [Chunk(text) for text in typed]
    if chunks and is_open:
        chunks[-1] = _open(typed[-1])
    if lexicon is None:
        return chunks
    whole = min(len(chunks) - (1 if is_open else 0), READ_MAX)
    return [*_read(chunks[:whole], lexicon), *chunks[whole:]]


def _open(typed: str) -> Chunk:
    """A word that is still being typed: what it may begin with."""
    forms = _forms(typed)
    if not forms or len(forms[-1]) < 2:
        return Chunk(typed)
    form = forms[-1]
    ways = [form]
    if len(form) >= BEGINNING and len(forms) == 1:
        ways += keyboards.spelled(form)[:2]
        read = [_forms(text) for (text,) in keyboards.other_layouts([typed])]
        ways += [found[0] for found in read if len(found) == 1]
    # The article may be half typed: «решениет» is on its way to «решението».
    others = (form[:-1],) if len(form) > 4 else ()
    begun = [each for way in ways for each in _begun(way)]
    return Chunk(typed, others=others, beginnings=tuple(dict.fromkeys(begun)))


def _begun(form: str) -> Iterator[str]:
    """What the terms of words that begin so begin with."""
    yield form
    if len(stem := form.rstrip(VOWELS)) > BEGINNING:
        yield stem  # «министъ»: the index holds «министр»
        yield in_stem(stem)  # «заявле»: it holds «заевлен»
        if len(stem) > DEED and stem.endswith("ван"):
            yield in_stem(stem[:-2])  # «изискван»: it holds «изискв»
    yield in_stem(form)  # «мяс»: it holds «мест»


def _read(chunks: list[Chunk], lexicon: Lexicon) -> list[Chunk]:
    unknown = _unknown([chunk.text for chunk in chunks], lexicon)
    read = [
        _in_latin(chunk, place in unknown, lexicon) if _is_latin(chunk.text) else chunk
        for place, chunk in enumerate(chunks)
    ]
    if any(chunk.is_changed for chunk in read):
        read = [_told(chunk) for chunk in read]
    left = {place for place in unknown if not read[place].is_changed}
    if left:
        read, left = _with_layout(chunks, read, left, lexicon)
    return [
        _put_right(chunk, lexicon) if place in left else chunk for place, chunk in enumerate(read)
    ]


def _forms(text: str) -> list[str]:
    return [form for _, _, form in words(text)]


def _is_latin(text: str) -> bool:
    return text.isascii() and any(map(str.isalpha, text))


def _unknown(texts: Sequence[str], lexicon: Lexicon) -> set[int]:
    """Which of the texts hold a word that the reader's texts do not, in any form."""
    forms = [[form for form in _forms(text) if _matters(form)] for text in texts]
    terms = {form: term(form) for each in forms for form in each}
    held = lexicon.holding(set(terms.values())) if terms else {}
    return {
        place for place, each in enumerate(forms) if any(terms[form] not in held for form in each)
    }


def _matters(form: str) -> bool:
    return form not in BINDING and not form.isdigit()


def _in_latin(chunk: Chunk, is_unknown: bool, lexicon: Lexicon) -> Chunk:
    """A Latin word read as transliterated Bulgarian; beside itself, where it is known itself."""
    typed = _forms(chunk.text)
    if len(typed) != 1:
        return chunk
    found = lexicon.typed(keyboards.typed_keys(typed[0]))
    if not found:
        by_term = {term(form): form for form in keyboards.spelled(typed[0])[:SPELLINGS_MAX]}
        held = lexicon.holding(by_term)
        found = {by_term[each]: number for each, number in held.items()}
    best = sorted(found, key=lambda form: (-found[form], form))[:OTHERS_MAX]
    if not best:
        return chunk
    if is_unknown:
        return Chunk(best[0], others=tuple(best[1:]), is_changed=True)
    return replace(chunk, others=tuple(best))


def _told(chunk: Chunk) -> Chunk:
    """Where one Latin word is read as Bulgarian, the reader sees the others so, too."""
    if chunk.is_changed or not chunk.others:
        return chunk
    best, *others = chunk.others
    return Chunk(best, others=(*_forms(chunk.text), *others), is_changed=True)


def _with_layout(
    chunks: Sequence[Chunk], read: list[Chunk], left: set[int], lexicon: Lexicon
) -> tuple[list[Chunk], set[int]]:
    """The question as typed with another layout, where that makes more of its words known."""
    best, fewest = read, left
    for texts in keyboards.other_layouts([chunk.text for chunk in chunks]):
        unknown = _unknown(texts, lexicon)
        unknown |= {place for place, text in enumerate(texts) if not _forms(text)}
        still = left & unknown
        if len(still) < len(fewest):
            changed = [place for place in range(len(chunks)) if place not in unknown]
            best = [
                Chunk(texts[place], is_changed=True)
                if place in changed and texts[place] != chunks[place].text
                else read[place]
                for place in range(len(chunks))
            ]
            fewest = still
    return best, fewest


def _put_right(chunk: Chunk, lexicon: Lexicon) -> Chunk:
    forms = _forms(chunk.text)
    if len(forms) != 1:
        return chunk
    found = spelling.corrected(forms[0], lexicon)
    return Chunk(found, is_changed=True) if found is not None else chunk
