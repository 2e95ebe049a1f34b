"""Receipt handles: long, opaque, one per receive, and readable by their own queue only.

A handle carries the number of the copy and of the receive, sealed with the queue's key, so
that no table of handles has to be kept: neither for deleted messages nor for old receives.
"""

import base64
import binascii
import hashlib
import struct

from harness.cloud.engines.sqs.errors import Code, SqsError

_PREFIX = b"\x01\x01\x01\x01"
_SEAL_BYTES = 64
_NUMBERS_BYTES = 16
_HANDLE_BYTES = len(_PREFIX) + _SEAL_BYTES + _NUMBERS_BYTES


class Receipts:
    """Makes and reads the receipt handles of one queue."""

    def __init__(self, key: bytes) -> None:
        """Args: key: at most 64 bytes, this queue's own."""
        self._key = key

    def handle(self, copy_number: int, receipt: int) -> str:
        """The handle of one receive of one copy: always the same for the same two numbers."""
        numbers = struct.pack(">QQ", copy_number, receipt)
        seal = self._seal(numbers)
        return base64.b64encode(_PREFIX + seal + self._hidden(numbers, seal)).decode()

    def read(self, handle: str) -> tuple[int, int]:
        """The numbers of the copy and of the receive.

        Raises:
            SqsError: ReceiptHandleIsInvalid; this queue never issued such a handle.
        """
        try:
            raw = base64.b64decode(handle, validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        seal = raw[len(_PREFIX) : len(_PREFIX) + _SEAL_BYTES]
        if len(raw) == _HANDLE_BYTES and raw.startswith(_PREFIX):
            numbers = self._hidden(raw[-_NUMBERS_BYTES:], seal)
            if self._seal(numbers) == seal:
                copy_number, receipt = struct.unpack(">QQ", numbers)
                return copy_number, receipt
        raise SqsError(
            Code.RECEIPT_HANDLE_IS_INVALID, f'The input receipt handle "{handle}" is not a valid receipt handle.'
        )

    def _seal(self, numbers: bytes) -> bytes:
        return hashlib.blake2b(numbers, key=self._key, digest_size=_SEAL_BYTES).digest()

    def _hidden(self, numbers: bytes, seal: bytes) -> bytes:
        """Hides plain numbers, and shows hidden ones."""
        pad = hashlib.blake2b(seal, key=self._key, digest_size=_NUMBERS_BYTES).digest()
        return (int.from_bytes(numbers, "big") ^ int.from_bytes(pad, "big")).to_bytes(_NUMBERS_BYTES, "big")
