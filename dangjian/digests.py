"""Digests: what the same things always have, and different things never share."""

from hashlib import blake2b


def digest(*parts: bytes | str) -> bytes:
    """A 16-byte digest of parts in their order, each kept apart from the next."""
    hasher = blake2b(digest_size=16)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        hasher.update(len(raw).to_bytes(4, "big"))
        hasher.update(raw)
    return hasher.digest()
