"""Add documents, folders and what is read of files. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0002_documents"
down_revision = "0001_ground"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "folder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=240), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_folder_space_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["folder.id"], name="fk_folder_parent_id"),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name="fk_folder_created_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_folder"),
        sa.UniqueConstraint("parent_id", "name_key", name="uq_folder_parent_id_name_key"),
    )
    op.create_index("ix_folder_space_id", "folder", ["space_id"])
    top = sa.text("parent_id IS NULL")
    op.create_index(
        "uq_folder_top",
        "folder",
        ["space_id", "name_key"],
        unique=True,
        sqlite_where=top,
        postgresql_where=top,
    )
    with op.batch_alter_table("placement") as placement:  # SQLite copies the table for the key
        placement.add_column(sa.Column("folder_id", sa.Integer(), nullable=True))
        placement.create_foreign_key(
            "fk_placement_folder_id", "folder", ["folder_id"], ["id"], ondelete="SET NULL"
        )
    op.create_index("ix_placement_folder", "placement", ["space_id", "folder_id", "content_id"])
    op.create_table(
        "file_reading",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("is_paged", sa.Boolean(), nullable=False),
        sa.Column("has_macros", sa.Boolean(), nullable=False),
        sa.Column("trouble", sa.String(length=20), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_id"], ["file.id"], name="fk_file_reading_file_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("file_id", name="pk_file_reading"),
    )
    op.create_table(
        "file_page",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=4), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["file.id"], name="fk_file_page_file_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("file_id", "number", name="pk_file_page"),
    )
    op.create_table(
        "document_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("sort", sa.String(length=20), nullable=False),
        sa.Column("reg_number", sa.String(length=60), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("issuer", sa.String(length=120), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("tags", sa.String(length=300), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["revision.id"], name="fk_document_revision_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name="fk_document_revision_file_id"),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["group.id"], name="fk_document_revision_unit_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_document_revision"),
    )
    op.create_index("ix_document_revision_file_id", "document_revision", ["file_id"])


def downgrade() -> None:
    op.drop_table("document_revision")
    op.drop_table("file_page")
    op.drop_table("file_reading")
    op.drop_index("ix_placement_folder", "placement")
    with op.batch_alter_table("placement") as placement:
        placement.drop_column("folder_id")
    op.drop_table("folder")
