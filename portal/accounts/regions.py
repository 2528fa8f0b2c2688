"""Where an organisation lies and how large it is: the districts by NUTS 3, five classes of size.

The codes are those of Regulation (EC) 1059/2003 for Bulgaria, as in force since 2021; a place in
another country has the code of its country, as far as the portal needs one.
"""

from portal.kernel.i18n import _l

REGIONS: dict[str, tuple[str, str]] = {
    "BG311": ("Видин", "Vidin"),
    "BG312": ("Монтана", "Montana"),
    "BG313": ("Враца", "Vratsa"),
    "BG314": ("Плевен", "Pleven"),
    "BG315": ("Ловеч", "Lovech"),
    "BG321": ("Велико Търново", "Veliko Tarnovo"),
    "BG322": ("Габрово", "Gabrovo"),
    "BG323": ("Русе", "Ruse"),
    "BG324": ("Разград", "Razgrad"),
    "BG325": ("Силистра", "Silistra"),
    "BG331": ("Варна", "Varna"),
    "BG332": ("Добрич", "Dobrich"),
    "BG333": ("Шумен", "Shumen"),
    "BG334": ("Търговище", "Targovishte"),
    "BG341": ("Бургас", "Burgas"),
    "BG342": ("Сливен", "Sliven"),
    "BG343": ("Ямбол", "Yambol"),
    "BG344": ("Стара Загора", "Stara Zagora"),
    "BG411": ("София (столица)", "Sofia (capital)"),
    "BG412": ("Софийска област", "Sofia district"),
    "BG413": ("Благоевград", "Blagoevgrad"),
    "BG414": ("Перник", "Pernik"),
    "BG415": ("Кюстендил", "Kyustendil"),
    "BG421": ("Пловдив", "Plovdiv"),
    "BG422": ("Хасково", "Haskovo"),
    "BG423": ("Пазарджик", "Pazardzhik"),
    "BG424": ("Смолян", "Smolyan"),
    "BG425": ("Кърджали", "Kardzhali"),
}

# Code, the first number of inhabitants that is too many, and the words of the class.
SIZES = (
    ("xs", 5_000, _l("up to 5,000 inhabitants")),
    ("s", 20_000, _l("5,000 to 20,000")),
    ("m", 50_000, _l("20,000 to 50,000")),
    ("l", 100_000, _l("50,000 to 100,000")),
    ("xl", 10**9, _l("over 100,000")),
)


def size_of(population: int | None) -> str:
    """The class of a number of inhabitants; empty when it is not known."""
    if population is None:
        return ""
    return next(code for code, limit, _words in SIZES if population < limit)
