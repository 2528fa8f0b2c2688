"""The migrations make exactly what the models say, on both databases."""

from alembic import command
from sqlalchemy import select

from portal.accounts.models import User, UserSession
from portal.kernel import clock, database
from portal.kernel.database import Base, db
from portal.kernel.transaction import transaction


def test_the_schema_is_what_the_models_say(app):
    db.session.remove()
    config = database.alembic_config(app)
    config.attributes["metadata"] = Base.metadata
    with db.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.check(config)


def test_the_newest_migration_can_be_undone_and_done_again(app):
    db.session.remove()
    config = database.alembic_config(app)
    with db.engine.connect() as connection:
        config.attributes["connection"] = connection.execution_options(write=True)
        command.downgrade(config, "base")
        command.upgrade(config, "head")


def test_who_needs_a_second_factor_signs_in_anew_after_the_upgrade(app, cast):
    """Older sessions began with the password alone, and a kept one goes on while it is used."""
    signed_in = ("employee", "admin", "partner")

    @transaction
    def begin():
        for login in signed_in:
            db.session.add(UserSession(token_hash=login, user_id=cast.id(login), is_kept=True))

    begin()
    db.session.remove()
    before = clock.now()
    config = database.alembic_config(app)
    with db.engine.connect() as connection:
        config.attributes["connection"] = connection.execution_options(write=True)
        command.downgrade(config, "0002_documents")
        command.upgrade(config, "head")
    found = select(User.login, UserSession.ended_at).join(User, User.id == UserSession.user_id)
    ended = {row.login: row.ended_at for row in db.session.execute(found)}
    assert ended["employee"] is None
    for login in ("admin", "partner"):
        assert before <= ended[login] <= clock.now()
