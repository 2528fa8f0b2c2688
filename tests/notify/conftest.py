"""A mail server on loopback, and a town with people to write to."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from portal.access.models import Site
from portal.accounts.models import Organisation, User
from portal.kernel.database import db


@dataclass
class Post:
    """What the server took; `answers` are its words for the next mails instead of «250 OK»."""

    mails: list[EmailMessage] = field(default_factory=list)
    receivers: list[str] = field(default_factory=list)
    rcpt_answers: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.rcpt_answers:
            return self.rcpt_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data_answers:
            return self.data_answers.pop(0)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.receivers += envelope.rcpt_tos
        return "250 OK"


@pytest.fixture
def post() -> Iterator[Post]:
    with socket.socket() as free:  # the controller cannot be told «any port»
        free.bind(("127.0.0.1", 0))
        taken = Post(port=free.getsockname()[1])
    controller = Controller(taken, hostname="127.0.0.1", port=taken.port)
    controller.start()
    yield taken
    controller.stop()


@pytest.fixture
def maria(app: Flask, post: Post) -> User:
    app.config["MAIL_URL"] = f"smtp://127.0.0.1:{post.port}"
    app.config["MAIL_FROM"] = "portal@belobryag.example"
    app.config["BASE_URL"] = "https://portal.belobryag.example"
    db.session.add(Site(id=1, name_bg="Община Белобряг", name_en="Municipality of Belobryag"))
    home = Organisation(kind="municipality", is_home=True, name_bg="Община", name_en="Town")
    db.session.add(home)
    db.session.flush()
    user = User(
        login="maria",
        given="Мария",
        family="Желева",
        given_latin="Maria",
        family_latin="Zheleva",
        email="maria@town.example",
        organisation_id=home.id,
    )
    db.session.add(user)
    db.session.commit()
    return user
