"""Office files in their smallest valid form, written by hand: the demo needs no library for it."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

Block = tuple[str, Any]  # kind and value, see `papers.blocks`
STAMP = (2026, 1, 1, 0, 0, 0)  # the same bytes at every making
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_NUMBER = re.compile(r"-?\d{1,3}(?:[ \u00a0]?\d{3})*(?:,\d+)?")


def _packed(members: Iterable[tuple[str, str]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members:
            # OpenDocument wants its type first and readable without unpacking.
            how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, STAMP), text, how)
    return out.getvalue()


def _types(parts: Iterable[tuple[str, str]]) -> tuple[str, str]:
    named = "".join(f'<Override PartName="{n}" ContentType="{_TYPE}.{t}+xml"/>' for n, t in parts)
    return (
        "[Content_Types].xml",
        (
            f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
            f'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            f"{named}</Types>"
        ),
    )


def _relations(name: str, targets: Iterable[tuple[str, str]]) -> tuple[str, str]:
    each = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return name, f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


def docx(parts: Sequence[Block]) -> bytes:
    """A text for Word. parts: kind and value, see `papers.blocks`."""
    body = "".join(_of_word(parts))
    return _packed(
        [
            _types([("/word/document.xml", "wordprocessingml.document.main")]),
            _relations("_rels/.rels", [("officeDocument", "word/document.xml")]),
            (
                "word/document.xml",
                (
                    f'{_XML}<w:document xmlns:w="{_WORD}"><w:body>{body}<w:sectPr>'
                    f'<w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>'
                ),
            ),
        ]
    )


def _of_word(parts: Sequence[Block]) -> Iterator[str]:
    for is_row, group in groupby(parts, lambda part: part[0] == "row"):
        if not is_row:
            yield from (_word_paragraph(kind, value) for kind, value in group)
            continue
        rows = (
            "".join(f"<w:tc>{_word_paragraph('paragraph', cell)}</w:tc>" for cell in cells)
            for _kind, cells in group
        )
        table = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
        borders = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:color="8A979B"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        yield f"<w:tbl><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr>{table}</w:tbl>"


def _word_paragraph(kind: str, value: Any) -> str:
    if kind == "break":
        return '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    bold = "<w:rPr><w:b/></w:rPr>" if kind == "heading" else ""
    text = f"– {value}" if kind == "item" else str(value)
    run = f'<w:r>{bold}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    return f'<w:p><w:pPr><w:spacing w:after="120"/></w:pPr>{run}</w:p>'


def odt(parts: Sequence[Block]) -> bytes:
    """A text for LibreOffice. parts: kind and value, see `papers.blocks`."""
    kind = "application/vnd.oasis.opendocument.text"
    names = "".join(f' xmlns:{n}="{_ODF}:{n}:1.0"' for n in ("office", "text", "table"))
    body = "".join(_of_odf(parts))
    return _packed(
        [
            ("mimetype", kind),
            (
                "META-INF/manifest.xml",
                (
                    f'{_XML}<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0" '
                    f'manifest:version="1.2"><manifest:file-entry manifest:full-path="/" '
                    f'manifest:media-type="{kind}"/><manifest:file-entry manifest:full-path='
                    f'"content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
                ),
            ),
            (
                "content.xml",
                (
                    f'{_XML}<office:document-content{names} office:version="1.2"><office:body>'
                    f"<office:text>{body}</office:text></office:body></office:document-content>"
                ),
            ),
        ]
    )


def _of_odf(parts: Sequence[Block]) -> Iterator[str]:
    for is_row, group in groupby(parts, lambda part: part[0] == "row"):
        if is_row:
            rows = [value for _kind, value in group]
            columns = f'<table:table-column table:number-columns-repeated="{len(rows[0])}"/>'
            cells = "".join(f"<table:table-row>{_odf_cells(row)}</table:table-row>" for row in rows)
            yield f"<table:table>{columns}{cells}</table:table>"
            continue
        for kind, value in group:
            if kind == "heading":
                yield f'<text:h text:outline-level="1">{escape(value)}</text:h>'
            elif kind != "break":
                yield f"<text:p>{'– ' if kind == 'item' else ''}{escape(value)}</text:p>"


def _odf_cells(row: list[str]) -> str:
    return "".join(
        f"<table:table-cell><text:p>{escape(cell)}</text:p></table:table-cell>" for cell in row
    )


def xlsx(sheets: list[tuple[str, list[list[str]]]]) -> bytes:
    """A workbook of sheets by name; what looks like a number is one."""
    files = [f"worksheets/sheet{n}.xml" for n in range(1, len(sheets) + 1)]
    named = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>'
        for n, (name, _rows) in enumerate(sheets, 1)
    )
    return _packed(
        [
            _types(
                [
                    ("/xl/workbook.xml", "spreadsheetml.sheet.main"),
                    *((f"/xl/{file}", "spreadsheetml.worksheet") for file in files),
                ]
            ),
            _relations("_rels/.rels", [("officeDocument", "xl/workbook.xml")]),
            _relations("xl/_rels/workbook.xml.rels", [("worksheet", file) for file in files]),
            (
                "xl/workbook.xml",
                (
                    f'{_XML}<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets>'
                    f"</workbook>"
                ),
            ),
            *(
                (f"xl/{file}", _worksheet(rows))
                for file, (_name, rows) in zip(files, sheets, strict=True)
            ),
        ]
    )


def _worksheet(rows: list[list[str]]) -> str:
    lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    columns = '<cols><col min="1" max="1" width="48" customWidth="1"/></cols>'
    return f'{_XML}<worksheet xmlns="{_SHEET}">{columns}<sheetData>{lines}</sheetData></worksheet>'


def _cell(text: str) -> str:
    if _NUMBER.fullmatch(text):
        number = re.sub(r"[ \u00a0]", "", text).replace(",", ".")
        return f"<c><v>{number}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>'
