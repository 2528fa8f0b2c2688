"""Whether a page's text layer is believable: words of a language, or letters of a broken font."""

import re
import unicodedata

WORDS_MIN = 8  # fewer say nothing about a page
_WORD = re.compile(r"[^\W\d_]{4,}")
_LETTER = re.compile(r"[^\W\d_]")
_ANY_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 400  # words of a page that are looked up
_ODD_MAX = 0.1  # share of odd letters that a page may have; bullets of Wingdings are odd too
# The commonest short words. A page that has them needs no lexicon, which takes half a second to
# load; letters of a broken font, or Cyrillic read in a wrong encoding, form none of them.
EVERYDAY = frozenset(
    {"на", "за", "от", "се", "да", "си", "по", "не", "са", "до", "при", "или", "като", "със"}
    | {"във", "чл", "ал", "бр", "лв", "ул", "гр", "г", "и", "в", "с", "е", "о", "а"}
    | {"the", "of", "and", "to", "in", "is", "for", "on", "that", "be", "are", "with", "as"}
)
EVERYDAY_MIN = 0.12  # running text has about 0.3


def is_garbled(text: str) -> bool:
    """Whether the letters themselves are wrong: signs of no alphabet that is printed here.

    text: as it stands in the file, control characters and all.
    """
    signs = [sign for sign in text if not sign.isspace()]
    if not signs:
        return False
    odd = sum(1 for sign in signs[:20_000] if _is_odd(sign))
    return odd / min(len(signs), 20_000) > _ODD_MAX


def _is_odd(sign: str) -> bool:
    if sign < "\u0250":  # Latin with all of Europe's accents
        return sign < " " or "\x7f" <= sign < "\xa0"
    if "\u0250" <= sign < "\u0370":  # phonetic letters, loose accents: a font's numbers, no words
        return True
    return sign == "\ufffd" or unicodedata.category(sign) in {"Co", "Cn", "Cc", "Cs"}


def known_share(text: str) -> float | None:
    """How many of the words of four or more letters the lexicons know, 0 to 1.

    None where there are too few words to judge.
    """
    words = _WORD.findall(text)[:_SAMPLE]
    if len(words) < WORDS_MIN:
        return None
    import simplemma

    known = 0
    for word in words:
        language = "bg" if "а" <= word[-1].lower() <= "я" else "en"
        # A name is in no lexicon with its capital, a word at a sentence's beginning is.
        known += simplemma.is_known(word, lang=language) or simplemma.is_known(
            word.lower(), lang=language
        )
    return known / len(words)


# What a program that took windows-1251 for Latin wrote, letter by letter.
_MISREAD = {
    code: bytes([code]).decode("windows-1251") for code in range(0xA0, 0x100) if code != 0xAD
}
_ACCENTED = re.compile(r"[\xc0-\xff]")


def reread(text: str) -> str | None:
    """Cyrillic stored as accented Latin ("Äîãîâîð"), set right; None where it is not that."""
    letters = len(_LETTER.findall(text))
    if not letters or len(_ACCENTED.findall(text)) < letters * 0.4:
        return None
    cyrillic = text.translate(_MISREAD)
    share = known_share(cyrillic)
    return cyrillic if share is not None and share >= 0.5 else None


def is_believable(text: str) -> bool:
    """Whether a page's text reads like a language; False sends the page to OCR."""
    if not text.strip():
        return False
    words = _ANY_WORD.findall(text)[: 2 * _SAMPLE]
    everyday = sum(1 for word in words if word.lower() in EVERYDAY)
    if words and everyday / len(words) >= EVERYDAY_MIN:
        return True
    share = known_share(text)
    return share is None or share >= 0.5
