"""Identifiers made in the application: they exist before the row does, so they can bind ciphertext and file names."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """A time-ordered UUID (RFC 9562 version 7): 48 bits of milliseconds, 12 of their fraction, 62 random bits."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80
    value |= 0x7 << 76
    value |= (rest * 4096 // 1_000_000) << 64
    value |= 0b10 << 62
    value |= int.from_bytes(os.urandom(8), "big") & 0x3FFFFFFFFFFFFFFF
    return uuid.UUID(int=value)
