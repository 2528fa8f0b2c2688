"""What the index holds of a Bulgarian word: the stem of its lemma.

simplemma knows 59 of 100 different words of administrative Bulgarian and most irregular forms;
the rules make the rest meet: a known form and an unknown one of the same word must come out alike,
so the lemma goes through the rules, too. Verbal nouns («вписване», «решение») go by the rules
alone: the dictionary knows «влизане» as a form of «влизам», but not «влизането». Of short words
the rules leave too little: «вода» and «водя», «вид» and «видя» would be one, so their lemma stays.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache

BULGARIAN = re.compile(r"[а-я]+\Z")

# Words that only bind others: looked for in phrases, else left out of a question.
_BINDING = """
    а аз ако без бе би в във върху вече все ги го да дали до е за и или им има й каква как
    като към ли м между ми му на над не него нея ни но от около по под при през пред с са се
    си след сме със също то той това тя тази този те у че ще я
"""
# Personal pronouns are one word, as in BulTreeBank: the dictionary knows the half of them so.
_PRONOUN = "аз"
_PERSONS = """
    аз ме ми мен мене ти те теб тебе той го му него нему тя я й нея ней то ние ни нас нам вие ви
    вас вам ги им тях тям
"""
_PRONOUNS = frozenset(_PERSONS.split())
BINDING = frozenset(_BINDING.split()) | _PRONOUNS

# Forms or rare words that the dictionary takes for words of their own.
_PUT_RIGHT = {
    "бани": "баня", "броя": "брой", "бързо": "бърз", "дома": "дом", "зема": "земя", "леко": "лек",
    "лошо": "лош", "лъча": "лъч", "права": "право", "пряко": "пряк", "рода": "род", "същи": "същ",
    "слеп": "сляп", "царя": "цар",
}  # fmt: skip

_SHORT = 4  # letters; with 5, forms of «добър» and «малък» no longer met


def stem(form: str) -> str:
    """What all forms of a word share, as far as it can be known."""
    if form in _PRONOUNS:
        return _PRONOUN
    if form == "т":
        return form  # «т. 5» is no «тон», as the dictionary has it
    lemma = _lemma(form)
    if lemma is not None and len(lemma) <= _SHORT:
        return lemma
    return _stripped(lemma or form)


# ── The lemma ──

_VERBAL_NOUN = ("не", "нето", "ния", "нията", "ние", "нието", "вания", "ването")

# Article and number off, where that leads to a known word: what is cut, what is put.
_NOMINAL = (
    ("ието", "ие"), ("ията", "ия"), ("ията", "ие"), ("ето", "е"), ("ото", "о"), ("ата", "а"),
    ("ята", "я"), ("ите", "и"), ("ият", "и"), ("ът", ""), ("ят", "й"), ("ят", ""), ("та", ""),
    ("ия", "и"), ("а", ""), ("я", "й"), ("я", ""), ("и", ""), ("и", "а"), ("и", "я"),
)  # fmt: skip

# Forms of verbs whose first person is known: «наричано» is of «наричам».
_PARTICIPLES = ("", "а", "о", "и", "ата", "ото", "ите", "ия", "ият")
_OF_AM = ["", "м", "ш", "ме", "те", "т", "х", "хме", "хте", "ха", "ше", "йки", "й", "йте"]
_OF_AM += [f"{mark}{end}" for mark in ("л", "н", "щ") for end in _PARTICIPLES]


def _verb_endings() -> list[tuple[str, str]]:
    found = [(f"{vowel}{end}", f"{vowel}м") for vowel in "ая" for end in _OF_AM]
    return sorted(found, key=lambda pair: -len(pair[0]))


_VERBAL = _verb_endings()


def _lemma(form: str) -> str | None:
    """The dictionary's word for a form; None where it knows none."""
    if len(form) > 6 and form.endswith(_VERBAL_NOUN):
        return None
    known = _dictionary()
    found = known(form) or _by_endings(form, _NOMINAL) or _by_endings(form, _VERBAL)
    if form.endswith("и") and found == f"{form[:-1]}я" and known(noun := f"{form[:-1]}а") == noun:
        return noun  # «води» of an office are more often those of «вода» than of «водя»
    if found is not None and found.endswith(("ал", "ан", "ащ")) and len(found) > 4:
        # A participle that the dictionary takes for a word of its own.
        found = known(f"{found[:-1]}м") or found
    if (
        found is not None
        and len(found) > 5
        and found.endswith(("ам", "ям"))
        and (not found.endswith(("вам", "рам")))
    ):
        # «отпуска» is of «отпускам» and of «отпуск»: the verb goes with its noun.
        return found[:-1]
    return found


