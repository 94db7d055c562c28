"""Values of this package as bytes in which there is nothing but data, and back again.

MessagePack, decoded into given types: bytes that are no such value are refused, and nothing in
them can run.
"""

from __future__ import annotations

from typing import Any

import msgspec


def encode(value: object) -> bytes:
    """The value as bytes. Raises ValueError where a text in it is none: a lone surrogate."""
    return _ENCODER.encode(value)


def decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    """Makes values of that kind of bytes; its `decode` raises ValueError for any others."""
    return msgspec.msgpack.Decoder(kind, dec_hook=lambda path, text: path(text))


_ENCODER = msgspec.msgpack.Encoder(enc_hook=str)  # paths are the only values it does not know
