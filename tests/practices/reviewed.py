"""What tests of reviewing share: the page's address, what its form sends, the mails of somebody."""

from sqlalchemy import select

from portal.kernel.database import db
from portal.practices.models import PracticeRevision


def url(ident: int, step: str = "review") -> str:
    return f"/practices/{ident}/{step}"


def text_of(ident: int) -> PracticeRevision:
    """The newest text of a practice, read afresh."""
    db.session.rollback()
    wanted = select(PracticeRevision).where(PracticeRevision.content_id == ident)
    return db.session.scalars(wanted.order_by(PracticeRevision.id.desc())).first()


def seen(ident: int, **more) -> dict[str, str]:
    """What the review page sends with a decision."""
    text = text_of(ident)
    return {"text": str(text.id), "saves": str(text.saves), **more}


def subjects(mail_server, to: str) -> list[str]:
    mails = [mail for mail in mail_server.messages if f"{to}@town.example" in mail["To"]]
    return [mail["Subject"] for mail in mails]
