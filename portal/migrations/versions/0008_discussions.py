"""Add discussions, what they decided, who follows them, and files of comments. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0008_discussions"
down_revision = "0007_pages"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
IN_FORCE = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "discussion_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["revision.id"], name="fk_discussion_revision_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_discussion_revision"),
    )
    op.create_table(
        "discussion",
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=True),
        sa.Column("last_by_id", sa.Integer(), nullable=False),
        sa.Column("last_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["content_id"], ["content.id"], name="fk_discussion_content_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["last_by_id"], ["user.id"], name="fk_discussion_last_by_id"),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_discussion_space_id"),
        sa.PrimaryKeyConstraint("content_id", name="pk_discussion"),
    )
    op.create_index("ix_discussion_list", "discussion", ["space_id", "last_at", "content_id"])
    op.create_index("ix_discussion_latest", "discussion", ["last_at", "content_id"])
    op.create_table(
        "resolution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("withdrawn_at", AT, nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_resolution_by_id"),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name="fk_resolution_comment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["content_id"], ["content.id"], name="fk_resolution_content_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_resolution_space_id"),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["user.id"], name="fk_resolution_withdrawn_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resolution"),
    )
    op.create_index(
        "uq_resolution_in_force",
        "resolution",
        ["content_id"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.create_index("ix_resolution_list", "resolution", ["space_id", "day", "id"])
    op.create_table(
        "discussion_follow",
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_id"],
            ["content.id"],
            name="fk_discussion_follow_content_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_discussion_follow_user_id"),
        sa.PrimaryKeyConstraint("content_id", "user_id", name="pk_discussion_follow"),
    )
    op.create_table(
        "comment_file",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name="fk_comment_file_comment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name="fk_comment_file_file_id"),
        sa.PrimaryKeyConstraint("comment_id", "file_id", name="pk_comment_file"),
    )
    op.create_index("ix_comment_file_file_id", "comment_file", ["file_id"])


def downgrade() -> None:
    op.drop_table("comment_file")
    op.drop_table("discussion_follow")
    op.drop_table("resolution")
    op.drop_table("discussion")
    op.drop_table("discussion_revision")
