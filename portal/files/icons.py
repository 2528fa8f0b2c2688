"""The icon of a kind of file."""

ICONS = {
    "pdf": "file-pdf",
    **dict.fromkeys(("docx", "doc", "odt", "rtf"), "file-doc"),
    **dict.fromkeys(("xlsx", "xls", "ods"), "file-xls"),
    **dict.fromkeys(("pptx", "ppt", "odp"), "file-ppt"),
    **dict.fromkeys(("eml", "msg"), "envelope"),
    "csv": "file-csv",
    "html": "file-html",
    "image": "file-image",
    "txt": "file-text",
}


def icon_of(kind: str | None) -> str:
    """kind: by content, see `files.reading.kind_of`; Phosphor's name of an icon."""
    return ICONS.get(kind or "", "file")