def _by_endings(form: str, endings: Iterable[tuple[str, str]]) -> str | None:
    known = _dictionary()
    for cut, put in endings:
        if form.endswith(cut) and len(form) - len(cut) >= 3:
            found = known(form[: len(form) - len(cut)] + put)
            if found is not None:
                return found
    return None


@cache
def _dictionary() -> Callable[[str], str | None]:
    """Loaded at the first word: it takes a quarter of a second and 25 MB."""
    from simplemma.strategies import DefaultDictionaryFactory

    # Asked directly: the package's own functions try other spellings and cost ten times as much.
    lemmas = DefaultDictionaryFactory().get_dictionary("bg")

    def known(form: str) -> str | None:
        lemma = lemmas.get(form) or lemmas.get(form.capitalize())
        if lemma is None:
            return None
        lemma = lemma.lower().removesuffix("-(се)")
        lemma = _PUT_RIGHT.get(lemma, lemma)
        # Some entries are terms of two words or names in Latin letters, and some are plainly
        # wrong: «гравитационните» is no form of «взаимодействие».
        if not BULGARIAN.match(lemma) or (lemma[0] != form[0] and len(form) > 6):
            return None
        return lemma

    return known


# ── The rules ──

VOWELS = "аъоуеиюяйь"


def _stripped(form: str) -> str:
    if len(form) < 4:
        return form
    is_deed = form.endswith(("ение", "ения", "ението", "енията")) and "ствени" not in form
    form = _without_article(form)
    if len(form) > 5 and form.endswith(("ове", "еве")):
        form = form[:-3]
    form = _without_vowels(form)
    if len(form) > 5 and form.endswith(("ат", "ят")):
        # «мандата» looks like an article after «манда»; so «мандат» must lose its -ат, too.
        form = _without_vowels(form[:-2])
    elif len(form) > 6 and form.endswith(("ващ", "ван", "анин", "янин")):
        form = _without_vowels(form[:-2])
    if not is_deed:  # «решение» is not «решен»
        form = _closed_up(form)
    if len(form) > 3:
        # «месец», «месеци»; «вестник», «вестници»; «подлог», «подлози»
        form = form[:-1] + _BEFORE_I.get(form[-1], form[-1])
    return in_stem(form)


def in_stem(form: str) -> str:
    """Letters as stems by the rules have them: «място» and «места» meet."""
    return form[:1] + form[1:].replace("я", "е")


_BEFORE_I = {"ц": "к", "з": "г"}
_ARTICLES = (("та", "аятщд"), ("то", VOWELS), ("те", VOWELS))


def _without_article(form: str) -> str:
    if len(form) > 6 and form.endswith("ият"):
        return form[:-2]
    if len(form) > 4 and form.endswith(("ът", "ят")):
        return form[:-2]
    for article, after in _ARTICLES:
        rest = form.removesuffix(article)
        if rest != form and len(rest) >= 3 and rest[-1] in after:
            return rest
    return form


def _without_vowels(form: str) -> str:
    bare = form[:3] + form[3:].rstrip(VOWELS)
    if len(form) - len(bare) > 1 and bare[-1] in "гх" and form[len(bare)] == "и":
        return f"{bare}и"  # «аналогия» is not «аналог»
    return bare


def _closed_up(form: str) -> str:
    """Without a vowel that other forms lack: «централен», «централни»; «министър», «министри»."""
    if len(form) > 4 and (form.endswith(("ен", "ец", "ел")) or form[-2] == "ъ"):
        between = "й" if form.endswith("ен") and form[-3] in VOWELS else ""  # «спокоен»
        return form[:-2] + between + form[-1]
    return form
