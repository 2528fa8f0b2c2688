"""Add the editorial board. Expands only."""

revision = "0010_editorial"
down_revision = "0009_tasks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
