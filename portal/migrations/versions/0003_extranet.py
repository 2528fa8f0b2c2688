"""Add second factors, partners' facts, practices and questions on them. Expands only."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0003_extranet"
down_revision = "0002_documents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_second_factor_user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_second_factor"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_recovery_code_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
        sa.UniqueConstraint("user_id", "code_hash", name="uq_recovery_code_user_id_code_hash"),
    )
    op.add_column(
        "organisation", sa.Column("nuts3", sa.String(length=5), nullable=False, server_default="")
    )
    op.add_column("organisation", sa.Column("population", sa.Integer(), nullable=True))
    with op.batch_alter_table("user_session") as session:  # SQLite copies the table for the key
        session.add_column(sa.Column("seeing_id", sa.Integer(), nullable=True))
        session.add_column(sa.Column("seeing_since", sa.DateTime(timezone=True), nullable=True))
        session.create_foreign_key("fk_user_session_seeing_id", "user", ["seeing_id"], ["id"])
    op.add_column(
        "content",
        sa.Column("is_shared", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(
        "ix_placement_pinned",
        "placement",
        ["space_id"],
        sqlite_where=sa.text("pinned_at IS NOT NULL"),
        postgresql_where=sa.text("pinned_at IS NOT NULL"),
    )
    op.create_table(
        "remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name="fk_remark_decision_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_remark"),
    )
    op.create_index("ix_remark_decision_id", "remark", ["decision_id"])
    _end_sessions_without_second_factor()
    _practices()


def _end_sessions_without_second_factor() -> None:
    """Who needs one from now on signs in anew: a session goes on as long as it is used."""
    columns = sa.column("id"), sa.column("is_admin", sa.Boolean()), sa.column("organisation_id")
    user = sa.table("user", *columns)
    organisation = sa.table("organisation", sa.column("id"), sa.column("is_home", sa.Boolean()))
    moment = sa.column("ended_at", sa.DateTime(timezone=True))
    session = sa.table("user_session", sa.column("user_id"), moment)
    home = sa.select(organisation.c.id).where(organisation.c.is_home)
    needing = sa.select(user.c.id).where(
        sa.or_(user.c.is_admin, user.c.organisation_id.not_in(home))
    )
    op.execute(
        sa.update(session)
        .where(session.c.user_id.in_(needing), session.c.ended_at.is_(None))
        .values(ended_at=datetime.now(UTC))
    )


def _practices() -> None:
    op.create_table(
        "practice_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["revision.id"], name="fk_practice_revision_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_practice_revision"),
    )
    op.create_table(
        "practice",
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("nuts3", sa.String(length=5), nullable=False),
        sa.Column("size", sa.String(length=2), nullable=False),
        sa.Column("maturity", sa.String(length=20), nullable=False),
        sa.Column("study_visit", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_id"], ["content.id"], name="fk_practice_content_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_practice_organisation_id"
        ),
        sa.PrimaryKeyConstraint("content_id", name="pk_practice"),
    )
    op.create_index("ix_practice_organisation_id", "practice", ["organisation_id"])
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["content_id"], ["content.id"], name="fk_question_content_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_question_space_id"),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_question_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
    )
    op.create_index("ix_question_content_id", "question", ["content_id"])
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name="fk_answer_question_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_answer_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
    )
    op.create_index("ix_answer_question_id", "answer", ["question_id"])


def downgrade() -> None:
    op.drop_table("answer")
    op.drop_table("question")
    op.drop_table("practice")
    op.drop_table("practice_revision")
    op.drop_table("remark")
    op.drop_index("ix_placement_pinned", "placement")
    op.drop_column("content", "is_shared")
    with op.batch_alter_table("user_session") as session:
        session.drop_constraint("fk_user_session_seeing_id", type_="foreignkey")
        session.drop_column("seeing_since")
        session.drop_column("seeing_id")
    op.drop_column("organisation", "population")
    op.drop_column("organisation", "nuts3")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
