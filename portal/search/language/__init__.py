"""Words as the index knows them, and questions as their readers mean them.

cleaning    words out of a text, in their plain form
bulgarian   what the index holds of a Bulgarian word; `english` of an English one
terms       all of a text, for the index
lexicon     which words a reader may be told of
questions   what was typed, understood
marking     where the asked words stand in a text
"""

from portal.search.language.cleaning import plain_form, words
from portal.search.language.lexicon import Lexicon, Listed
from portal.search.language.marking import spots
from portal.search.language.questions import (
    QUESTION_MAX,
    Alternative,
    Clause,
    Filters,
    Reading,
    filters,
    understand,
)
from portal.search.language.terms import Analysed, analysed, term, terms

# Raised whenever the same text would give other terms: the index is then written anew.
VERSION = 3

__all__ = [
    "QUESTION_MAX",
    "VERSION",
    "Alternative",
    "Analysed",
    "Clause",
    "Filters",
    "Lexicon",
    "Listed",
    "Reading",
    "analysed",
    "filters",
    "plain_form",
    "spots",
    "term",
    "terms",
    "understand",
    "words",
]
