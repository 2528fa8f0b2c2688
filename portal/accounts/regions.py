"""Where an organisation lies and how large it is: the districts by NUTS 3, five classes of size.

The codes are those of Regulation (EC) 1059/2003 for Bulgaria, as in force since 2021; a place in
another country has the code of its country, as far as the portal needs one.
"""

from typing import NamedTuple

from portal.kernel.i18n import _l, language


class Region(NamedTuple):
    """A district's name in both languages; as a string in the reader's."""

    bg: str
    en: str

    def __str__(self) -> str:
        return self.en if language() == "en" else self.bg


REGIONS: dict[str, Region] = {
    "BG311": Region("Видин", "Vidin"),
    "BG312": Region("Монтана", "Montana"),
    "BG313": Region("Враца", "Vratsa"),
    "BG314": Region("Плевен", "Pleven"),
    "BG315": Region("Ловеч", "Lovech"),
    "BG321": Region("Велико Търново", "Veliko Tarnovo"),
    "BG322": Region("Габрово", "Gabrovo"),
    "BG323": Region("Русе", "Ruse"),
    "BG324": Region("Разград", "Razgrad"),
    "BG325": Region("Силистра", "Silistra"),
    "BG331": Region("Варна", "Varna"),
    "BG332": Region("Добрич", "Dobrich"),
    "BG333": Region("Шумен", "Shumen"),
    "BG334": Region("Търговище", "Targovishte"),
    "BG341": Region("Бургас", "Burgas"),
    "BG342": Region("Сливен", "Sliven"),
    "BG343": Region("Ямбол", "Yambol"),
    "BG344": Region("Стара Загора", "Stara Zagora"),
    "BG411": Region("София (столица)", "Sofia (capital)"),
    "BG412": Region("Софийска област", "Sofia district"),
    "BG413": Region("Благоевград", "Blagoevgrad"),
    "BG414": Region("Перник", "Pernik"),
    "BG415": Region("Кюстендил", "Kyustendil"),
    "BG421": Region("Пловдив", "Plovdiv"),
    "BG422": Region("Хасково", "Haskovo"),
    "BG423": Region("Пазарджик", "Pazardzhik"),
    "BG424": Region("Смолян", "Smolyan"),
    "BG425": Region("Кърджали", "Kardzhali"),
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
