"""Spaces say how people come in and what is switched on; who wants in. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0006_space_life"
down_revision = "0005_search"
branch_labels = None
depends_on = None
_WAITING = sa.text("state = 'waiting'")


def _ask(name: str, *columns: sa.schema.SchemaItem) -> None:
    """A table of those who want into a space, and its index of who waits."""
    op.create_table(
        name,
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("space_id", sa.Integer, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by_id", sa.Integer),
        sa.Column("user_id", sa.Integer, nullable=name == "space_invitation"),
        *columns,
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=f"fk_{name}_space_id"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=f"fk_{name}_decided_by_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=f"fk_{name}_user_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_space_id", name, ["space_id"])
    whose = "email" if name == "space_invitation" else "user_id"
    op.create_index(
        f"uq_{name}_waiting",
        name,
        ["space_id", whose],
        unique=True,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )


def upgrade() -> None:
    op.add_column(
        "space", sa.Column("joining", sa.String(12), nullable=False, server_default="invitation")
    )
    op.add_column("space", sa.Column("features", sa.String(200), nullable=False, server_default=""))
    _ask(
        "join_request",
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
    )
    op.create_index("ix_join_request_user_id", "join_request", ["user_id"])
    _ask(
        "space_invitation",
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("given", sa.String(60), nullable=False),
        sa.Column("family", sa.String(60), nullable=False),
        sa.Column("organisation_id", sa.Integer),
        sa.Column("role", sa.Integer, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("made_by_id", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_space_invitation_organisation_id",
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name="fk_space_invitation_made_by_id"),
    )
    op.create_index("ix_space_invitation_organisation_id", "space_invitation", ["organisation_id"])


def downgrade() -> None:
    op.drop_table("space_invitation")
    op.drop_table("join_request")
    op.drop_column("space", "features")
    op.drop_column("space", "joining")
