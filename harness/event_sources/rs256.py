"""Checks the RSA signature of a JSON Web Token (RS256, RS384, RS512) against a JSON Web Key.

Source: https://www.rfc-editor.org/rfc/rfc7518#section-3.3 and https://www.rfc-editor.org/rfc/rfc8017#section-8.2.2
"""

import base64
import hashlib
import json
from typing import Any

_DIGESTS = {
    "RS256": ("sha256", bytes.fromhex("3031300d060960864801650304020105000420")),
    "RS384": ("sha384", bytes.fromhex("3041300d060960864801650304020205000430")),
    "RS512": ("sha512", bytes.fromhex("3051300d060960864801650304020305000440")),
}
"""Hash, and the ASN.1 that names it in a padded digest."""

_MODULUS_BYTES = 1024
"""Longer keys are no keys, but a way to keep the judge busy."""


class NotAToken(Exception):
    """The text is no signed JSON Web Token."""


def parse(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Header, claims, what was signed, and the signature.

    Raises:
        NotAToken: it is none.
    """
    parts = token.split(".")
    if len(parts) != 3:
        raise NotAToken(token[:40])
    try:
        header, claims = json.loads(decoded(parts[0])), json.loads(decoded(parts[1]))
        signature = decoded(parts[2])
    except (ValueError, RecursionError):
        raise NotAToken(token[:40]) from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise NotAToken(token[:40])
    return header, claims, f"{parts[0]}.{parts[1]}".encode(), signature


def is_signed(signed: bytes, signature: bytes, algorithm: object, key: dict[str, Any]) -> bool:
    """Whether the owner of a key signed these bytes.

    Args:
        algorithm: of the token's header.
        key: a JSON Web Key.
    """
    if not isinstance(algorithm, str) or algorithm not in _DIGESTS or key.get("kty") != "RSA":
        return False
    try:
        modulus, exponent = decoded(str(key["n"])), int.from_bytes(decoded(str(key["e"])))
    except (KeyError, ValueError):
        return False
    size = len(modulus.lstrip(b"\0"))
    if not 0 < exponent < 2**32 or not 64 <= size <= _MODULUS_BYTES or len(signature) != size:
        return False
    if int.from_bytes(signature) >= int.from_bytes(modulus):
        return False
    opened = pow(int.from_bytes(signature), exponent, int.from_bytes(modulus)).to_bytes(size)
    name, prefix = _DIGESTS[algorithm]
    digest = prefix + hashlib.new(name, signed).digest()
    return opened == b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest


def decoded(text: str) -> bytes:
    """Bytes of a base64url text, which may lack its padding.

    Raises:
        ValueError: it is none.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
