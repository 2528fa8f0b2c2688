"""Papers that are text: RTF, mail, web pages, CSV and TXT, in the encodings that offices meet."""

import csv
import io
from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from html import escape

from tests.support.papers.text import Block, Bullets, Draft, Fields, Heading, Para, Table

Made = tuple[bytes, list[list[str]]]


def lines_of(block: Block) -> list[str]:
    """A block as lines of plain text."""
    match block:
        case Heading(text):
            return ["", text, ""]
        case Para(text, note):
            return [text, *([f"* {note}"] if note else [])]
        case Bullets(items):
            return [f"- {item}" for item in items]
        case Fields(pairs):
            return [f"{label}\t{value}" for label, value in pairs]
        case Table(rows):
            return ["\t".join(row) for row in rows]


def as_typed(text: str, encoding: str) -> str:
    """The text as typed in an encoding: windows-1251 has no ѝ, and people write й."""
    typed = text.replace("ѝ", "й").replace("Ѝ", "Й") if encoding == "windows-1251" else text
    return typed.encode(encoding, "replace").decode(encoding)


def _pages(draft: Draft) -> list[list[str]]:
    pages = [[line for block in page for line in lines_of(block)] for page in draft.pages]
    pages[0][:0] = [draft.title, draft.header]
    pages[-1] += ["", draft.author, draft.footer]
    return pages


def txt(draft: Draft, encoding: str) -> Made:
    """Windows line ends and a form feed between pages, as a text editor of an office saves."""
    pages = _pages(draft)
    text = as_typed("\f".join("\r\n".join(page) for page in pages), encoding)
    return text.encode(encoding), [[text]]


def csv_table(draft: Draft, encoding: str) -> Made:
    """Semicolons and quoted cells, as Excel with Bulgarian settings saves."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";")
    printed: list[str] = []
    for page in draft.pages:
        for block in page:
            rows = block.rows if isinstance(block, Table) else [[*block.texts()]]
            writer.writerows(rows)
            printed += [cell for row in rows for cell in row]
    shown = [as_typed(cell, encoding) for cell in printed]
    return as_typed(file.getvalue(), encoding).encode(encoding), [shown]


def html(draft: Draft, encoding: str) -> Made:
    body = "\n".join(_markup(block) for page in draft.pages for block in page)
    page = f"""<!DOCTYPE html>
<html lang="bg"><head><meta http-equiv="Content-Type" content="text/html; charset={encoding}">
<title>{escape(draft.title)}</title>
<style>body {{ font-family: serif; color: navy }}</style>
<script>var hiddenVariable = "unprinted";</script></head>
<body><header><p>{escape(draft.header)}</p></header><h1>{escape(draft.title)}</h1>
<!-- an unprinted remark -->
{body}
<footer><address>{escape(draft.author)}<br>{escape(draft.footer)}</address></footer>
</body></html>"""
    # The title is read twice: in the tab and above the text.
    printed = [draft.title, draft.header, draft.title, draft.author, draft.footer]
    printed += [text for page_ in draft.pages for block in page_ for text in block.texts()]
    return page.encode(encoding, "xmlcharrefreplace"), [printed]


def _markup(block: Block) -> str:
    match block:
        case Heading(text):
            return f"<h2>{escape(text)}</h2>"
        case Para(text, note):
            # Bold in the middle of a word, a space that does not break, named letters.
            marked = escape(text).replace("об", "<b>о</b>б", 1).replace(" г.", "&nbsp;г.")
            marked = marked.replace("„", "&bdquo;").replace("“", "&ldquo;")
            return f"<p>{marked}</p>" + (f"<p><small>{escape(note)}</small></p>" if note else "")
        case Bullets(items):
            return "<ul>" + "".join(f"<li>{escape(item)}" for item in items) + "</ul>"
        case Fields(pairs):
            rows = "".join(f"<dt>{escape(a)}<dd>{escape(b)}" for a, b in pairs)
            return f"<dl>{rows}</dl>"
        case Table(rows):
            cells = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
            return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def eml(draft: Draft, encoding: str) -> Made:
    """A mail with its text, and a small table attached that is a page of its own."""
    mail = EmailMessage()
    mail["Subject"] = draft.title
    first, last = draft.author.split()
    mail["From"] = Address(draft.author, "registry", "belobryag.bg")
    mail["To"] = Address("Деловодство", "delovodstvo", "belobryag.bg")
    mail["Date"] = "Thu, 15 Jan 2026 09:00:00 +0200"
    mail["Message-ID"] = "<paper@belobryag.bg>"
    lines = [line for page in draft.pages for block in page for line in lines_of(block)]
    transfer = "quoted-printable" if encoding == "utf-8" else "base64"
    body = as_typed("\n".join(lines), encoding)
    mail.set_content(body, charset=encoding, cte=transfer)
    inside = f"Приложение към писмо {draft.number}; {draft.author}\r\n"
    mail.add_attachment(inside.encode(), "text", "csv", filename="Приложение.csv")
    mail.set_boundary("=-paper-boundary-=")
    words = [draft.title, first, last, "registry belobryag bg"]
    words += ["Деловодство delovodstvo belobryag bg", body]
    return mail.as_bytes(), [[*words, "Приложение csv"], [inside]]


def rtf_1251(draft: Draft) -> Made:
    """Letters as \\'xx of windows-1251, as Word 97 wrote."""
    return _rtf(draft, _bytes_1251)


