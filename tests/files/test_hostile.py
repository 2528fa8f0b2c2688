"""Bad files: each is told apart with a reason, nothing escapes the child, and the next is read."""

import json
import logging
import os
import struct
import subprocess
import sys
import textwrap
import zipfile
import zlib
from pathlib import Path

import docx
import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

from portal.files import reading
from portal.files.reading import Trouble, run
from tests.support.patience import PATIENCE, eventually

PYTHON = (sys.executable, "-c")


def paper(path: Path) -> Path:
    """A DOCX with nothing wrong."""
    made = docx.Document()
    made.add_paragraph("Обикновен текст")
    made.save(path)
    return path


def pdf_of(objects: list[bytes]) -> bytes:
    """A PDF of these objects; the first is the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer <</Size %d/Root 1 0 R>>\n" % (len(places) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def pages_of(count: int, words: str = "Printed words", catalogue: str = "") -> bytes:
    """A PDF of so many equal pages."""
    content = f"BT /F 20 Tf 20 100 Td ({words}) Tj ET".encode()
    kids = b" ".join(b"%d 0 R" % number for number in range(5, 5 + count))
    page = b"<</Type/Page/Parent 2 0 R/Contents 3 0 R/Resources<</Font<</F 4 0 R>>>>>>"
    return pdf_of(
        [
            f"<</Type/Catalog/Pages 2 0 R{catalogue}>>".encode(),
            b"<</Type/Pages/Count %d/Kids[%s]/MediaBox[0 0 300 200]>>" % (count, kids),
            b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            *[page] * count,
        ]
    )


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


# Broken, protected, empty


def test_zero_bytes_are_empty(tmp_path):
    found = reading.read(put(tmp_path / "a.pdf", b""), "a.pdf")
    assert (found.trouble, found.pages, found.count) == (Trouble.EMPTY, [], 0)


def test_a_truncated_docx_is_damaged(tmp_path):
    whole = paper(tmp_path / "a.docx").read_bytes()
    found = reading.read(put(tmp_path / "b.docx", whole[: len(whole) // 2]), "b.docx")
    assert (found.kind, found.trouble) == ("docx", Trouble.DAMAGED)


def test_random_bytes_named_docx_are_damaged_and_others_unsupported(tmp_path):
    noise = bytes((number * 7919 + number // 3) % 256 for number in range(4000))
    path = put(tmp_path / "a", noise)
    assert reading.read(path, "a.docx").trouble is Trouble.DAMAGED
    assert reading.read(path, "a.xyz").trouble is Trouble.UNSUPPORTED


def test_a_truncated_pdf_gives_what_is_left(tmp_path):
    whole = pages_of(9)
    found = reading.read(put(tmp_path / "a.pdf", whole[: len(whole) - 600]), "a.pdf")
    assert found.trouble is Trouble.DAMAGED
    assert "Printed words" in found.pages[0].text
    assert reading.read(put(tmp_path / "b.pdf", whole[:30]), "b.pdf").trouble is Trouble.DAMAGED


def test_a_pdf_with_broken_streams_is_damaged(tmp_path):
    packed = zlib.compress(b"BT /F 20 Tf 20 100 Td (Words) Tj ET " * 40)
    broken = packed[:10] + bytes(len(packed) - 10)
    data = pdf_of(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 300 200]>>",
            b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>",
            b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(broken), broken),
        ]
    )
    found = reading.read(put(tmp_path / "a.pdf", data), "a.pdf")
    assert (found.trouble, found.count, found.to_ocr) == (Trouble.DAMAGED, 1, [1])


def test_a_pdf_that_wants_a_password_is_protected(tmp_path):
    for name, user in (("user", "secret"), ("owner", "")):
        lock = StandardEncryption(user, ownerPassword="owner", canPrint=0, canCopy=0)
        sheet = canvas.Canvas(str(tmp_path / name), encrypt=lock)
        sheet.drawString(60, 700, "Printed words")
        sheet.save()
    found = reading.read(tmp_path / "user", "a.pdf")
    assert (found.kind, found.trouble) == ("pdf", Trouble.PROTECTED)
    assert reading.draw(tmp_path / "user", "pdf", [1], tmp_path / "out", 500) == []
    assert "Printed words" in reading.read(tmp_path / "owner", "a.pdf").pages[0].text


def container_of(*streams: str) -> bytes:
    """A container of old office files, with empty streams of these names."""
    names = ["Root Entry", *streams]
    directory = b""
    for number, name in enumerate(names):
        wide = name.encode("utf-16-le")
        entry = wide.ljust(64, b"\0") + struct.pack("<HBB", len(wide) + 2, 2 if number else 5, 1)
        directory += entry.ljust(128, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<I", 0) + b"\xff" * (108 * 4)
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * 504
    return head + table + directory.ljust(512, b"\0")


def test_an_encrypted_docx_is_protected(tmp_path):
    path = put(tmp_path / "a.docx", container_of("EncryptionInfo", "EncryptedPackage"))
    found = reading.read(path, "a.docx")
    assert (found.kind, found.trouble) == ("docx", Trouble.PROTECTED)
    assert reading.read(path, "a").trouble is Trouble.PROTECTED


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        ("WordDocument", "doc"),
        ("Workbook", "xls"),
        ("PowerPoint Document", "ppt"),
        ("__properties_version1.0", "msg"),
        ("Anything", "unknown"),
    ],
)
def test_old_office_files_are_told_apart_by_their_streams(tmp_path, stream, kind):
    path = put(tmp_path / "a.tmp", container_of(stream))
    assert reading.kind_of(path, "a.tmp")[0] == kind
    found = reading.read(path, "a.tmp")
    assert found.trouble in {Trouble.DAMAGED, Trouble.NO_TEXT, Trouble.UNSUPPORTED}


def test_a_container_that_points_to_itself_ends(tmp_path):
    data = bytearray(container_of("WordDocument"))
    struct.pack_into("<II", data, 512, 0, 1)  # both sectors follow themselves
    assert reading.kind_of(put(tmp_path / "a.doc", bytes(data)), "a.doc")[0] == "doc"


# Active content


def test_macros_and_scripts_are_told(tmp_path):
    path = paper(tmp_path / "a.docx")
    assert reading.read(path, "a.docx").macros is False
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("word/vbaProject.bin", b"macro")
    found = reading.read(path, "a.docx")
    assert (found.macros, found.pages[0].text) == (True, "Обикновен текст")


@pytest.mark.parametrize(
    "catalogue",
    [
        "/AcroForm<</Fields[]/XFA(<form/>)>>",
        "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>",
    ],
)
def test_a_form_of_xfa_or_with_javascript_is_read_and_told(tmp_path, catalogue):
    path = put(tmp_path / "a.pdf", pages_of(1, catalogue=catalogue))
    found = reading.read(path, "a.pdf")
    assert (found.macros, found.pages[0].text) == (True, "Printed words")
    assert reading.read(put(tmp_path / "b.pdf", pages_of(1)), "b.pdf").macros is False


# Bombs


def bomb(path: Path, name: str, *, declared: int | None = None) -> Path:
    """A ZIP of 2 MB with one member of 2 GB; it may declare to be smaller."""
    piece, count = 1 << 20, 2048
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(b" " * piece) + packer.flush(zlib.Z_FULL_FLUSH)
    data = packed * count + packer.flush(zlib.Z_FINISH)
    size = piece * count if declared is None else declared
    fields = struct.pack("<HHHHHIII", 20, 0, 8, 0, 0x21, 0, len(data), size)
    names = struct.pack("<HH", len(name), 0) + name.encode()
    local = b"PK\x03\x04" + fields + names
    entry = b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HH", len(name), 0)
    entry += struct.pack("<HHHII", 0, 0, 0, 0, 0) + name.encode()
    tail = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(entry), len(local) + len(data), 0)
    return put(path, local + data + entry + b"PK\x05\x06" + tail)


@pytest.mark.parametrize("name", ["word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"])
def test_a_bomb_of_two_gigabytes_is_refused_at_once(tmp_path, name):
    path = bomb(tmp_path / "a.bin", name)
    assert path.stat().st_size < 3_000_000
    found = reading.read(path, "a.docx")
    assert found.trouble is Trouble.TOO_LARGE
    assert found.seconds < 10  # 0.2 on an idle core
    assert found.peak_kib < 100_000


def test_a_bomb_that_declares_less_is_damaged(tmp_path):
    found = reading.read(bomb(tmp_path / "a", "word/document.xml", declared=5000), "a.docx")
    assert found.trouble is Trouble.DAMAGED
    assert found.peak_kib < 100_000


def test_an_xml_entity_bomb_is_refused(tmp_path):
    laughs = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
    xml = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ха">{laughs}]><x><p><t>&l9;</t></p></x>'
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as packed:
        packed.writestr("word/document.xml", xml)
    found = reading.read(tmp_path / "a.docx", "a.docx")
    assert found.trouble is Trouble.DAMAGED
    assert found.peak_kib < 100_000


def test_a_pdf_of_fifty_thousand_pages_is_read_in_part(tmp_path):
    found = reading.read(put(tmp_path / "a.pdf", pages_of(50_000)), "a.pdf")
    assert (found.count, len(found.pages), found.trouble) == (50_000, 5_000, Trouble.INCOMPLETE)
    assert found.pages[-1].text == "Printed words"


def test_a_page_of_a_kilometre_is_drawn_small(tmp_path):
    data = pages_of(1).replace(b"[0 0 300 200]", b"[0 0 9 99999]")
    out = tmp_path / "out"
    assert reading.draw(put(tmp_path / "a.pdf", data), "pdf", [1], out, 1000) == [1]
    with Image.open(out / "1.webp") as page:
        assert page.width * page.height <= 8_000_000


def test_an_image_of_too_many_pixels_is_refused(tmp_path):
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk
    data += struct.pack(">I", zlib.crc32(chunk)) + struct.pack(">I", 100) + b"IDAT"
    found = reading.read(put(tmp_path / "a.png", data), "a.png")
    assert (found.kind, found.trouble) == ("image", Trouble.TOO_LARGE)


# The child and its keeper


def test_a_child_that_never_ends_is_killed_with_all_it_began(tmp_path, monkeypatch):
    note = tmp_path / "grandchild"
    script = f"""
        import subprocess, sys, time
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(9999)"])
        open({str(note)!r}, "w").write(str(child.pid))
        time.sleep(9999)
    """
    monkeypatch.setattr(run, "COMMAND", (*PYTHON, textwrap.dedent(script)))
    for seconds in (2, 15, PATIENCE):  # in which a busy machine has begun both
        monkeypatch.setattr(reading, "READ", run.Limits(seconds=seconds, cpu=45, memory=1 << 30))
        assert reading.read(paper(tmp_path / "a.docx"), "a.docx").trouble is Trouble.TOO_LONG
        if note.exists() and note.read_text():
            break
    state = Path(f"/proc/{note.read_text()}/status")

    def is_dead():
        try:
            return "zombie" in state.read_text()
        except OSError:
            return True

    eventually(is_dead, "the grandchild lives")


@pytest.mark.parametrize(
    ("deed", "trouble"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", Trouble.TOO_MUCH),
        ("os.kill(os.getpid(), signal.SIGXCPU)", Trouble.TOO_LONG),
        ("os.kill(os.getpid(), signal.SIGSEGV)", Trouble.DAMAGED),
        ("raise MemoryError", Trouble.TOO_MUCH),
        ("print('{not json')", Trouble.DAMAGED),
        ("print('[]')", Trouble.DAMAGED),
        ('print(\'{"trouble": "of no kind"}\')', Trouble.DAMAGED),
    ],
)
def test_how_a_child_ends_tells_the_trouble(tmp_path, monkeypatch, deed, trouble):
    path = paper(tmp_path / "a.docx")
    with monkeypatch.context() as patch:
        patch.setattr(run, "COMMAND", (*PYTHON, f"import os, signal\n{deed}"))
        found = reading.read(path, "a.docx")
        assert (found.trouble, found.pages) == (trouble, [])
        assert reading.ocr(path, "pdf", [1], tmp_path)[0].source == "none"
        assert reading.draw(path, "pdf", [1], tmp_path / "out", 100) == []
    assert reading.read(path, "a.docx").pages[0].text == "Обикновен текст"


def test_a_file_that_eats_memory_meets_the_limit(tmp_path, monkeypatch):
    body = "<t>" + "дума " * 800_000 + "</t>"
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", f"<x><p>{body}</p></x>")
    monkeypatch.setattr(reading, "READ", run.Limits(seconds=60, cpu=45, memory=45 << 20))
    assert reading.read(tmp_path / "a.docx", "a.docx").trouble is Trouble.TOO_MUCH


def test_work_without_end_meets_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "READ", run.Limits(seconds=60, cpu=1, memory=1 << 30))
    path = put(tmp_path / "a.pdf", pages_of(5_000, words="Printed words " * 50))
    assert reading.read(path, "a.pdf").trouble is Trouble.TOO_LONG


WALLED = """
import json, os, resource, signal, socket, subprocess, sys, threading
from portal.files.reading import sandbox
sandbox.limit(memory=1 << 30, cpu=45, output=1 << 20)
sandbox.close(parent=os.getppid())
def tried(deed):
    try:
        deed()
    except OSError as error:
        return error.errno
    except ValueError:
        return 1
    return 0
