"""XLSX: several sheets with merged titles, real dates and numbers, and sums already worked out."""

import io
import re
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.papers.text import Block, Composer, Draft, Table
from tests.support.papers.zips import member, steady

Made = tuple[bytes, list[list[str]]]


def xlsx(draft: Draft) -> Made:
    book = Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = draft.title, draft.author
    printed, sums = [], []
    for number, page in enumerate(draft.pages, 1):
        sheet = book.create_sheet(f"Лист {number} {draft.number}")
        texts, total = _fill(sheet, draft, page, Composer(f"{draft.title} {number}"))
        printed.append([sheet.title, *texts])
        sums.append(total)
    file = io.BytesIO()
    book.save(file)
    return _with_results(file.getvalue(), sums), printed


def _fill(sheet: Worksheet, draft: Draft, page: list[Block], c: Composer) -> tuple[list[str], int]:
    """Write one sheet; what it shows, and its sum."""
    shown: list[str] = [draft.title]
    sheet.append([draft.title])
    sheet.merge_cells("A1:E1")
    sheet["A1"].font = Font(bold=True)
    sheet.append(["Дата", "Описание", "Брой", "Сума", "Улица"])
    shown += ["Дата", "Описание", "Брой", "Сума", "Улица"]
    total = 0
    for _row in range(12):
        day = date(2026, c.random.randint(1, 12), c.random.randint(10, 28))
        count, money = c.random.randint(1, 90), c.random.randint(1000, 9_999_999)
        what, where = c.fill("{thing}"), c.fill("{street}")
        sheet.append([day, what, count, money / 100, where])
        sheet.cell(sheet.max_row, 1).number_format = "DD.MM.YYYY"
        sheet.cell(sheet.max_row, 4).number_format = "0.00"
        shown += [f"{day:%d.%m.%Y}", what, str(count), f"{money / 100:.2f}", where]
        total += money
    last = sheet.max_row
    sheet.append([None, "Общо", None, f"=SUM(D3:D{last})"])
    sheet.cell(last + 1, 4).number_format = "0.00"
    shown += ["Общо", f"{total / 100:.2f}"]
    for block in page:
        rows = block.rows if isinstance(block, Table) else [[text] for text in block.texts()]
        for row in rows:
            sheet.append(row)
            shown += row
    return shown, total


def _with_results(data: bytes, sums: list[int]) -> bytes:
    """Excel keeps the result beside each formula; openpyxl leaves it empty."""
    parts = {}
    for number, total in enumerate(sums, 1):
        name = f"xl/worksheets/sheet{number}.xml"
        result = f"<v>{total / 100:.2f}</v>".encode()
        parts[name] = re.sub(rb"(</f>)<v\s*/>|(</f>)<v></v>", rb"</f>" + result, member(data, name))
    return steady(data, parts)
