"""Papers of an invented Bulgarian municipality in every format, and the words printed on them.

`paper("docx", seed=3, pages=4)` gives the same bytes each time. Its `words` are what a person
reads on each page; a header that a format stores once is counted once, on the first page. Words are
runs of letters and digits in small letters (`split`). `FORMATS` names all; those in `OLD` are
converted by LibreOffice and raise `Unavailable` where it is not installed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.papers import odf, office, old, outlook, pdf, plain, sheets
from tests.support.papers.text import Unavailable, compose, split

__all__ = ["FORMATS", "OLD", "Paper", "Unavailable", "paper", "scan", "split"]

Made = tuple[bytes, list[list[str]]]  # the file, and the texts printed on each page

_MAKERS: dict[str, Callable[..., Made]] = {
    "pdf": pdf.born_digital,
    "pdf-two-columns": pdf.two_columns,
    "pdf-no-tounicode": pdf.without_tounicode,
    "pdf-mojibake": pdf.mojibake,
    "scan-300": lambda draft: pdf.scanned(draft, 300),
    "scan-150": lambda draft: pdf.scanned(draft, 150),
    "docx": office.docx,
    "pptx": office.pptx,
    "xlsx": sheets.xlsx,
    "odt": odf.odt,
    "ods": odf.ods,
    "odp": odf.odp,
    "rtf": plain.rtf_unicode,
    "rtf-1251": plain.rtf_1251,
    "eml": lambda draft: plain.eml(draft, "utf-8"),
    "eml-1251": lambda draft: plain.eml(draft, "windows-1251"),
    "msg": lambda draft: outlook.msg(draft, "utf-16-le"),
    "msg-1251": lambda draft: outlook.msg(draft, "windows-1251"),
    "html": lambda draft: plain.html(draft, "utf-8"),
    "html-1251": lambda draft: plain.html(draft, "windows-1251"),
    "csv": lambda draft: plain.csv_table(draft, "utf-8-sig"),
    "csv-utf16": lambda draft: plain.csv_table(draft, "utf-16"),
    "csv-1251": lambda draft: plain.csv_table(draft, "windows-1251"),
    "txt": lambda draft: plain.txt(draft, "utf-8"),
    "txt-utf16": lambda draft: plain.txt(draft, "utf-16"),
    "txt-1251": lambda draft: plain.txt(draft, "windows-1251"),
    "doc": old.doc,
    "xls": old.xls,
    "ppt": old.ppt,
}
FORMATS = tuple(_MAKERS)
OLD = ("doc", "xls", "ppt")


@dataclass(frozen=True)
class Paper:
    """A file as somebody would upload it. `words`: what is printed, page by page."""

    name: str
    data: bytes
    words: list[list[str]]
    language: str
    title: str = ""


def extension(kind: str) -> str:
    """pdf for scan-300, txt for txt-1251."""
    return "pdf" if kind.startswith("scan") else kind.partition("-")[0]


def paper(
    kind: str,
    seed: int = 1,
    pages: int = 2,
    *,
    nonce: str = "",
    size: int = 2600,
    typeface: str = "sofia",
    ballast: int = 0,
) -> Paper:
    """A paper of one of `FORMATS`.

    `pages` are sheets of paper, slides, or tables in a workbook, of about `size` characters each;
    `nonce` is a word put into the first paragraph. `typeface` of PDFs and scans: sofia, or the
    serif and sans of Debian's Liberation fonts; `ballast`: bytes of a photograph on a PDF's first
    page. Raises Unavailable.
    """
    draft = compose(seed, pages, size, typeface)
    draft.ballast = ballast
    if nonce:
        draft.pages[0][1].text += f" Отличителна дума: {nonce}."
    data, texts = _MAKERS[kind](draft)
    printed = [[word for text in page for word in split(text)] for page in texts]
    name = f"{draft.title.split(' относно ')[0].replace('№ ', '')} {seed}.{extension(kind)}"
    return Paper(name, data, printed, draft.language, draft.title)


def scan(pdf_bytes: bytes, dpi: int = 300, seed: int = 1) -> bytes:
    """The pages of a PDF as an office scanner gives them: grey, askew, noisy, JPEG, no text."""
    return pdf.scan(pdf_bytes, dpi, seed)
