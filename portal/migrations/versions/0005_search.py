"""Add the list of synonyms that search knows. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0005_search"
down_revision = "0004_reading"
branch_labels = None
depends_on = None

# What every municipality writes short; the administrator changes the list as she likes.
FIRST = (
    ("ЗУТ", "Закон за устройство на територията"),
    ("ЗМСМА", "Закон за местното самоуправление и местната администрация"),
    ("ЗМДТ", "Закон за местните данъци и такси"),
    ("ЗОС", "Закон за общинската собственост"),
    ("ЗОП", "Закон за обществените поръчки"),
    ("ЗДОИ", "Закон за достъп до обществена информация"),
    ("АПК", "Административнопроцесуален кодекс"),
    ("ДВ", "Държавен вестник"),
)


def upgrade() -> None:
    synonym = op.create_table(
        "synonym",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.String(length=100), nullable=False),
        sa.Column("meant", sa.String(length=200), nullable=False),
        sa.Column("is_two_way", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_synonym"),
        sa.UniqueConstraint("asked", "meant", name="uq_synonym_asked_meant"),
    )
    rows = [{"asked": asked, "meant": meant, "is_two_way": True} for asked, meant in FIRST]
    op.bulk_insert(synonym, rows)


def downgrade() -> None:
    op.drop_table("synonym")
