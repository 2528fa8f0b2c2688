"""Add must-read items, notices, comments, bookmarks, alerts and absences. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0004_reading"
down_revision = "0003_extranet"
branch_labels = None
depends_on = None


def _one_of(*columns: str) -> str:
    """A check that exactly one of the columns is filled."""
    return " OR ".join(
        "("
        + " AND ".join(
            f"{column} IS {'NOT ' if column == filled else ''}NULL" for column in columns
        )
        + ")"
        for filled in columns
    )


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_bg", sa.String(length=300), nullable=False),
        sa.Column("text_en", sa.String(length=300), nullable=False),
        sa.Column("level", sa.String(length=7), nullable=False),
        sa.Column("audience", sa.String(length=9), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("shown_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("last >= first", name="ck_absence_days"),
        sa.ForeignKeyConstraint(["set_by_id"], ["user.id"], name="fk_absence_set_by_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_absence_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_absence"),
    )
    op.create_index("ix_absence_user_id", "absence", ["user_id"])
    op.create_table(
        "follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("mail", sa.String(length=6), nullable=False),
        sa.CheckConstraint(
            _one_of("space_id", "topic_id", "person_id"),
            name="ck_follow_one_thing",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name="fk_follow_person_id"),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_follow_space_id"),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name="fk_follow_topic_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_follow_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_follow"),
    )
    op.create_index("ix_follow_person_id", "follow", ["person_id"])
    op.create_index("ix_follow_space_id", "follow", ["space_id"])
    op.create_index("ix_follow_topic_id", "follow", ["topic_id"])
    op.create_index("uq_follow_person", "follow", ["user_id", "person_id"], unique=True)
    op.create_index("uq_follow_space", "follow", ["user_id", "space_id"], unique=True)
    op.create_index("uq_follow_topic", "follow", ["user_id", "topic_id"], unique=True)
    op.create_table(
        "notice_choice",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("mail", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_notice_choice_user_id"),
        sa.PrimaryKeyConstraint("user_id", "kind", name="pk_notice_choice"),
    )
    op.create_table(
        "bookmark",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_id"], ["content.id"], name="fk_bookmark_content_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_bookmark_user_id"),
        sa.PrimaryKeyConstraint("user_id", "content_id", name="pk_bookmark"),
    )
    op.create_index("ix_bookmark_user", "bookmark", ["user_id", "at"])
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_comment_by_id"),
        sa.ForeignKeyConstraint(
            ["content_id"], ["content.id"], name="fk_comment_content_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["hidden_by_id"], ["user.id"], name="fk_comment_hidden_by_id"),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["comment.id"], name="fk_comment_parent_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_comment_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
    )
    op.create_index("ix_comment_content", "comment", ["content_id", "space_id", "id"])
    op.create_table(
        "content_reader",
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_id"], ["content.id"], name="fk_content_reader_content_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("content_id", "mark", name="pk_content_reader"),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_hidden", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("mail", sa.String(length=6), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["content_id"], ["content.id"], name="fk_notice_content_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name="fk_notice_delivery_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_notice_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("user_id", "about", "version", name="uq_notice_user_id_about_version"),
    )
    op.create_index("ix_notice_content_id", "notice", ["content_id"])
    op.create_index(
        "ix_notice_daily",
        "notice",
        ["user_id"],
        sqlite_where=sa.text("mail = 'daily' AND mailed_at IS NULL"),
        postgresql_where=sa.text("mail = 'daily' AND mailed_at IS NULL"),
    )
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["user_id"],
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index("ix_notice_user", "notice", ["user_id", "id"])
    op.create_table(
        "returned_mail",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_returned_mail"),
    )
    op.create_table(
        "requirement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_number", sa.String(length=120), nullable=False),
        sa.Column("standing_days", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_requirement_by_id"),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name="fk_requirement_content_id"),
        sa.PrimaryKeyConstraint("id", name="pk_requirement"),
        sa.UniqueConstraint("content_id", "round", name="uq_requirement_content_id_round"),
    )
    op.create_index(
        "uq_requirement_open",
        "requirement",
        ["content_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND asked_at IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND asked_at IS NOT NULL"),
    )
    op.create_index(
        "uq_requirement_wished",
        "requirement",
        ["content_id"],
        unique=True,
        sqlite_where=sa.text("asked_at IS NULL"),
        postgresql_where=sa.text("asked_at IS NULL"),
    )
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("requirement_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("read_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=223), nullable=False),
        sa.Column("position", sa.String(length=160), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("unit_name", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user.id"], name="fk_confirmation_recorded_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"], ["requirement.id"], name="fk_confirmation_requirement_id"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name="fk_confirmation_revision_id"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["group.id"], name="fk_confirmation_unit_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_confirmation_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_confirmation"),
        sa.UniqueConstraint(
            "requirement_id", "user_id", name="uq_confirmation_requirement_id_user_id"
        ),
    )
    op.create_index("ix_confirmation_user_id", "confirmation", ["user_id"])
    op.create_table(
        "mention",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name="fk_mention_comment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_mention_user_id"),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name="pk_mention"),
    )
    op.create_table(
        "obligation",
        sa.Column("requirement_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_reminded", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_reminded_at_end", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_head_told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["requirement_id"],
            ["requirement.id"],
            name="fk_obligation_requirement_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_obligation_user_id"),
        sa.PrimaryKeyConstraint("requirement_id", "user_id", name="pk_obligation"),
    )
    op.create_index("ix_obligation_user", "obligation", ["user_id", "requirement_id"])
    op.create_table(
        "requirement_target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("requirement_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            _one_of("user_id", "group_id", "space_id"),
            name="ck_requirement_target_one_target",
        ),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name="fk_requirement_target_group_id"),
        sa.ForeignKeyConstraint(
            ["requirement_id"],
            ["requirement.id"],
            name="fk_requirement_target_requirement_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_requirement_target_space_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_requirement_target_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_requirement_target"),
    )
    op.create_index(
        "ix_requirement_target_requirement_id", "requirement_target", ["requirement_id"]
    )
    op.add_column(
        "content",
        sa.Column("asks_confirmation", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "content",
        sa.Column("is_discussed", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "content",
        sa.Column("comments_closed", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "decision", sa.Column("via", sa.String(length=10), server_default="portal", nullable=False)
    )
    op.add_column("delivery", sa.Column("content_id", sa.Integer(), nullable=True))
    op.create_index("ix_delivery_content_id", "delivery", ["content_id"])
    op.add_column(
        "placement", sa.Column("pin_rank", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("remark", sa.Column("quote", sa.Text(), server_default="", nullable=False))
    op.add_column("user", sa.Column("unread", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "user", sa.Column("alerts_hidden", sa.String(60), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("user", "alerts_hidden")
    op.drop_column("user", "unread")
    op.drop_column("remark", "quote")
    op.drop_column("placement", "pin_rank")
    op.drop_index("ix_delivery_content_id", table_name="delivery")
    op.drop_column("delivery", "content_id")
    op.drop_column("decision", "via")
    op.drop_column("content", "comments_closed")
    op.drop_column("content", "is_discussed")
    op.drop_column("content", "asks_confirmation")
    op.drop_table("requirement_target")
    op.drop_table("obligation")
    op.drop_table("mention")
    op.drop_table("confirmation")
    op.drop_table("requirement")
    op.drop_table("returned_mail")
    op.drop_table("notice")
    op.drop_table("content_reader")
    op.drop_table("comment")
    op.drop_table("bookmark")
    op.drop_table("notice_choice")
    op.drop_table("follow")
    op.drop_table("absence")
    op.drop_table("alert")
