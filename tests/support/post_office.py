"""A real mail server in a process of its own: it outlives the workers that are killed, and its
work is not counted as theirs. `python -m tests.support.post_office FILE` prints its port."""

import asyncio
import subprocess
import sys
from collections import Counter
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

CHECKOUT = Path(__file__).resolve().parents[2]


class _Clerk:
    def __init__(self, book: Path) -> None:
        self._book = book.open("a", buffering=1)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        number = BytesHeaderParser().parsebytes(envelope.content)["Message-ID"]
        self._book.write(f"{number} {envelope.rcpt_tos[0]}\n")
        return "250 OK"


async def _serve(book: Path) -> None:
    clerk = _Clerk(book)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(clerk, enable_SMTPUTF8=True), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class PostOffice:
    """`url` for the portal; `mails()`: how often each (Message-ID, receiver) arrived."""

    def __init__(self, folder: Path) -> None:
        self._book = folder / "arrived"
        self._book.touch()
        command = [sys.executable, "-m", "tests.support.post_office", str(self._book)]
        self._process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = f"smtp://127.0.0.1:{int(self._process.stdout.readline())}"

    def __enter__(self) -> "PostOffice":
        return self

    def __exit__(self, *_why: object) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def number(self) -> int:
        """How many mails arrived."""
        return self._book.read_bytes().count(b"\n")

    def mails(self) -> Counter[tuple[str, str]]:
        lines = self._book.read_text().splitlines()
        return Counter((line.split(" ")[0], line.split(" ")[1]) for line in lines)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
