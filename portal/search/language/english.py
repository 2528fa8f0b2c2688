"""What the index holds of an English word, by a few rules: plurals, -ed, -ing, -ly.

Enough for the words of English texts to meet; whole families («organise», «organisation») do
not, because a wrong meeting costs more than a missed one.
"""

import re

_BINDING = "a an and at by for from in is of on or the to with"
BINDING = frozenset(_BINDING.split())
ENGLISH = re.compile(r"[a-z]+\Z")
_VOWEL = re.compile("[aeiouy]")


def stem(form: str) -> str:
    if len(form) < 4 or not ENGLISH.match(form):
        return form
    form = _singular(form)
    for ending in ("edly", "ingly", "ed", "ing", "ly"):
        rest = form.removesuffix(ending)
        if rest != form and len(rest) > 2 and _VOWEL.search(rest):
            form = rest
            if ending != "ly" and form[-1] == form[-2] and form[-1] not in "lsz":
                form = form[:-1]  # «planned»
            break
    if len(form) > 3 and form.endswith("e"):
        form = form[:-1]
    if len(form) > 2 and form.endswith("y") and form[-2] not in "aeiou":
        form = f"{form[:-1]}i"
    return form


def _singular(form: str) -> str:
    if form.endswith("ies") and len(form) > 4:
        return f"{form[:-3]}y"
    if form.endswith(("sses", "shes", "ches", "xes", "zes")):
        return form[:-2]
    if form.endswith("s") and not form.endswith(("ss", "us", "is")):
        return form[:-1]
    return form
