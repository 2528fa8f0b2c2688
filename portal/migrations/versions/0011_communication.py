"""Add the communication plan: objectives, entries, proofs, figures. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0011_communication"
down_revision = "0010_editorial"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comm_objective",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_comm_objective_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_comm_objective"),
    )
    op.create_index("ix_comm_objective_space_id", "comm_objective", ["space_id"])
    op.create_table(
        "comm_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("planned_until", sa.Date(), nullable=True),
        sa.Column("moved_to", sa.Date(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_comm_entry_space_id"),
        sa.ForeignKeyConstraint(
            ["objective_id"], ["comm_objective.id"], name="fk_comm_entry_objective_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name="fk_comm_entry_owner_id"),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name="fk_comm_entry_created_by_id"),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user.id"], name="fk_comm_entry_changed_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_comm_entry"),
    )
    op.create_index("ix_comm_entry_register", "comm_entry", ["space_id", "planned_on", "id"])
    op.create_index("ix_comm_entry_objective_id", "comm_entry", ["objective_id"])
    op.create_index("ix_comm_entry_owner_id", "comm_entry", ["owner_id"])
    op.create_table(
        "comm_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.Column("licence", sa.String(length=200), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["comm_entry.id"], name="fk_comm_proof_entry_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["content_id"], ["content.id"], name="fk_comm_proof_content_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name="fk_comm_proof_file_id"),
        sa.ForeignKeyConstraint(["added_by_id"], ["user.id"], name="fk_comm_proof_added_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_comm_proof"),
    )
    op.create_index("ix_comm_proof_entry_id", "comm_proof", ["entry_id"])
    op.create_index("ix_comm_proof_file_id", "comm_proof", ["file_id"])
    op.create_table(
        "comm_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("planned", sa.BigInteger(), nullable=True),
        sa.Column("reached", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["comm_entry.id"], name="fk_comm_figure_entry_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["added_by_id"], ["user.id"], name="fk_comm_figure_added_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_comm_figure"),
    )
    op.create_index("ix_comm_figure_entry_id", "comm_figure", ["entry_id"])


def downgrade() -> None:
    for table in ("comm_figure", "comm_proof", "comm_entry", "comm_objective"):
        op.drop_table(table)
