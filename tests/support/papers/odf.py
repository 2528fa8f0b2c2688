"""ODT, ODS and ODP, as LibreOffice writes their parts."""

import io
from collections.abc import Callable

from odf import dc, draw, presentation, style, table, text
from odf.element import Element
from odf.opendocument import (
    OpenDocument,
    OpenDocumentPresentation,
    OpenDocumentSpreadsheet,
    OpenDocumentText,
)

from tests.support.papers.text import Block, Bullets, Composer, Draft, Fields, Heading, Para, Table
from tests.support.papers.zips import steady

Made = tuple[bytes, list[list[str]]]


def _saved(document: OpenDocument, draft: Draft) -> bytes:
    document.meta.addElement(dc.Title(text=draft.title))
    document.meta.addElement(dc.Creator(text=draft.author))
    file = io.BytesIO()
    document.write(file)
    return steady(file.getvalue())


def odt(draft: Draft) -> Made:
    document = OpenDocumentText()
    layout = style.PageLayout(name="layout")
    document.automaticstyles.addElement(layout)
    master = style.MasterPage(name="Standard", pagelayoutname=layout)
    header, footer = style.Header(), style.Footer()
    header.addElement(text.P(text=draft.header))
    footer.addElement(text.P(text=draft.footer))
    master.addElement(header)
    master.addElement(footer)
    document.masterstyles.addElement(master)
    put = document.text.addElement
    put(text.H(outlinelevel=1, text=draft.title))
    printed: list[list[str]] = [[draft.title, draft.header, draft.footer]]
    notes = 0
    for number, page in enumerate(draft.pages):
        if number:
            printed.append([])
        for block in page:
            notes = _odt_block(block, put, notes)
            printed[-1] += block.texts()
    boxed = f"Копие: {draft.author}"
    put(_box(boxed))
    printed[-1].append(boxed)
    return _saved(document, draft), printed


def _box(content: str) -> Element:
    """A paragraph with a text box."""
    frame = draw.Frame(width="8cm", height="2cm", anchortype="paragraph")
    box = draw.TextBox()
    box.addElement(text.P(text=content))
    frame.addElement(box)
    paragraph = text.P()
    paragraph.addElement(frame)
    return paragraph


def _odt_block(block: Block, put: Callable[[Element], object], notes: int) -> int:
    """Write a block; how many footnotes there are now."""
    match block:
        case Heading(said):
            put(text.H(outlinelevel=2, text=said))
        case Para(said, note):
            paragraph = text.P()
            # A word cut by a change of style, spaces and a line break as elements.
            half = len(said) // 2
            paragraph.addText(said[:half])
            span = text.Span()
            span.addText(said[half:])
            paragraph.addElement(span)
            if note:
                notes += 1
                paragraph.addElement(_note(note, notes))
            put(paragraph)
        case Bullets(items):
            listed = text.List()
            for item in items:
                entry = text.ListItem()
                entry.addElement(text.P(text=item))
                listed.addElement(entry)
            put(listed)
        case Fields(pairs):
            for label, value in pairs:
                line = text.P(text=label)
                line.addElement(text.Tab())
                line.addText(value)
                put(line)
        case Table(rows):
            put(_table(rows))
    return notes


def _note(said: str, number: int) -> Element:
    note = text.Note(id=f"ftn{number}", noteclass="footnote")
    note.addElement(text.NoteCitation(text=str(number)))
    body = text.NoteBody()
    body.addElement(text.P(text=said))
    note.addElement(body)
    return note


def _table(rows: list[list[str]], name: str = "Таблица") -> Element:
    made = table.Table(name=name)
    made.addElement(table.TableColumn(numbercolumnsrepeated=max(len(row) for row in rows)))
    for row in rows:
        line = table.TableRow()
        for cell in row:
            line.addElement(_cell(cell))
        made.addElement(line)
    return made


def _cell(said: str, **value: str) -> Element:
    cell = table.TableCell(**(value or {"valuetype": "string"}))
    cell.addElement(text.P(text=said))
    return cell


def ods(draft: Draft) -> Made:
    """A sheet for every page; numbers and dates as values beside what is shown."""
    document = OpenDocumentSpreadsheet()
    printed: list[list[str]] = []
    for number, page in enumerate(draft.pages, 1):
        c = Composer(f"{draft.title} {number}")
        name = f"Лист {number}"
        texts = [name, draft.title]
        sheet = _table([[draft.title]], name)
        for _row in range(12):
            day, money = c.random.randint(10, 28), c.random.randint(100, 90_000)
            line = table.TableRow()
            shown = (f"{day}.11.2026", f"{money},50", c.fill("{thing}"))
            line.addElement(_cell(shown[0], valuetype="date", datevalue=f"2026-11-{day}"))
            line.addElement(_cell(shown[1], valuetype="float", value=f"{money}.5"))
            line.addElement(_cell(shown[2]))
            sheet.addElement(line)
            texts += shown
        for block in page:
            rows = block.rows if isinstance(block, Table) else [[t] for t in block.texts()]
            for row in rows:
                line = table.TableRow()
                for cell in row:
                    line.addElement(_cell(cell))
                sheet.addElement(line)
                texts += row
        document.spreadsheet.addElement(sheet)
        printed.append(texts)
    return _saved(document, draft), printed


def odp(draft: Draft) -> Made:
    """A slide for every page, with notes for the speaker."""
    document = OpenDocumentPresentation()
    layout = style.PageLayout(name="layout")
    document.automaticstyles.addElement(layout)
    master = style.MasterPage(name="Master", pagelayoutname=layout)
    document.masterstyles.addElement(master)
    printed: list[list[str]] = []
    for number, page in enumerate(draft.pages, 1):
        slide = draw.Page(name=f"page{number}", masterpagename=master)
        frame = draw.Frame(width="24cm", height="16cm", x="2cm", y="2cm")
        box = draw.TextBox()
        frame.addElement(box)
        slide.addElement(frame)
        texts = [said for block in page[:5] for said in block.texts() if said]
        for said in texts:
            box.addElement(text.P(text=said))
        remark = f"Бележка за говорещия: {draft.author}, {draft.number}."
        notes = presentation.Notes()
        beside = draw.Frame(width="10cm", height="5cm")
        inner = draw.TextBox()
        inner.addElement(text.P(text=remark))
        beside.addElement(inner)
        notes.addElement(beside)
        slide.addElement(notes)
        document.presentation.addElement(slide)
        printed.append([*texts, remark])
    return _saved(document, draft), printed
