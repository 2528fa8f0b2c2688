"""MSG: a mail as Outlook saves it, in a compound file (MS-CFB, MS-OXMSG) written here.

A compound file is a small file system: sectors of 512 bytes chained in a table, streams under
4096 bytes packed into a stream of their own, and a directory as a tree ordered by name.
"""

import struct
from dataclasses import dataclass

from tests.support.papers.plain import as_typed, lines_of
from tests.support.papers.text import Draft

Made = tuple[bytes, list[list[str]]]
Tree = dict[str, "bytes | Tree"]

SECTOR, MINI, CUTOFF = 512, 64, 4096
FREE, END, IS_TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
STORAGE, STREAM, ROOT = 1, 2, 5


@dataclass
class _Entry:
    name: str
    kind: int
    left: int = FREE
    right: int = FREE
    child: int = FREE
    start: int = 0
    data: bytes = b""

    def packed(self) -> bytes:
        name = self.name.encode("utf-16-le") + b"\0\0"
        links = struct.pack("<BBIII", self.kind, 1, self.left, self.right, self.child)
        body = struct.pack("<64sH", name, len(name)) + links + bytes(36)
        return body + struct.pack("<IQ", self.start, len(self.data))


def compound(tree: Tree) -> bytes:
    """A compound file of these streams and storages."""
    entries = [_Entry("Root Entry", ROOT)]
    entries[0].child = _directory(tree, entries)
    small = [e for e in entries if e.kind == STREAM and len(e.data) < CUTOFF]
    large = [e for e in entries if e.kind == STREAM and len(e.data) >= CUTOFF]
    mini_table: list[int] = []
    for entry in small:
        entry.start = _chain(mini_table, -(-len(entry.data) // MINI)) if entry.data else END
    entries[0].data = b"".join(_padded(entry.data, MINI) for entry in small)
    table: list[int] = []
    for entry in (entries[0], *large):
        entry.start = _chain(table, -(-len(entry.data) // SECTOR))
    body = b"".join(_padded(entry.data, SECTOR) for entry in (entries[0], *large))
    minis = _padded(struct.pack(f"<{len(mini_table)}I", *mini_table), SECTOR, b"\xff")
    listed = _padded(b"".join(entry.packed() for entry in entries), SECTOR)
    first_mini = _chain(table, len(minis) // SECTOR)
    first_listed = _chain(table, len(listed) // SECTOR)
    tables = 1
    while len(table) + tables > tables * SECTOR // 4:
        tables += 1
    where = [*range(len(table), len(table) + tables)]
    table += [IS_TABLE] * tables
    packed = _padded(struct.pack(f"<{len(table)}I", *table), SECTOR, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIII", 0, tables, first_listed, 0, CUTOFF)
    head += struct.pack("<IIII", first_mini, len(minis) // SECTOR, END, 0)
    head += struct.pack("<109I", *where, *[FREE] * (109 - tables))
    return head + body + minis + listed + packed


def _chain(table: list[int], count: int) -> int:
    """Take the next sectors, each pointing to the one after; the first of them."""
    first = len(table)
    table += [first + n + 1 for n in range(count - 1)] + [END]
    return first


def _padded(data: bytes, unit: int, filler: bytes = b"\0") -> bytes:
    return data + filler * (-len(data) % unit)


def _directory(tree: Tree, entries: list[_Entry]) -> int:
    """Add a storage's entries as a balanced tree; the number of its top."""
    numbers = []
    for name in sorted(tree, key=lambda each: (len(each), each.upper())):
        held = tree[name]
        numbers.append(len(entries))
        if isinstance(held, bytes):
            entries.append(_Entry(name, STREAM, data=held))
        else:
            storage = _Entry(name, STORAGE)
            entries.append(storage)
            storage.child = _directory(held, entries)

    def balanced(some: list[int]) -> int:
        if not some:
            return FREE
        middle = len(some) // 2
        top = entries[some[middle]]
        top.left, top.right = balanced(some[:middle]), balanced(some[middle + 1 :])
        return some[middle]

    return balanced(numbers)


def msg(draft: Draft, encoding: str) -> Made:
    """A mail with one recipient. encoding: utf-16-le as today's Outlook, or windows-1251."""
    lines = [line for page in draft.pages for block in page for line in lines_of(block)]
    body = as_typed("\r\n".join(lines), encoding)
    sender, to = "registry@belobryag.bg", "delovodstvo@belobryag.bg"
    texts = {
        0x001A: "IPM.Note",
        0x0037: draft.title,
        0x0C1A: draft.author,
        0x0C1F: sender,
        0x0E04: "Деловодство",
        0x1000: body,
    }
    person = {0x3001: "Деловодство", 0x3003: to}
    nameless: Tree = {f"__substg1.0_000{n}0102": b"" for n in (2, 3, 4)}
    # The number of recipients, twice, stands in the head of the mail's own properties.
    head = bytes(8) + struct.pack("<IIII", 1, 0, 1, 0) + bytes(8)
    tree: Tree = {
        "__nameid_version1.0": nameless,
        **_properties(texts, encoding, head),
        "__recip_version1.0_#00000000": _properties(person, encoding, bytes(8)),
    }
    return compound(tree), [[draft.title, draft.author, sender, "Деловодство", to, body]]


def _properties(texts: dict[int, str], encoding: str, head: bytes) -> Tree:
    """The texts as streams, and the stream that lists them."""
    wide = encoding == "utf-16-le"
    sort, ending = (0x1F, 2) if wide else (0x1E, 1)
    streams: Tree = {}
    listed = head
    # In which code page eight-bit texts are written: of the store and of the mail.
    for tag in (0x3FFD0003, 0x3FDE0003):
        listed += struct.pack("<IIII", tag, 6, 65001 if wide else 1251, 0)
    for number, said in texts.items():
        data = as_typed(said, encoding).encode(encoding)
        streams[f"__substg1.0_{number:04X}{sort:04X}"] = data
        listed += struct.pack("<IIII", number << 16 | sort, 6, len(data) + ending, 0)
    return {**streams, "__properties_version1.0": listed}