def rtf_unicode(draft: Draft) -> Made:
    """Letters as \\uN with a question mark for old readers, as programs write today."""
    return _rtf(draft, lambda letter: f"\\u{ord(letter)}?")


def _bytes_1251(letter: str) -> str:
    try:
        return f"\\'{letter.encode('windows-1251')[0]:02x}"
    except UnicodeEncodeError:
        return f"\\u{ord(letter)}?"  # as Word did for letters outside the code page


def _rtf(draft: Draft, letter: Callable[[str], str]) -> Made:
    def say(text: str) -> str:
        plain = text.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}")
        return "".join(c if c.isascii() else letter(c) for c in plain)

    parts = [
        r"{\rtf1\ansi\ansicpg1251\deff0\deflang1026\uc1",
        r"{\fonttbl{\f0\froman\fcharset204\fprq2 Times New Roman Cyr;}}",
        r"{\info{\title " + say(draft.title) + r"}{\author " + say(draft.author) + "}}",
        r"{\header \pard\qc " + say(draft.header) + r"\par}",
        r"{\footer \pard\qr " + say(draft.footer) + r" {\field{\*\fldinst PAGE}}\par}",
        r"\pard\b\fs28 " + say(draft.title) + r"\b0\fs24\par",
    ]
    printed: list[list[str]] = [[draft.title, draft.header, draft.footer]]
    for number, page in enumerate(draft.pages):
        if number:
            parts.append(r"\page")
            printed.append([])
        for block in page:
            parts.append(_rtf_block(block, say))
            printed[-1] += block.texts()
    return "\r\n".join([*parts, "}"]).encode("ascii"), printed


def _rtf_block(block: Block, say: Callable[[str], str]) -> str:
    match block:
        case Heading(text):
            return rf"\pard\keepn\b {say(text)}\b0\par"
        case Para(text, note):
            foot = r"{\super\chftn{\footnote\pard\chftn " + say(note) + "}}" if note else ""
            return rf"\pard\qj {say(text)}{foot}\par"
        case Bullets(items):
            return "\r\n".join(rf"\pard\fi-360\li720 \bullet\tab {say(i)}\par" for i in items)
        case Fields(pairs):
            return "\r\n".join(rf"\pard\tx4000 {say(a)}\tab {say(b)}\par" for a, b in pairs)
        case Table(rows):
            return "\r\n".join(_rtf_row(row, say) for row in rows) + "\r\n\\pard"


def _rtf_row(row: list[str], say: Callable[[str], str]) -> str:
    edges = "".join(rf"\cellx{1900 * (n + 1)}" for n in range(len(row)))
    cells = "".join(rf"\pard\intbl {say(cell)}\cell" for cell in row)
    return rf"\trowd\trgaph70{edges}{cells}\row"
