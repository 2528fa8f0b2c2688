"""Bulgarian typed with Latin letters, and words typed with the wrong layout switched on.

Nothing of it stands in the index. A Bulgarian word has one key: its letters as the official
transliteration writes them, with what people write differently made alike. A word typed with
Latin letters has a few keys, because «y» may be «ъ», «й» or «у»; words with one of its keys are
what may be meant.
"""

import re
from collections.abc import Iterator, Sequence

KEYS_MAX = 48  # of one typed word

# A Bulgarian letter in a key. Capitals are one sound each, so that «s-h» is not «sh».
_KEY = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "J", "з": "z", "и": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "C", "ч": "Q", "ш": "S", "щ": "St", "ъ": "a",
    "ь": "i", "ю": "iu", "я": "ia",
})  # fmt: skip
_TWICE = re.compile("ii+")

# What typed letters may be in a key, by the official transliteration and by «шльокавица»; those
# that may be several sounds list them, the likeliest first.
_TYPED: dict[str, tuple[str, ...]] = {
    "sht": ("St",), "6t": ("St",), "6ht": ("St",), "w": ("v",), "x": ("h",), "h": ("h",),
    "sh": ("S", "sh"), "ch": ("Q",), "zh": ("J", "zh"), "ts": ("C", "ts"), "tz": ("C",),
    "kh": ("h", "kh"), "ya": ("ia",), "ja": ("ia", "Ja"), "ia": ("ia",),
    "yu": ("iu",), "ju": ("iu", "Ju"), "iu": ("iu",), "yo": ("io",), "jo": ("io", "Jo"),
    "6": ("S",), "4": ("Q",), "q": ("ia",), "c": ("C", "k", "Q"),
    "j": ("J", "i"), "y": ("i", "a", "u"), "u": ("u", "a"), "@": ("a",),
    "ph": ("f",), "ck": ("k",), "7": ("St",), "9": ("ia",),
}  # fmt: skip
_PIECE = re.compile("|".join(sorted(map(re.escape, _TYPED), key=lambda p: -len(p))) + "|[a-z]")
_LATIN_WORD = re.compile(r"[a-z0-9@]*[a-z][a-z0-9@]*\Z")


def key(form: str) -> str:
    """The key of a Bulgarian word."""
    return _TWICE.sub("i", form.translate(_KEY))


def typed_keys(typed: str) -> list[str]:
    """The keys that a word typed with Latin letters may have; none when it is no such word."""
    typed = typed.lower()
    if not _LATIN_WORD.match(typed):
        return []
    pieces = _PIECE.findall(typed)
    if "".join(pieces) != typed:
        return []  # digits that stand for no letter
    keys = [""]
    for piece in pieces:
        sounds = _TYPED.get(piece, (piece,))
        if len(keys) * len(sounds) > KEYS_MAX:
            sounds = sounds[:1]
        keys = [found + sound for found in keys for sound in sounds]
    return list(dict.fromkeys(_TWICE.sub("i", found) for found in keys))


# A key back in Bulgarian letters, for words whose very form stands nowhere.
_LETTERS = (
    ("St", "щ"), ("ia", "я"), ("iu", "ю"), ("J", "ж"), ("C", "ц"), ("Q", "ч"), ("S", "ш"),
    *zip("abvgdezklmnoprstufhi", "абвгдезклмнопрстуфхи", strict=True),
)  # fmt: skip
_VOWELS = "аъоуеию"


def spelled(typed: str) -> list[str]:
    """Bulgarian words that a word typed with Latin letters may be, by its letters alone."""
    found = []
    for each in typed_keys(typed):
        word = f"{each[:-2]}иiа" if each.endswith("ia") else each  # «-ия» is written «-ia»
        for sound, letter in _LETTERS:
            word = word.replace(sound, letter)
        word = word.replace("иiа", "ия").replace("i", "и")
        word = "".join(
            "й" if letter == "и" and place and word[place - 1] in _VOWELS else letter
            for place, letter in enumerate(word)
        )
        if word.isalpha():
            found.append(word)
            found += [f"{word[:at]}ъ{word[at + 1 :]}" for at, a in enumerate(word) if a == "а"]
    return list(dict.fromkeys(found))


# ── Layouts: what a key of the English layout writes in each Bulgarian one ──

_BDS = dict(zip("wertyuiop[asdfghjkl;'zxcvbnm,./", "уеишщксдзцьяаожгтнвмчюйъэфхпрлб", strict=True))
_PHONETIC = dict(
    zip("qwertyuiop[]asdfghjklzxcvbnm`\\", "явертъуиопшщасдфгхйклзьцжбнмчю", strict=True)
)
_NEW_PHONETIC = dict(
    zip("qwertyuiop[]asdfghjklzxcvbnm`\\", "чшертъуиопящасдфгхйклзжцвбнмюь", strict=True)
)
# Shift and these keys are capital letters, too.
_SHIFTED = dict(zip('{}:"<>?~|', "[];',./`\\", strict=True))
_LAYOUTS = (_PHONETIC, _BDS, _NEW_PHONETIC)
_INTO = [
    str.maketrans({**layout, **{s: layout[k] for s, k in _SHIFTED.items() if k in layout}})
    for layout in _LAYOUTS
]
_OUT_OF = [
    str.maketrans({letter: k for k, letter in layout.items() if k.isalpha()}) for layout in _LAYOUTS
]


def other_layouts(typed: Sequence[str]) -> Iterator[list[str]]:
    """What the same keys would have written with another layout switched on.

    Signs are letters on a Bulgarian layout: «'.» is «чл».
    """
    whole = "".join(typed).lower()
    if any("a" <= letter <= "z" for letter in whole):
        tables = _INTO
    elif any("а" <= letter <= "я" for letter in whole):
        tables = _OUT_OF
    else:
        return
    for table in tables:
        yield [each.lower().translate(table) for each in typed]
