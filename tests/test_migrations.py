"""The migrations make exactly what the models say, on both databases."""

from alembic import command

from portal.kernel import database
from portal.kernel.database import Base, db


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
