"""Words as the index knows them, and questions as their readers mean them.

For texts: `cleaning` (words in their plain form), `bulgarian` and `english` (what is held of a
word), `terms` (all of a text). For questions: `syntax` (phrases, filters, exclusions), `meant`
(what stands nowhere: `keyboards` for Latin letters and layouts, `spelling` for slips, both over a
`lexicon` of the reader's own), `synonyms`, and `questions`, which puts it together. `marking`
finds the asked words in a text.
"""

from portal.search.language.cleaning import plain_form, words
from portal.search.language.lexicon import Lexicon, WordList, hashes, packed
from portal.search.language.marking import spots
from portal.search.language.questions import (
    Alternative,
    Clause,
    Filters,
    Reading,
    filters,
    understand,
)
from portal.search.language.synonyms import Synonyms
from portal.search.language.syntax import QUESTION_MAX
from portal.search.language.terms import BORDER, Analysed, analysed, term, terms

# Raised whenever the same text would give other terms: the index is then written anew.
VERSION = 7

__all__ = [
    "BORDER",
    "QUESTION_MAX",
    "VERSION",
    "Alternative",
    "Analysed",
    "Clause",
    "Filters",
    "Lexicon",
    "Reading",
    "Synonyms",
    "WordList",
    "analysed",
    "filters",
    "hashes",
    "packed",
    "plain_form",
    "spots",
    "term",
    "terms",
    "understand",
    "words",
]
