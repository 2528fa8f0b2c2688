"""Which line of a saved web page or a plain text is its title, and which are its menu."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.content.models import Content
from portal.importing import dates
from portal.kernel.i18n import _

# A page's menus and tools, whole lines. Compared without case and edge punctuation.
_MENU_WORDS = """
    търсене|търси|търсене в сайта|новини|всички новини|последни новини|още новини|начало|
    начална страница|начална|меню|главно меню|регистър|регистри|вход|изход|регистрация|печат|
    отпечатай|разпечатай|версия за печат|е-поща|e-поща|имейл|контакти|контакт|за нас|
    за контакти|карта на сайта|актуално|обявления|обяви|съобщения|календар|галерия|фотогалерия|
    архив|споделете|сподели|назад|обратно|напред|нагоре|към началото|прескочи към съдържанието|
    към съдържанието|към основното съдържание|република българия|достъпност|полезни връзки|
    профил на купувача|достъп до информация|антикорупция|антикорупционна кутия|администрация|
    услуги|общински съвет|кметства|документи|структура|проекти|събития|медии|
    прескачане към съдържанието|език|български|английски|english|bulgarian|bg|en|de|home|
    homepage|news|search|menu|main menu|login|logout|print|email|e-mail|share|contact|contacts|
    about|about us|site map|sitemap|skip to content|skip to main content|facebook|twitter|x|
    instagram|youtube|linkedin|viber|rss|tweet|back|top|read more|прочети още|виж повече|
    виж още|коментари|няма коментари|бисквитки|приемам|разбрах
"""
_MENU = frozenset(line.strip() for line in _MENU_WORDS.split("|"))
_TRAIL = re.compile(
    r"^(?:вие сте тук|намирате се|вие се намирате|ти си тук|you are here|начало|home|път)\b"
    r"\s*(?::|>|»|/|→|\|)",
    re.IGNORECASE,
)
_SEPARATED = re.compile(r"\s(?:>|»|→|::|\|)\s")
_BANNER = re.compile(
    r"^(?:Община|ОБЩИНА|Столична община|Район|Кметство|Област|Област[нН]а администрация|"
    r"ОБЛАСТНА АДМИНИСТРАЦИЯ|Областен управител|Общинска администрация)"
    r"(?:\s+(?:на|НА|на\s+[Оо]бласт|Област|ОБЛАСТ|област|гр\.|[-–—]|„?[А-Я][\w-]*[“”\"]?))*$"
)
_CONTACT = re.compile(
    r"^(?:тел|телефон|факс|е-?mail|e-?mail|е-?мейл|адрес|gsm|моб)\b\.?\s*[:.]?|^\+?[\d\s()/-]{6,}$|"
    r"^https?://\S+$|^www\.\S+$|^\S+@\S+\.\S+$",
    re.IGNORECASE,
)
_TOOLS = re.compile(
    r"(?:\s*[|•·-]?\s*(?:печат|е-поща|e-поща|e-mail|email|print|pdf|сподели|share|отпечатай))+\s*$",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"^(?:автор|източник|категория|рубрика|раздел|публикувано от|написано от|посещения|"
    r"преглеждания|прочетено|author|source|category|written by|hits|снимка|снимки)\s*:",
    re.IGNORECASE,
)
_CREDITS = re.compile(
    r"^(?:web ?design|design by|powered by|copyright|©|всички права|изработка на сайт|уеб дизайн)",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
LOOK = 20  # lines at the beginning in which a title is looked for
LINE_MAX = 400  # characters; a longer line is a paragraph, and no pattern is tried on it
SHORT = 12  # characters; a shorter title says too little to be sure of


@dataclass(frozen=True)
class Title:
    """The chosen title; `line` is its place, None when it is no line of the text.

    doubt: why a person should look at it; empty when it is clear.
    """

    text: str
    line: int | None
    doubt: str = ""


def choose(lines: Sequence[str], name: str) -> Title:
    """The title of a text given as lines. `name`: the file's, for a text without any."""
    first = [(place, line.strip()) for place, line in enumerate(lines) if line.strip()][:LOOK]
    for rank, (place, line) in enumerate(first):
        if is_menu(line) or dates.of_line(line) or not _LETTER.search(line):
            continue
        following = [text for _place, text in first[rank + 1 :]]
        if repeats(line, following):
            continue
        skipped = any(_by_evidence(first, before) for before in range(rank))
        return _checked(line, place, skipped)
    return Title(
        from_name(name),
        None,
        _("no line of the text is a title; the file's name is used"),
    )


