"""Alembic's environment. Imports nothing from portal; autogenerate gets its metadata passed in."""

from alembic import context
from sqlalchemy import create_engine

config = context.config
metadata = config.attributes.get("metadata")


def run() -> None:
    connection = config.attributes.get("connection")
    if connection is None:
        engine = create_engine(config.attributes["url"])
        with engine.connect() as own:
            _migrate(own)
    else:
        _migrate(connection)


def _migrate(connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()


run()
