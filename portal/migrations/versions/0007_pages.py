"""Add pages of spaces. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0007_pages"
down_revision = "0006_space_life"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "page_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"],
            ["revision.id"],
            name=op.f("fk_page_revision_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_revision")),
    )
    op.create_table(
        "page",
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_template", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_id"],
            ["content.id"],
            name=op.f("fk_page_content_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["page.content_id"],
            name=op.f("fk_page_parent_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("content_id", name=op.f("pk_page")),
    )
    op.create_index("ix_page_parent", "page", ["parent_id", "position"])


def downgrade() -> None:
    op.drop_table("page")
    op.drop_table("page_revision")
