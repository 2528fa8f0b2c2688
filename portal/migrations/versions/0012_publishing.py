"""Add where a text was made from another one. Expands only."""

revision = "0012_publishing"
down_revision = "0011_communication"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
