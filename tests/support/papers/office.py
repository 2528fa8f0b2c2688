"""DOCX and PPTX as people make them: runs cut inside words, text boxes, forms, notes."""

import io
from collections.abc import Iterator
from xml.sax.saxutils import escape

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from pptx import Presentation
from pptx.util import Inches

from tests.support.papers.text import Block, Bullets, Draft, Fields, Heading, Para, Table
from tests.support.papers.zips import steady

Made = tuple[bytes, list[list[str]]]
_NOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_BOX = """<w:r {ns} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
 xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent>
<mc:Choice Requires="wps"><w:drawing><wp:inline><wp:extent cx="3000000" cy="600000"/>
<wp:docPr id="90" name="Text Box 1"/><a:graphic>
<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>
<wps:cNvSpPr txBox="1"/><wps:spPr/><wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp>
</a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>
<mc:Fallback><w:pict><v:shape style="width:236pt;height:47pt"><v:textbox>{content}</v:textbox>
</v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"""


class _Word:
    """A Word file while it is written."""

    def __init__(self, draft: Draft) -> None:
        self.document = Document()
        core = self.document.core_properties
        core.title, core.author, core.language = draft.title, draft.author, draft.language
        section = self.document.sections[0]
        section.header.paragraphs[0].text = draft.header
        section.footer.paragraphs[0].text = draft.footer
        self.notes: list[str] = []

    def paragraph(self, text: str, style: str | None = None) -> None:
        """Runs are cut inside words, as spelling checks and edits leave them."""
        paragraph = self.document.add_paragraph(style=style)
        for n, piece in enumerate(_pieces(text)):
            paragraph.add_run(piece).bold = n % 4 == 3
        self.last = paragraph

    def note(self, text: str) -> None:
        self.notes.append(text)
        run = self.last.add_run()
        mark = parse_xml(f'<w:footnoteReference {nsdecls("w")} w:id="{len(self.notes) + 1}"/>')
        run._r.append(mark)

    def box(self, text: str) -> None:
        """A text box as Word writes it: once for itself and once for older programs."""
        inner = f"<w:txbxContent><w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:txbxContent>"
        xml = _BOX.format(ns=nsdecls("w"), content=inner)
        self.document.add_paragraph()._p.append(parse_xml(xml))

    def control(self, label: str, value: str) -> None:
        """A form's line: a label, a tab and a content control."""
        paragraph = self.document.add_paragraph(f"{label}\t")
        xml = (
            f'<w:sdt {nsdecls("w")}><w:sdtPr><w:alias w:val="field"/><w:text/></w:sdtPr>'
            f'<w:sdtContent><w:r><w:t xml:space="preserve">{escape(value)}</w:t></w:r>'
            "</w:sdtContent></w:sdt>"
        )
        paragraph._p.append(parse_xml(xml))

    def tracked(self, text: str, gone: str) -> None:
        """What was put in and what was struck out while changes were tracked."""
        xml = (
            f'<w:p {nsdecls("w")}><w:ins w:id="1" w:author="a"><w:r><w:t>{escape(text)}</w:t></w:r>'
            f'</w:ins><w:del w:id="2" w:author="a"><w:r><w:delText>{gone}</w:delText></w:r></w:del>'
            "</w:p>"
        )
        body = self.document.element.body
        body.insert(body.index(body.find(qn("w:sectPr"))), parse_xml(xml))

    def table(self, rows: list[list[str]]) -> None:
        table = self.document.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
        for row in rows:
            cells = table.add_row().cells
            for cell, text in zip(cells, row, strict=True):
                cell.text = text

    def block(self, block: Block) -> None:
        match block:
            case Heading(text):
                self.document.add_heading(text, 2)
            case Para(text, note):
                self.paragraph(text)
                if note:
                    self.note(note)
            case Bullets(items):
                for item in items:
                    self.paragraph(item, "List Bullet")
            case Fields(pairs):
                for label, value in pairs:
                    self.control(label, value)
            case Table(rows):
                self.table(rows)

    def saved(self) -> bytes:
        items = "".join(
            f'<w:footnote w:id="{n}"><w:p><w:r><w:footnoteRef/></w:r><w:r>'
            f'<w:t xml:space="preserve"> {escape(text)}</w:t></w:r></w:p></w:footnote>'
            for n, text in enumerate(self.notes, 2)
        )
        if self.notes:
            xml = f"<w:footnotes {nsdecls('w')}>{items}</w:footnotes>"
            package = self.document.part.package
            part = Part(PackURI("/word/footnotes.xml"), _NOTES_TYPE, xml.encode(), package)
            self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        file = io.BytesIO()
        self.document.save(file)
        return steady(file.getvalue())


def docx(draft: Draft) -> Made:
    word = _Word(draft)
    word.document.add_heading(draft.title, 0)
    printed: list[list[str]] = [[draft.title, draft.header, draft.footer]]
    for number, page in enumerate(draft.pages):
        if number:
            word.document.add_page_break()
            printed.append([])
        for block in page:
            word.block(block)
            printed[-1] += block.texts()
    boxed, tracked = f"Копие: {draft.author}", f"Изпълнението е възложено на {draft.author}."
    word.box(boxed)
    word.tracked(tracked, "зачеркнатодумо")
    printed[-1] += [boxed, tracked]
    return word.saved(), printed


def _pieces(text: str) -> Iterator[str]:
    """The text cut every 47 letters, wherever that falls."""
    for start in range(0, len(text), 47):
        yield text[start : start + 47]


def pptx(draft: Draft) -> Made:
    """A slide for every page, with a table, a group and notes for the speaker."""
    show = Presentation()
    show.core_properties.title = draft.title
    show.core_properties.author = draft.author
    return _slides(show, draft)


def _slides(show: Presentation, draft: Draft) -> Made:
    printed: list[list[str]] = []
    for page in draft.pages:
        slide = show.slides.add_slide(show.slide_layouts[1])
        title = page[0].text if isinstance(page[0], Heading) else draft.title
        slide.shapes.title.text = title
        frame = slide.placeholders[1].text_frame
        texts = [title]
        for block in page[1:4]:
            if isinstance(block, Table):
                _slide_table(slide, block.rows)
            else:
                for text in filter(None, block.texts()):
                    frame.add_paragraph().text = text
            texts += block.texts()
        group = slide.shapes.add_group_shape()
        box = group.shapes.add_textbox(Inches(1), Inches(6), Inches(6), Inches(0.5))
        box.text_frame.text = draft.footer
        note = f"Бележка за говорещия: {draft.author}, {draft.number}."
        slide.notes_slide.notes_text_frame.text = note
        printed.append([*texts, draft.footer, note])
    file = io.BytesIO()
    show.save(file)
    return steady(file.getvalue()), printed


def _slide_table(slide: object, rows: list[list[str]]) -> None:
    shape = slide.shapes.add_table(
        len(rows), len(rows[0]), Inches(0.5), Inches(2), Inches(9), Inches(2)
    )
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            shape.table.cell(r, c).text = text
