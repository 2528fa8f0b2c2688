"""The bare Flask page that the portal's pages are measured beside: `python -m scripts.bench.bare`.

The least that a page with people and a list can do, as shared/research/peers.md measured it: a
Flask-Login session whose person is loaded from the database, one query of the twenty newest titles
out of 2,000 by an index, a small template compiled once.
"""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

FILE = "bare.db"
TEMPLATE = """<!doctype html>
<html lang="bg"><head><meta charset="utf-8"><title>Новини</title></head>
<body><nav>{{ who }}</nav><h1>Новини</h1>
{% for n in items %}<article><h2><a href="/art/{{ n.id }}">{{ n.title }}</a></h2>
<time>{{ n.date.strftime('%d.%m.%Y') }}</time><p>{{ n.lead }}</p></article>{% endfor %}
</body></html>"""


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class User(Base, UserMixin):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))


class News(Base):
    __tablename__ = "news"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    lead: Mapped[str] = mapped_column(String(400))
    body: Mapped[str] = mapped_column(Text)
    date: Mapped[datetime] = mapped_column(DateTime, index=True)


def make_app(folder: Path) -> Flask:
    app = Flask("bare")
    path = folder.resolve() / FILE
    app.config.update(SECRET_KEY="measure", SQLALCHEMY_DATABASE_URI=f"sqlite:///{path}")
    db.init_app(app)
    manager = LoginManager(app)
    template = app.jinja_env.from_string(TEMPLATE)

    @manager.user_loader
    def load(ident: str) -> User | None:
        return db.session.get(User, int(ident))

    @app.get("/login")
    def login() -> str:
        login_user(db.session.get_one(User, 1))
        return "ok"

    @app.get("/list")
    @login_required
    def page() -> str:
        newest = db.select(News.id, News.title, News.lead, News.date)
        found = db.session.execute(newest.order_by(News.date.desc()).limit(20)).all()
        return template.render(items=found, who=current_user.name)

    return app


def fill(folder: Path, people: int, news: list[dict[str, Any]]) -> None:
    """A database of its own: so many people, and news given by title, lead, body and date."""
    with make_app(folder).app_context():
        db.create_all()
        db.session.add_all(User(id=n + 1, name=f"Иван {n}") for n in range(people))
        db.session.add_all(News(**each) for each in news)
        db.session.commit()
        db.engine.dispose()


def main() -> None:
    from waitress import serve

    from portal.serve import THREADS

    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    serve(make_app(folder), host="127.0.0.1", port=port, threads=THREADS, ident=None)


if __name__ == "__main__":
    main()
