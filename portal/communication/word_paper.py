"""A Word document in Bulgarian: what python-docx leaves to whoever builds one."""

import io
from collections.abc import Collection, Sequence
from typing import Any

from portal.kernel.i18n import _
from portal.kernel.text import CONTROLS

FONT = "Calibri"  # on every machine with Word; LibreOffice brings its metric twin
LANGUAGE = "bg-BG"
INK = "1A2B33"
WASH = "E8EEF0"


def _clean(words: str) -> str:
    """Without the signs for which XML has no word."""
    return words.translate(CONTROLS | {0xFFFE: None, 0xFFFF: None})


class WordPaper:
    """The document while it is written."""

    def __init__(self, title: str, author: str) -> None:
        # A fifth of a second that only whoever asks for a report pays.
        from docx import Document
        from docx.shared import Cm

        self._document = Document()
        self._document.core_properties.title = _clean(title)
        self._document.core_properties.author = _clean(author)
        self._document.core_properties.language = LANGUAGE
        self._document.core_properties.comments = ""
        page = self._document.sections[0]
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        page.left_margin = page.right_margin = Cm(2)
        page.top_margin = page.bottom_margin = Cm(2)
        self._styles()
        self._footer(page)
        self._pictures = 0

    def save(self, out: io.BytesIO) -> None:
        self._document.save(out)

    # ── Styles ──────────────────────────────────────────────────────────

    def _styles(self) -> None:
        from docx.enum.style import WD_STYLE_TYPE
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        styles = self._document.styles
        for name, size, bold in (
            ("Normal", 11, False), ("Title", 20, True), ("Subtitle", 13, False),
            ("Heading 1", 14, True), ("Heading 2", 12, True), ("Caption", 10, False),
        ):  # fmt: skip
            self._font(styles[name], size, bold)
        for name, size in (("Institution", 12), ("Cell", 10), ("Note", 9)):
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = styles["Normal"]
            self._font(style, size, name == "Institution")
            style.paragraph_format.space_after = Pt(0)
        styles["Normal"].paragraph_format.space_after = Pt(6)
        for name in ("Institution", "Title", "Subtitle"):
            styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        styles["Title"].paragraph_format.space_before = Pt(18)
        styles["Subtitle"].paragraph_format.space_after = Pt(18)
        for name in ("Heading 1", "Heading 2"):
            styles[name].paragraph_format.keep_with_next = True
            styles[name].paragraph_format.space_before = Pt(14)
            styles[name].paragraph_format.space_after = Pt(4)
        self._speak_bulgarian()

    def _font(self, style: Any, size: int, bold: bool) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Pt, RGBColor

        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
        style.font.italic = False
        style.font.color.rgb = RGBColor.from_string(INK)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{kind}"), None)
        for kind in ("ascii", "hAnsi", "cs"):
            fonts.set(qn(f"w:{kind}"), FONT)

    def _speak_bulgarian(self) -> None:
        """The language of all its text, so that spelling is checked and it is read out rightly."""
        from docx.oxml.ns import qn

        for language in self._document.styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), LANGUAGE)

    def _footer(self, page: Any) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        line = page.footer.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        before, _number, rest = _("page %(n)s of %(of)s", n="\1", of="\2").partition("\1")
        between, _of, after = rest.partition("\2")
        line.add_run(before)
        self._number(line, "PAGE")
        line.add_run(between)
        self._number(line, "NUMPAGES")
        line.add_run(after)

    def _number(self, line: Any, name: str) -> None:
        """A field that Word counts itself."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), name)
        run = OxmlElement("w:r")
        text = OxmlElement("w:t")
        text.text = "1"
        run.append(text)
        field.append(run)
        line._p.append(field)

    # ── Parts ───────────────────────────────────────────────────────────

    def heading(self, words: str, level: int = 1) -> None:
        self._document.add_heading(_clean(words), level)

    def line(self, words: str, style: str = "Normal") -> None:
        self._document.add_paragraph(_clean(words), style=style)

    def table(
        self, heads: Sequence[str], widths: Sequence[float], numbers: Collection[int] = ()
    ) -> Any:
        """A table whose first row comes again on each page. widths: centimetres; numbers: the
        columns that stand to the right."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Cm

        table = self._document.add_table(rows=1, cols=len(heads), style="Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        self._fill_row(table.rows[0], heads, numbers)
        properties = table.rows[0]._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        properties.append(OxmlElement("w:tblHeader"))
        for cell, width in zip(table.rows[0].cells, widths, strict=True):
            cell.width = Cm(width)
            shade = OxmlElement("w:shd")
            for name, value in (("val", "clear"), ("color", "auto"), ("fill", WASH)):
                shade.set(qn(f"w:{name}"), value)
            cell._tc.get_or_add_tcPr().append(shade)
            for run in cell.paragraphs[0].runs:
                run.bold = True
        return table

    def row(self, table: Any, words: Sequence[str], numbers: Collection[int] = ()) -> Sequence[Any]:
        """A row of cells; it is not parted by the end of a page."""
        from docx.oxml import OxmlElement

        row = table.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        self._fill_row(row, words, numbers)
        cells: Sequence[Any] = row.cells
        return cells

    def _fill_row(self, row: Any, words: Sequence[str], numbers: Collection[int]) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        for place, (cell, told) in enumerate(zip(row.cells, words, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph._p.style = (
                "Cell"  # by its id: to look for it by name takes longer than the row
            )
            if told:
                paragraph.add_run(_clean(told))
            if place in numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def fill(self, cell: Any, words: str, url: str = "") -> None:
        """Another line in a cell, which is a link where it has an address."""
        first = cell.paragraphs[0]
        is_free = len(cell.paragraphs) == 1 and not first.text and not first.hyperlinks
        paragraph = first if is_free else cell.add_paragraph(style="Cell")
        if url:
            self._link(paragraph, _clean(words), url)
        else:
            paragraph.add_run(_clean(words))

    def _link(self, paragraph: Any, words: str, url: str) -> None:
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import RGBColor

        ident = self._document.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), ident)
        run = paragraph.add_run(words)
        run.underline = True
        run.font.color.rgb = RGBColor(0x00, 0x54, 0x5F)
        link.append(run._r)
        paragraph._p.append(link)

    def picture(
        self, data: io.BytesIO, width: int, height: int, within: tuple[float, float], alt: str
    ) -> None:
        """A picture, never larger than `within` (centimetres), with what it shows."""
        from docx.shared import Cm

        scale = min(within[0] / width, within[1] / height)
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(data, Cm(width * scale), Cm(height * scale))
        self._pictures += 1
        shape._inline.docPr.set("descr", _clean(alt))
        shape._inline.docPr.set("name", _("Picture %(n)s", n=self._pictures))
