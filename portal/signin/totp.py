"""Six digits that a phone makes from a shared secret and the clock (RFC 6238), and its backups.

Nothing here reads or writes rows; see `second_factor`.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from portal.signin import codes

STEP = 30  # seconds for which a phone shows the same digits
DIGITS = 6
SKEW = (0, -1, 1)  # steps by which a phone's clock may be wrong, the likeliest first
SIGNS = frozenset("0123456789")
CODES = 10  # recovery codes that a person gets at a time
CODE_LENGTH = 16  # of 25 signs: 74 bits, so that a plain hash keeps them
_NONCE = 12  # bytes, as AES-GCM wants them


# ── The secret ──────────────────────────────────────────────────────────


def new_secret() -> str:
    """A secret for a phone: 160 random bits in base32."""
    return pyotp.random_base32()


def address(secret: str, *, login: str, issuer: str) -> str:
    """The otpauth:// address that a QR code shows to the app. issuer: whose portal it is."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def encrypt(user_id: int, secret: str) -> str:
    """The secret as it is stored: readable with the instance's key, and in this person's row."""
    nonce = secrets.token_bytes(_NONCE)
    hidden = AESGCM(_key()).encrypt(nonce, secret.encode(), _bound_to(user_id))
    return base64.urlsafe_b64encode(nonce + hidden).decode()


def decrypt(user_id: int, stored: str) -> str | None:
    """The stored secret; None where the instance has another key now, or the row was tampered."""
    try:
        raw = base64.urlsafe_b64decode(stored)
        return AESGCM(_key()).decrypt(raw[:_NONCE], raw[_NONCE:], _bound_to(user_id)).decode()
    except (InvalidTag, ValueError):
        return None


def _key() -> bytes:
    secret_key = str(current_app.config["SECRET_KEY"]).encode()
    return HKDF(SHA256(), length=32, salt=None, info=b"signin.second_factor").derive(secret_key)


def _bound_to(user_id: int) -> bytes:
    return f"user:{user_id}".encode()


# ── What people type ────────────────────────────────────────────────────


def digits(typed: str) -> str:
    """Six digits as somebody typed them, blanks and hyphens left out; empty if they are none."""
    bare = "".join(sign for sign in typed if not sign.isspace() and sign != "-")
    return bare if len(bare) == DIGITS and SIGNS.issuperset(bare) else ""


def step_of(secret: str, typed: str, *, at: datetime, after: int = 0) -> int | None:
    """The step whose digits these are, near a moment; None when they are wrong or were used.

    after: the last step that counted; it and all before it count no more.
    """
    given, totp = digits(typed), pyotp.TOTP(secret)
    now = int(at.timestamp()) // STEP
    found = None
    for step in (now + skew for skew in SKEW):  # all of them each time: the time tells nothing
        right = hmac.compare_digest(totp.generate_otp(step), given)
        if right and step > after and found is None:
            found = step
    return found


# ── Recovery codes ──────────────────────────────────────────────────────


def new_codes() -> list[str]:
    """Recovery codes to print: «K7QM-4F2D-9XTA-2HCP»."""
    return [codes.grouped(codes.new(CODE_LENGTH)) for _n in range(CODES)]


def code_hash(user_id: int, code: str) -> str:
    """How a recovery code is stored: without the instance's key, which may be lost, see 0006."""
    return hashlib.sha256(f"{user_id}:{codes.bare(code)}".encode()).hexdigest()
