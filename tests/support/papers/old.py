"""The binary formats of Word, Excel and PowerPoint 97, converted by LibreOffice."""

import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.support.papers import office, sheets
from tests.support.papers.text import Draft, Unavailable

SECONDS = 120


def doc(draft: Draft) -> tuple[bytes, list[list[str]]]:
    data, printed = office.docx(draft)
    return _converted(data, "docx", "doc"), printed


def xls(draft: Draft) -> tuple[bytes, list[list[str]]]:
    data, printed = sheets.xlsx(draft)
    return _converted(data, "xlsx", "xls"), printed


def ppt(draft: Draft) -> tuple[bytes, list[list[str]]]:
    data, printed = office.pptx(draft)
    return _converted(data, "pptx", "ppt"), printed


@functools.lru_cache(maxsize=64)
def _converted(data: bytes, given: str, wanted: str) -> bytes:
    program = shutil.which("soffice")
    if program is None:
        raise Unavailable("LibreOffice")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"paper.{given}")
        source.write_bytes(data)
        subprocess.run(
            [
                program,
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                wanted,
                "--outdir",
                folder,
                str(source),
            ],
            check=True,
            capture_output=True,
            timeout=SECONDS,
        )
        return Path(folder, f"paper.{wanted}").read_bytes()