left, right = socket.socketpair()
worked = []
thread = threading.Thread(target=lambda: worked.append(left.send(b"x")))
thread.start(); thread.join()
print(json.dumps({
    "socket": tried(lambda: socket.socket()),
    "unix socket": tried(lambda: socket.socket(socket.AF_UNIX)),
    "sent to an address": tried(lambda: left.sendto(b"x", "/dev/log")),
    "program": tried(lambda: os.execv("/bin/true", ["true"])),
    "fork": tried(os.fork),
    "subprocess": tried(lambda: subprocess.run(["/bin/true"])),
    "signal to the parent": tried(lambda: os.kill(os.getppid(), 0)),
    "own group": tried(os.setsid),
    "higher limit": tried(lambda: resource.setrlimit(resource.RLIMIT_CPU, (90, 90))),
    "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
    "signal to itself": tried(lambda: os.kill(os.getpid(), 0)),
    "thread and pair": worked[0] - len(right.recv(1)),
    "secrets": len({"SECRET_KEY", "PORTAL_SECRET_KEY"} & set(os.environ)),
}))
"""


def test_no_network_and_no_program_can_be_reached_from_inside():
    said = subprocess.run([*PYTHON, WALLED], capture_output=True, text=True, timeout=PATIENCE)
    assert said.returncode == 0, said.stderr
    tried = json.loads(said.stdout)
    open_doors = {"core", "signal to itself", "thread and pair", "secrets"}
    for deed, error in tried.items():
        assert error == (0 if deed in open_doors else 1), deed


def test_the_child_knows_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "very secret")
    script = "import os, json; print(json.dumps({'texts': [repr(dict(os.environ))]}))"
    monkeypatch.setattr(run, "COMMAND", (*PYTHON, script))
    told = reading.read(paper(tmp_path / "a.docx"), "a.docx").pages[0].text
    assert "very secret" not in told
    assert "'PATH': '/usr/bin:/bin'" in told
    assert str(Path.home()) not in told.replace("/root/", "") or os.environ["HOME"] == "/"


def test_without_walls_nothing_is_read(tmp_path, monkeypatch, caplog):
    script = (
        "import platform; platform.machine = lambda: 'mips'\n"
        "from portal.files.reading import child; child.main()"
    )
    monkeypatch.setattr(run, "COMMAND", (*PYTHON, script))
    with caplog.at_level(logging.ERROR):
        found = reading.read(paper(tmp_path / "a.docx"), "a.docx")
    assert (found.trouble, found.pages) == (Trouble.UNSUPPORTED, [])
    assert "cannot wall the reader in" in caplog.text


def test_a_child_whose_keeper_is_gone_does_not_begin():
    script = "from portal.files.reading import sandbox; sandbox.close(parent=1 << 30)"
    said = subprocess.run([*PYTHON, script], capture_output=True, text=True, timeout=PATIENCE)
    assert "the process that asked is gone" in said.stderr
