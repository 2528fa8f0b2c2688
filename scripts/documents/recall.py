"""How many of the printed words the reader finds, format by format, in papers made by seed."""

import os
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from portal.files import reading
from scripts.documents import town
from tests.support.papers import Paper, Unavailable, paper, split

TESSDATA = Path(__file__).parents[2] / "static/dist/tessdata"
TARGETS = {"born-digital": 0.99, "scan-300": 0.95}
# Papers in a hundred. An office keeps mostly PDF and Word; the odd encodings are all in.
SHARES = {
    "pdf": 20,
    "pdf-two-columns": 5,
    "pdf-no-tounicode": 3,
    "pdf-mojibake": 3,
    "scan-300": 6,
    "scan-150": 3,
    "docx": 20,
    "doc": 4,
    "odt": 3,
    "rtf": 2,
    "rtf-1251": 2,
    "xlsx": 8,
    "xls": 2,
    "ods": 1,
    "pptx": 3,
    "ppt": 1,
    "odp": 1,
    "eml": 1,
    "eml-1251": 2,
    "msg": 1,
    "msg-1251": 1,
    "html": 1,
    "html-1251": 1,
    "csv": 1,
    "csv-1251": 1,
    "csv-utf16": 1,
    "txt": 1,
    "txt-1251": 1,
    "txt-utf16": 1,
}
TYPEFACES = ("serif", "sans", "sofia")
SCANS = ("scan-300", "scan-150")
BY_OCR = (*SCANS, "pdf-no-tounicode", "pdf-mojibake")  # their text layer is of no use


@dataclass
class Tally:
    """What was printed, read and in common, over the papers of one row."""

    papers: int = 0
    pages: int = 0
    printed: int = 0
    found: int = 0
    paged: int = 0  # printed words of papers whose pages are told apart
    found_on_page: int = 0
    read: int = 0
    by_ocr: int = 0
    seconds: float = 0  # of reading, without OCR
    ocr_seconds: float = 0
    child: float = 0  # most memory of a child that reads, MB
    ocr_child: float = 0  # of one that recognises
    missing: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        for name in ("papers", "pages", "printed", "found", "read", "by_ocr"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.paged += other.paged
        self.found_on_page += other.found_on_page
        self.seconds += other.seconds
        self.ocr_seconds += other.ocr_seconds
        self.child = max(self.child, other.child)
        self.ocr_child = max(self.ocr_child, other.ocr_child)
        self.missing += other.missing
        self.extra += other.extra

    @property
    def recall(self) -> float:
        return self.found / self.printed if self.printed else 0.0

    @property
    def unprinted(self) -> float:
        """Of the words that were read, the part that nobody printed."""
        return 1 - self.found / self.read if self.read else 0.0


def measured(made: Paper, folder: Path, watch: town.Watch) -> Tally:
    """Read one paper as the portal does and compare."""
    path = folder / made.name
    path.write_bytes(made.data)
    found = reading.read(path, made.name)
    texts = {page.number: page.text for page in found.pages}
    tally = Tally(papers=1, pages=len(made.words), seconds=found.seconds)
    tally.child = watch.taken()
    if found.to_ocr:
        began = time.perf_counter()
        for page in reading.ocr(path, found.kind, found.to_ocr, TESSDATA):
            texts[page.number] = page.text
            tally.by_ocr += 1
        tally.ocr_seconds, tally.ocr_child = time.perf_counter() - began, watch.taken()
    path.unlink()
    read = {number: Counter(split(text)) for number, text in texts.items()}
    all_read = sum(read.values(), Counter())
    all_printed = Counter(word for page in made.words for word in page)
    common = all_read & all_printed
    tally.printed, tally.read = all_printed.total(), all_read.total()
    tally.found, tally.missing = common.total(), all_printed - all_read
    tally.extra = all_read - all_printed
    if found.paged and len(texts) == len(made.words):
        pairs = [(Counter(words), read.get(n, Counter())) for n, words in enumerate(made.words, 1)]
        tally.paged = tally.printed
        tally.found_on_page = sum((printed & seen).total() for printed, seen in pairs)
    return tally


def measure(papers: int, wanted: str = "") -> tuple[dict[str, Tally], list[str]]:
    """A tally for each row, and what could not be measured here."""
    rows: dict[str, Tally] = {}
    left_out: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="portal-recall-"))
    try:
        with town.Watch(os.getpid()) as watch:
            for kind, number, face in _plan(papers, wanted):
                try:
                    made = paper(kind, seed=number, pages=3, typeface=face)
                except Unavailable as missing:
                    left_out.append(f"{kind} {face}: {missing} is not installed here")
                    continue
                row = f"{kind} {face}" if kind in BY_OCR else kind
                rows.setdefault(row, Tally()).add(measured(made, folder, watch))
    finally:
        shutil.rmtree(folder)
    return rows, sorted(set(left_out))


