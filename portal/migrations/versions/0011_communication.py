"""Add the communication plan. Expands only."""

revision = "0011_communication"
down_revision = "0010_editorial"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
