"""A small mailbox server on the loopback: as much of IMAP4rev1 as looking into a folder takes.

It knows one person and one folder, opens it for reading alone, and writes down what is asked.
"""

import re
import socketserver
import threading
from typing import Any


class _Talk(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, _, words = line.decode().strip().partition(" ")
            self.server.box.asked.append(words)
            if not self._answer(tag, words):
                return

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")

    def _answer(self, tag: str, words: str) -> bool:
        box = self.server.box
        command = re.sub(r"^UID ", "UID_", words.upper()).split(" ")[0]
        if command == "LOGIN" and words.split(" ", 2)[1:] != ["bounces", '"p:w d"']:
            self._say(f"{tag} NO [AUTHENTICATIONFAILED] wrong password")
            return True
        if command == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1")
        elif command == "EXAMINE":
            if words.split(" ", 1)[1] not in ('"INBOX"', '"Returned mail"'):
                self._say(f"{tag} NO no such folder")
                return True
            self._say(f"* {len(box.mails)} EXISTS")
            self._say(f"* OK [UIDVALIDITY {box.age}] UIDs valid")
        elif command == "UID_SEARCH":
            self._say(" ".join(["* SEARCH", *map(str, box.mails)]))
        elif command == "UID_FETCH":
            number, most = map(int, re.findall(r"FETCH (\d+) .*<0\.(\d+)>", words)[0])
            if number in box.broken:
                self._say(f"{tag} NO cannot read it")
                return True
            mail = box.mails[number][:most]
            self._say(f"* 1 FETCH (UID {number} BODY[]<0> {{{len(mail)}}}")
            self.wfile.write(mail)
            self._say(")")
        elif command == "LOGOUT":
            self._say("* BYE")
        elif command != "LOGIN":
            self._say(f"{tag} BAD not known here")
            return True
        self._say(f"{tag} OK done")
        return command != "LOGOUT"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    box: "ImapServer"


class ImapServer:
    """`mails` by number; `broken`: numbers that cannot be read; `asked`: every line that came."""

    def __init__(self) -> None:
        self.mails: dict[int, bytes] = {}
        self.broken: set[int] = set()
        self.age = 7
        self.asked: list[str] = []
        self._server = _Server(("127.0.0.1", 0), _Talk)
        self._server.box = self
        self.url = f"imap://bounces:p%3Aw%20d@127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def __enter__(self) -> "ImapServer":
        return self

    def __exit__(self, *_why: Any) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
