"""Add what was made from what. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0012_publishing"
down_revision = "0011_communication"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "derivation",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source_revision_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_id"],
            ["content.id"],
            name=op.f("fk_derivation_content_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_derivation_made_by_id")),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revision.id"],
            name=op.f("fk_derivation_revision_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["content.id"],
            name=op.f("fk_derivation_source_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["source_revision_id"],
            ["revision.id"],
            name=op.f("fk_derivation_source_revision_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_derivation")),
    )
    op.create_index("ix_derivation_content_id", "derivation", ["content_id"])
    op.create_index("ix_derivation_source_id", "derivation", ["source_id"])


def downgrade() -> None:
    op.drop_table("derivation")