def _plan(papers: int, wanted: str) -> Iterator[tuple[str, int, str]]:
    for kind, share in SHARES.items():
        if not re.search(wanted, kind):
            continue
        # Every row of the table has a paper, and every typeface of a scan.
        least = len(TYPEFACES) if kind in BY_OCR else 1
        for number in range(max(round(share * papers / 100), least)):
            yield kind, 1000 + number, TYPEFACES[number % len(TYPEFACES)]


def whole(rows: dict[str, Tally]) -> dict[str, Tally]:
    """The sums that the targets speak of."""
    sums = {"born-digital": Tally(), "scan-300": Tally(), "scan-150": Tally()}
    sums["text layer garbage"] = Tally()
    for row, tally in rows.items():
        kind = row.split(" ", 1)[0]
        if kind in SCANS:
            sums[kind].add(tally)
        elif kind in BY_OCR:
            sums["text layer garbage"].add(tally)
        else:
            sums["born-digital"].add(tally)
    return sums


def report(papers: int, misses: bool, wanted: str = "") -> None:
    rows, left_out = measure(papers, wanted)
    print("\nRecall: printed words that were read, by multiset, letters and digits, any case")
    print("on page: and on the right page; s/paper: reading without OCR; s/page: OCR of a page")
    print("child MB, OCR MB: the most memory of the child that reads, and of the one for OCR")
    head = (
        "format",
        "share",
        "papers",
        "pages",
        "by OCR",
        "words",
        "recall",
        "on page",
        "unprinted",
    )
    print(_LINE.format(*head, "s/paper", "s/page", "child MB", "OCR MB"))
    for row, tally in rows.items():
        _print(row, f"{SHARES[row.split(' ', 1)[0]]} %", tally)
    print()
    for name, tally in whole(rows).items():
        target = TARGETS.get(name)
        _print(name, f">= {target}" if target else "", tally)
    for line in left_out:
        print(f"not measured: {line}")
    if misses:
        _print_misses(rows)


_LINE = "{:<24}{:>8}{:>8}{:>7}{:>8}{:>8}{:>8}{:>9}{:>11}{:>9}{:>8}{:>10}{:>8}"


def _print(name: str, second: str, t: Tally) -> None:
    if not t.papers:
        return
    paged = f"{t.found_on_page / t.paged:.4f}" if t.paged else ""
    each = f"{t.seconds / t.papers:.2f}"
    recognised = f"{t.ocr_seconds / t.by_ocr:.1f}" if t.by_ocr else ""
    memory = f"{t.child:.0f}", f"{t.ocr_child:.0f}" if t.by_ocr else ""
    figures = (t.papers, t.pages, t.by_ocr, t.printed, f"{t.recall:.4f}", paged)
    print(_LINE.format(name, second, *figures, f"{t.unprinted:.4f}", each, recognised, *memory))


def _print_misses(rows: dict[str, Tally]) -> None:
    for row, tally in rows.items():
        for what, words in (("missing", tally.missing), ("unprinted", tally.extra)):
            common = ", ".join(f"{word} {n}" for word, n in words.most_common(20))
            print(f"\n{row}, {what}: {common or 'none'}")
