"""Add discussions. Expands only."""

revision = "0008_discussions"
down_revision = "0007_pages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
