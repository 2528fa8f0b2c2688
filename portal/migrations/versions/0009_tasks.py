"""Add tasks, measures and goals. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0009_tasks"
down_revision = "0008_discussions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_goal_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_goal"),
    )
    op.create_index("ix_goal_space_id", "goal", ["space_id"])
    op.create_table(
        "measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name="fk_measure_goal_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name="fk_measure_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_measure"),
    )
    op.create_index("ix_measure_goal_id", "measure", ["goal_id"])
    op.create_index("ix_measure_owner_id", "measure", ["owner_id"])
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_task_space_id"),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name="fk_task_measure_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name="fk_task_owner_id"),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name="fk_task_created_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
    )
    op.create_index("ix_task_measure_id", "task", ["measure_id"])
    op.create_index("ix_task_column", "task", ["space_id", "state", "position", "id"])
    op.create_index("ix_task_owner", "task", ["owner_id", "state", "due"])
    op.create_index("ix_task_due", "task", ["state", "due"])
    op.create_table(
        "checklist_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_checklist_item_task_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_checklist_item"),
    )
    op.create_index("ix_checklist_item_task_id", "checklist_item", ["task_id"])
    op.create_table(
        "task_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("was", sa.String(length=10), nullable=False),
        sa.Column("became", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_task_move_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_task_move_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_task_move"),
    )
    op.create_index("ix_task_move_task_id", "task_move", ["task_id"])


def downgrade() -> None:
    for table in ("task_move", "checklist_item", "task", "measure", "goal"):
        op.drop_table(table)
