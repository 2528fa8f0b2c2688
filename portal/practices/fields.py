"""The record of a good practice: 32 fields in six steps.

Put together from what URBACT, Interreg Europe, OECD OPSI, FAO, Joinup and the Foundation for Local
Government Reform ask for. Field 3, the organisation, is the author's own and is not asked.
"""

from portal.accounts.regions import REGIONS
from portal.kernel.i18n import _l
from portal.practices.choices import (
    ALIGNMENTS,
    ASPECTS,
    CURRENCIES,
    LANGUAGES,
    LICENCES,
    MATERIALS,
    MATURITIES,
    MOMENTS,
    OFFERS,
    PICTURE_LICENCES,
    RUNNING,
    SCOPES,
    SHOWN,
    SPENT,
    VISIBILITIES,
)
from portal.practices.models import PracticeRevision
from portal.practices.parts import Column, Field, Step

ABOUT = Step(
    "about",
    _l("About the practice"),
    (
        Field("title", 1, _l("Title"), "line", "R", high=PracticeRevision.TITLE_MAX,
              in_failed=True,
              why=_l("It is the first and often the only thing that a colleague reads."),
              hint=_l("What was done, not the name of the project.")),
        Field("summary", 2, _l("In one sentence"), "line", "R", high=PracticeRevision.SUMMARY_MAX,
              in_failed=True,
              why=_l("Lists and mails show this sentence under the title.")),
        Field("contact", 4, _l("Contact person who will answer"), "person", "R", in_failed=True,
              why=_l("Nobody takes over a practice without asking somebody who did it.")),
        Field("mailbox", 4, _l("Shared mailbox"), "line", high=200, in_failed=True,
              hint=_l("An address that is read also when the contact person is away.")),
        Field("contact_shown", 4, _l("Who sees the contact"), "choice", "R", choices=SHOWN,
              in_failed=True),
        Field("settlement", 5, _l("Settlement"), "line", "R", high=80, in_failed=True,
              why=_l("Readers look for places like their own.")),
        Field("ekatte", 5, _l("EKATTE code"), "line", high=5, in_failed=True,
              hint=_l("Five digits of the national register of settlements.")),
        Field("nuts3", 5, _l("District"), "choice", in_failed=True,
              choices=tuple(REGIONS.items())),
        Field("latitude", 5, _l("Latitude"), "number", low=-90, high=90, in_failed=True,
              hint=_l("In degrees, such as 42.5048.")),
        Field("longitude", 5, _l("Longitude"), "number", low=-180, high=180, in_failed=True),
        Field("scope", 5, _l("How far it reached"), "choice", "R", choices=SCOPES,
              in_failed=True),
        Field("topics", 6, _l("Topics"), "topics", "R", low=1, high=3, in_failed=True,
              why=_l("By its topics the practice is found in the library.")),
        Field("keywords", 6, _l("Further words"), "line", high=120, in_failed=True,
              hint=_l("Words that somebody may search for, parted by commas.")),
    ),
)  # fmt: skip

STORY = Step(
    "story",
    _l("Problem and solution"),
    (
        Field("problem", 7, _l("Which problem it solves"), "text", "R", low=300, high=1000,
              in_failed=True, hint=_l("Who is affected, and how many."),
              why=_l("Whoever has the same problem recognises it here.")),
        Field("solution", 8, _l("What you did"), "text", "R", low=500, high=3000, in_failed=True,
              hint=_l("So that it is understood without opening a link."),
              why=_l("This is the practice itself.")),
        Field("begun", 10, _l("Begun"), "month", "R", in_failed=True,
              why=_l("What has not begun to reach people is an idea, not yet a practice."),
              hint=_l("Month and year, such as 05.2024.")),
        Field("ended", 10, _l("Ended"), "month", in_failed=True),
        Field("running", 10, _l("State"), "choice", "R", choices=RUNNING, in_failed=True),
        Field("maturity", 11, _l("Maturity"), "choice", "R", choices=MATURITIES,
              why=_l("It tells how much a reader may rely on it.")),
        Field("replicated", 11, _l("Where it was repeated"), "line", high=300,
              hint=_l("A good practice has worked in at least one other place. Name it.")),
        Field("aspects", 16, _l("Integrated approach"), "choices", choices=ASPECTS),
        Field("aspects_how", 16, _l("How these come together"), "text", high=1000),
    ),
)  # fmt: skip

HOW = Step(
    "how",
    _l("How it is done"),
    (
        Field("steps", 9, _l("Steps"), "rows", "V", low=1, high=30, in_failed=True,
              why=_l("With the steps another municipality can plan the same."),
              columns=(
                  Column("what", _l("Step"), "text", high=300),
                  Column("who", _l("Who"), need="o", high=120),
                  Column("weeks", _l("Weeks"), "number", need="o", high=520),
                  Column("output", _l("Result of the step"), need="o"),
              )),
        Field("costs", 12, _l("Costs"), "rows", "V", low=1, high=20, in_failed=True,
              why=_l("The first question of every mayor is what it cost."),
              hint=_l("0 if it cost nothing. Sums in leva are shown in euro as well."),
              columns=(
                  Column("sort", _l("Kind"), "choice", choices=SPENT, default="setup"),
                  Column("amount", _l("Sum"), "number", high=10**10),
                  Column("currency", _l("Currency"), "choice", choices=CURRENCIES, default="EUR"),
                  Column("year", _l("Year"), "number", low=1990, high=2100),
                  Column("source", _l("Source of funds"), need="o"),
              )),
        Field("person_months", 13, _l("Work, in person-months"), "number", "V", high=100_000,
              why=_l("People are often scarcer than money.")),
        Field("skills", 13, _l("Skills needed"), "line", "V", high=300),
        Field("lead_unit", 13, _l("Unit in charge"), "line", "V", high=160),
        Field("legal", 14, _l("Legal basis, council decision"), "text", "V", high=1000,
              why=_l("It tells what must be decided before one can begin.")),
        Field("political", 14, _l("Political support"), "text", high=1000),
        Field("technical", 14, _l("Technical means"), "text", high=1000),
        Field("stakeholders", 15, _l("Partners"), "rows", "V", low=1, high=30,
              why=_l("Others will need partners of the same kind."),
              columns=(
                  Column("name", _l("Name")),
                  Column("role", _l("Role"), high=300),
              )),
        Field("participation", 15, _l("How citizens and organisations took part"), "text", "V",
              high=1500),
    ),
)  # fmt: skip

