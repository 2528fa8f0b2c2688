"""A phone with an app for codes, as the second factor needs it."""

import html
import re

import pyotp

from portal.kernel import clock


class Phone:
    """Shows the six digits of a key that was typed into it; `clock.at` moves its clock too."""

    def __init__(self, key: str) -> None:
        self.totp = pyotp.TOTP(key.replace(" ", ""))

    def shows(self, steps: int = 0) -> str:
        """The digits of now, or of some half minutes later or earlier."""
        return self.totp.generate_otp(int(clock.now().timestamp()) // 30 + steps)


def key_on(page: str) -> str:
    """The key in words of a set-up page."""
    return re.search(r'<b class="typed-code">([^<]+)</b>', page).group(1)


def form_on(page: str) -> str:
    """The hidden field that carries half a sign-in."""
    return html.unescape(re.search(r'name="halfway"[^>]* value="([^"]+)"', page).group(1))


def codes_on(page: str) -> list[str]:
    """The recovery codes of the page that shows them."""
    return re.findall(r'<span class="typed-code">([^<]+)</span>', page)
