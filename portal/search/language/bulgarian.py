"""What the index holds of a Bulgarian word."""

import re

BULGARIAN = re.compile(r"[а-я]+\Z")

# Words that only bind others: looked for in phrases, else left out of a question.
_BINDING = """
    а аз ако без бе би в във върху вече все ги го да дали до е за и или им има й каква как
    като към ли м между ми му на над не него нея ни но от около по под при през пред с са се
    си след сме със също то той това тя тази този те у че ще я
"""
BINDING = frozenset(_BINDING.split())


def stem(form: str) -> str:
    """A word without the definite article and the last vowels.

    «стратегия», «стратегии», «стратегията» meet, and so do «централен» and «централния». It
    knows no irregular forms.
    """
    if len(form) < 4:
        return form
    return _closed_up(_without(_VOWELS, _without_ata(_without(_VOWELS, _without_article(form)))))


_VOWELS = "аъоуеияюй"
_ARTICLES = (("та", "аятщ"), ("то", "оеи"), ("те", "иеая"), ("ът", ""), ("ят", ""))


def _without_article(form: str) -> str:
    for article, after in _ARTICLES:
        rest = form.removesuffix(article)
        if rest != form and len(rest) >= 3 and (not after or rest[-1] in after):
            return rest
    return form


def _without_ata(form: str) -> str:
    # «заплата» looks like an article after «запла»; so «заплати» must lose its -ат too.
    return form[:-2] if form.endswith("ат") and len(form) >= 5 else form


_FLEETING = ("ен", "ец", "ък", "ъл", "ър")


def _closed_up(form: str) -> str:
    """Without a vowel that other forms lack: «централен», «централни»; «министър», «министри»."""
    return form[:-2] + form[-1] if form.endswith(_FLEETING) and len(form) > 4 else form


def _without(letters: str, form: str) -> str:
    while len(form) > 3 and form[-1] in letters:
        form = form[:-1]
    return form
