"""Digests: what the same things always have, and different things never share."""

from hashlib import blake2b
from struct import pack


def digest(*parts: bytes | str) -> bytes:
    """A 16-byte digest of parts in their order, each delimited from the next."""
    raw = [
        part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in parts
    ]
    lengths = pack(f">{len(raw)}I", *map(len, raw))
    return blake2b(lengths + b"".join(raw), digest_size=16).digest()
