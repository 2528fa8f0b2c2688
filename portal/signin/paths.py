"""Where to go after signing in: only to a page of our own."""

from urllib.parse import urlsplit


def own_path(address: str | None) -> str:
    """The address when it is a path of this portal, else the home page.

    Browsers read `//x`, `/\\x` and paths with control characters as another host.
    """
    if not address or not address.startswith("/") or address.startswith("//"):
        return "/"
    if "\\" in address or any(ord(sign) < 33 or ord(sign) == 127 for sign in address):
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc else address
