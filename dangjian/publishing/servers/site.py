"""What a web server has to know of a site."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from dangjian.common.web_addresses import to_uri


class ServedSite(Struct, frozen=True, kw_only=True):
    """A site as served: its folder, host (Punycode), port (0: the usual).

    ``access_log`` is where nginx logs who was sent what, or empty: as it is set for all sites.
    ``path`` is decoded and ends with ``/``. ``certificate`` and ``certificate_key`` are files on
    the server, or empty. ``secure`` says that readers come by https; ``ipv6`` that the server has
    IPv6.
    """

    live: Path
    host: str
    path: str = "/"
    port: int = 0
    secure: bool = False
    certificate: str = ""
    certificate_key: str = ""
    ipv6: bool = True
    access_log: str = ""

    @property
    def shown_host(self) -> str:
        """The host as written in an address and in the header ``Host``."""
        return f"[{self.host}]" if ":" in self.host else self.host


def served_site(
    live: Path,
    url: str,
    certificate: tuple[str, str] = ("", ""),
    *,
    ipv6: bool = True,
    access_log: str = "",
) -> ServedSite:
    """The site at ``url`` whose files are in ``live``."""
    parts = urlsplit(to_uri(url))
    return ServedSite(
        live=live,
        host=parts.hostname or "_",
        path=unquote(parts.path).rstrip("/") + "/",
        port=parts.port or 0,
        secure=parts.scheme == "https",
        certificate=certificate[0],
        certificate_key=certificate[1],
        ipv6=ipv6,
        access_log=access_log,
    )
