"""Add pages of spaces. Expands only."""

revision = "0007_pages"
down_revision = "0006_space_life"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
