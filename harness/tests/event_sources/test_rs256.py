"""Signatures of tokens: what is no token, no key or no signature is refused, and breaks nothing."""

import base64
import json
from typing import Any

import pytest

from harness.event_sources.rs256 import NotAToken, is_signed, parse

KEY = {"kty": "RSA", "n": "u" * 342 + "w", "e": "AQAB"}


def text(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a",
        "a.b",
        "a.b.c",
        "..",
        f"{text([])}.{text({})}.AA",
        f"{text({})}.{text(1)}.AA",
        f"{text({})}.{text({})}.%",
    ],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(NotAToken):
        parse(token)


def test_deep_json_is_no_token() -> None:
    deep = base64.urlsafe_b64encode(b"[" * 100_000).decode()

    with pytest.raises(NotAToken):
        parse(f"{deep}.{deep}.AA")


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES256", None, ["RS256"], {}])
def test_only_rsa_algorithms_sign(algorithm: object) -> None:
    assert is_signed(b"x", b"y" * 257, algorithm, KEY) is False


@pytest.mark.parametrize(
    "key",
    [
        {},
        {"kty": "EC"},
        {"kty": "RSA"},
        {"kty": "RSA", "n": "%", "e": "AQAB"},
        {"kty": "RSA", "n": "AA", "e": "AQAB"},
        {"kty": "RSA", "n": "", "e": ""},
        {"kty": "RSA", "n": "u" * 344, "e": "A" * 344},
        {"kty": "RSA", "n": "u" * 4000, "e": "AQAB"},
        KEY,
    ],
)
@pytest.mark.parametrize("signature", [b"", b"y" * 257, b"\0" * 258])
def test_a_wrong_key_or_signature_is_no_signature(key: dict[str, Any], signature: bytes) -> None:
    assert is_signed(b"x", signature, "RS256", key) is False
