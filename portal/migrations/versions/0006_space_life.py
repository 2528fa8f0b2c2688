"""Spaces say how people come in and what is switched on. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0006_space_life"
down_revision = "0005_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "space", sa.Column("joining", sa.String(12), nullable=False, server_default="invitation")
    )
    op.add_column("space", sa.Column("features", sa.String(200), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("space") as space:
        space.drop_column("features")
        space.drop_column("joining")
