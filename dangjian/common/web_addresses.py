"""Addresses as the web sends them: URIs (RFC 3986), from IRIs as editors write them."""

from urllib.parse import quote, urlsplit, urlunsplit

from dangjian.common.patterns import regex

_PLAIN = regex(r"[A-Za-z0-9%/:=&?~#+._-]*")
# Everything that may be in an address, and "%" because it is already escaped.
_SAFE = "%/:=&?~#+!$,;'@()*[]"
_STRAY_PERCENT = regex(r"%(?![0-9A-Fa-f]{2})")


def to_uri(address: str) -> str:
    """The address with its host in Punycode and the rest percent-encoded; what is so stays so."""
    if _PLAIN.fullmatch(address) and "%" not in address:
        return address
    try:
        parts = urlsplit(address)
        host = parts.netloc
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
        address = urlunsplit(parts._replace(netloc=host)) if host != parts.netloc else address
    except (ValueError, UnicodeError):
        pass  # no host that could be looked up: encoded like the rest, so that XML takes it
    return quote(_STRAY_PERCENT.sub("%25", address), safe=_SAFE)