RESULTS = Step(
    "results",
    _l("Results"),
    (
        Field("beneficiaries", 17, _l("Who benefits"), "rows", "V", low=1, high=20,
              why=_l("Numbers of people show the size of the effect."),
              columns=(
                  Column("group", _l("Group")),
                  Column("number", _l("Number"), "number", high=10**8),
              )),
        Field("indicators", 18, _l("Evidence of results"), "rows", "R", low=1, high=20,
              why=_l("At least one number, before and after, with its source, makes a good story a "
                     "good practice."),
              columns=(
                  Column("name", _l("Indicator")),
                  Column("unit", _l("Unit of measure"), need="o", high=40),
                  Column("baseline", _l("Before"), "number", low=-(10**12), high=10**12),
                  Column("value", _l("After"), "number", low=-(10**12), high=10**12),
                  Column("date", _l("Measured"), "month"),
                  Column("source", _l("Source"), high=300),
              )),
        Field("quote", 19, _l("What changed, in the words of those concerned"), "text",
              high=1000),
        Field("quote_by", 19, _l("Whose words these are"), "line", high=120),
        Field("difficulties", 20, _l("Difficulties and failures"), "rows", "V", low=1, high=20,
              in_failed=True, need_failed="R",
              why=_l("Every real practice had some. Who knows them avoids them."),
              columns=(
                  Column("what", _l("Difficulty"), "text", high=1000),
                  Column("remedy", _l("What you did about it"), "text", need="o", high=1000),
              )),
        Field("lessons", 21, _l("What you would do differently"), "text", "V", high=2000,
              in_failed=True, need_failed="R",
              why=_l("It saves the next municipality the same mistakes.")),
    ),
)  # fmt: skip

TRANSFER = Step(
    "transfer",
    _l("For others"),
    (
        Field("core", 22, _l("What must stay"), "text", "V", high=1500,
              why=_l("Whoever adapts it must know what makes it work.")),
        Field("adaptable", 22, _l("What may change"), "text", "V", high=1500),
        Field("fits", 23, _l("For whom it fits"), "text", "V", high=1000,
              why=_l("Readers ask first whether it fits a municipality like theirs.")),
        Field("small", 23, _l("How a small municipality can do it"), "text", "V", high=1000),
        Field("no_grant", 23, _l("Cost without a grant"), "text", "V", high=600),
        Field("sustained", 24, _l("Who pays after the project"), "text", "V", high=1000,
              why=_l("Much ends with the money of the project. This tells that it did not.")),
        Field("sustained_since", 24, _l("Since when"), "month", "V"),
        Field("alignment", 25, _l("Links with strategies"), "rows", high=12,
              columns=(
                  Column("sort", _l("Kind"), "choice", choices=ALIGNMENTS, default="piro"),
                  Column("what", _l("Measure or objective"), high=300),
              )),
        Field("project", 26, _l("Project"), "line", high=200),
        Field("programme", 26, _l("Programme"), "line", high=200),
        Field("project_number", 26, _l("Number in the register (ISUN)"), "line", high=60),
        Field("offers", 31, _l("What you offer"), "choices", choices=OFFERS,
              why=_l("A visit or a call often decides whether a practice is taken over.")),
    ),
)  # fmt: skip

FILES = Step(
    "files",
    _l("Files, pictures, terms"),
    (
        Field("materials", 27, _l("Files to reuse"), "files", high=30, in_failed=True,
              why=_l("Templates, decisions and contracts spare others weeks of work."),
              columns=(
                  Column("title", _l("What it is")),
                  Column("sort", _l("Kind"), "choice", choices=MATERIALS, default="template"),
                  # A contract or a plan of somebody else's need not be as free as the practice.
                  Column("licence", _l("Licence"), "choice", need="o", choices=PICTURE_LICENCES,
                         default="own"),
              )),
        Field("pictures", 28, _l("Pictures"), "pictures", "V", low=1, high=20,
              why=_l("A picture shows at a glance what words tell slowly."),
              columns=(
                  Column("alt", _l("What it shows"), high=300),
                  Column("author", _l("Author"), high=120),
                  Column("licence", _l("Licence"), "choice", choices=PICTURE_LICENCES,
                         default="own"),
                  Column("moment", _l("When it was taken"), "choice", need="o", choices=MOMENTS),
                  Column("consent", _l("The people in it agreed, or there are none"), "yes"),
              )),
        Field("original", 29, _l("Written first in"), "choice", "R", choices=LANGUAGES,
              in_failed=True),
        Field("machine", 29, _l("This text was translated by a machine"), "yes", in_failed=True),
        Field("licence", 30, _l("Licence"), "choice", "R", choices=LICENCES, in_failed=True,
              hint=_l("Under CC BY 4.0 everybody may use it and names you.")),
        Field("visibility", 32, _l("Who may read it"), "choice", "R", choices=VISIBILITIES,
              in_failed=True),
    ),
)  # fmt: skip

STEPS = (ABOUT, STORY, HOW, RESULTS, TRANSFER, FILES)