def _by_evidence(first: Sequence[tuple[int, str]], rank: int) -> bool:
    """Whether a skipped line was skipped for being repeated below, not for being a known menu."""
    line = first[rank][1]
    return not is_menu(line) and dates.of_line(line) is None and bool(_LETTER.search(line))


def _checked(line: str, place: int, skipped: bool) -> Title:
    text = _without_tools(line.lstrip("#•*– ")) or line
    if len(text) > Content.TITLE_MAX:
        return Title(_cut(text), place, _("the first line is a long one and was cut"))
    if len(text) < SHORT:
        return Title(text, place, _("it is very short"))
    if text.endswith((",", ";", ":")):
        return Title(text.rstrip(",;: "), place, _("the line seems to go on"))
    if skipped:
        return Title(text, place, _("lines before it looked like the page's own heading"))
    return Title(text, place)


def _without_tools(line: str) -> str:
    """A line without «Печат Е-поща» at its end; a long line is a paragraph and has none."""
    return _TOOLS.sub("", line).strip() if len(line) <= LINE_MAX else line


def _cut(text: str) -> str:
    sentence = re.match(r"(.{20,}?[.!?…])\s", text)
    if sentence and len(sentence.group(1)) <= Content.TITLE_MAX:
        return sentence.group(1).rstrip(".")
    return text[: Content.TITLE_MAX - 1].rsplit(" ", 1)[0].rstrip(" ,;:–-") + "…"


def is_menu(line: str) -> bool:
    """Whether a line is a page's furniture: a menu word, a trail, a banner, a contact, a byline."""
    if len(line) > LINE_MAX:
        return False
    bare = " ".join(line.casefold().split()).strip(" .:;,|»«>•·-–—*#[]()!")
    if not bare or bare in _MENU:
        return True
    if _TRAIL.match(line) or _BANNER.match(line) or _CONTACT.match(line) or _BYLINE.match(line):
        return True
    parts = [part.strip().casefold() for part in re.split(r"\s*[|»>→•·/]\s*|\s{2,}", line)]
    if len(parts) > 1 and all(part in _MENU or not part for part in parts):
        return True
    return len(_SEPARATED.findall(line)) > 1 and len(line) < 160


def repeats(line: str, following: Sequence[str]) -> bool:
    """Whether a line is the page's heading or trail: it holds a whole line that comes below.

    «Home Years: 2023 Partners of the town» above «Partners of the town».
    """
    folded = line.casefold()
    for other in following[:8]:
        if other[:1].islower():
            continue  # the rest of a sentence, no title
        other = _without_tools(other).casefold()
        is_part = len(other) >= SHORT and " " in other and len(other) < len(folded)
        if is_part and folded.endswith(other):
            return True
    return False


def end_of(lines: Sequence[str]) -> int:
    """Where a text ends and the page's furniture begins; its length when there is none.

    Cut is a run of short lines at the very end that is mostly made of menu words, from its first
    one on; so a signature or a telephone below a text stays.
    """
    end = _without_blank(lines, len(lines))
    run = end
    while run and (_could_be_menu(lines[run - 1]) or not lines[run - 1].strip()):
        run -= 1
    places = [place for place in range(run, end) if lines[place].strip()]
    sure = [place for place in places if _is_furniture(lines[place])]
    if sure and len(sure) * 2 >= len([place for place in places if place >= sure[0]]):
        return _without_blank(lines, sure[0])
    return end


def _without_blank(lines: Sequence[str], end: int) -> int:
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def _is_furniture(line: str) -> bool:
    return bool(_CREDITS.match(line)) or (not re.search(r"[\d@]", line) and is_menu(line))


def _could_be_menu(line: str) -> bool:
    line = line.strip()
    return _is_furniture(line) or (
        len(line) <= 40 and not re.search(r"[\d@]|[.!?;:,…]$|^[-–•*]", line)
    )


def from_name(name: str) -> str:
    """A title from a file's name, when there is nothing better."""
    words = re.sub(r"[_\s-]+", " ", name.rsplit(".", 1)[0]).strip()
    return (words[:1].upper() + words[1:])[: Content.TITLE_MAX] or _("Untitled")
