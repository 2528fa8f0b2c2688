"""The words that fields of the record let choose from. A stored code never changes its meaning."""

from portal.kernel.i18n import _l
from portal.practices.parts import Choices

LEVA_IN_EURO = "1.95583"  # leva for one euro, fixed for good in 1999

SHOWN: Choices = (
    ("partners", _l("partners and the municipality")),
    ("public", _l("everybody")),
)
SCOPES: Choices = (
    ("village", _l("one settlement")),
    ("municipality", _l("the municipality")),
    ("region", _l("several municipalities, a region")),
)
RUNNING: Choices = (
    ("running", _l("still running")),
    ("ended", _l("ended as planned")),
    ("stopped", _l("given up")),
)
MATURITIES: Choices = (
    ("innovation", _l("innovation: new, tried in one place")),
    ("promising", _l("promising: first results are there")),
    ("good", _l("good: it worked in another place too")),
    ("institutionalised", _l("institutionalised: part of everyday work")),
)
ASPECTS: Choices = (
    ("social", _l("social")),
    ("economic", _l("economic")),
    ("environmental", _l("environmental")),
    ("digital", _l("digital")),
    ("gender", _l("equality of women and men")),
)
SPENT: Choices = (
    ("setup", _l("once, to set it up")),
    ("yearly", _l("each year")),
)
CURRENCIES: Choices = (("EUR", _l("euro")), ("BGN", _l("leva")))
ALIGNMENTS: Choices = (
    ("piro", _l("plan for integrated development")),
    ("sdg", _l("sustainable development goal")),
    ("eu", _l("objective of European policy")),
)
OFFERS: Choices = (
    ("visit", _l("study visit")),
    ("call", _l("call")),
    ("mentoring", _l("mentoring")),
    ("templates", _l("ready templates")),
)
MATERIALS: Choices = (
    ("template", _l("template")),
    ("decision", _l("council decision")),
    ("terms", _l("terms of reference")),
    ("contract", _l("contract")),
    ("evidence", _l("evidence of results")),
    ("other", _l("other file")),
)
MOMENTS: Choices = (("before", _l("before")), ("after", _l("after")), ("other", _l("other time")))
LICENCES: Choices = (
    ("CC-BY-4.0", "CC BY 4.0"),
    ("CC-BY-SA-4.0", "CC BY-SA 4.0"),
    ("CC0-1.0", "CC0 1.0"),
)
PICTURE_LICENCES: Choices = (
    ("own", _l("as the practice")),
    *LICENCES,
    ("portal", _l("for this portal only")),
)
LANGUAGES: Choices = (("bg", _l("Bulgarian")), ("en", _l("English")))
VISIBILITIES: Choices = (
    ("own", _l("my organisation and the municipality")),
    ("partners", _l("all partners and the municipality")),
    ("public", _l("all partners; it may be published for everybody")),
)
