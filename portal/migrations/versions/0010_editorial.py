"""Add the editorial board. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0010_editorial"
down_revision = "0009_tasks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idea",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("kind", sa.String(length=30), nullable=False, server_default=""),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("is_shared", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("content_id", sa.Integer(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saves", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_idea_space_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name="fk_idea_owner_id"),
        sa.ForeignKeyConstraint(["target_id"], ["space.id"], name="fk_idea_target_id"),
        sa.ForeignKeyConstraint(
            ["content_id"], ["content.id"], name="fk_idea_content_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user.id"], name="fk_idea_changed_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_idea"),
    )
    op.create_index("ix_idea_board", "idea", ["space_id", "begun_at"])
    op.create_index("ix_idea_planned", "idea", ["planned_on"])
    op.create_index("ix_idea_owner_id", "idea", ["owner_id"])
    op.create_index("ix_idea_content_id", "idea", ["content_id"])


def downgrade() -> None:
    op.drop_table("idea")
