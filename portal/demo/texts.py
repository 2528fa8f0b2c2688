"""The texts of the demo, which its data files hold as Markdown."""

from markdown_it import MarkdownIt

from portal.kernel.text import sanitise

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def html(markdown: str) -> str:
    """Our own Markdown as the HTML that the portal keeps."""
    return sanitise(_markdown.render(markdown))
