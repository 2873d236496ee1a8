"""The files that web servers are given, stored in the site's folder and never in the live one."""

import socket
from collections.abc import Mapping
from pathlib import Path

from dangjian.building.stored_downloads import stored_downloads
from dangjian.building.stored_redirects import stored_redirects
from dangjian.common.output_folder import write_output
from dangjian.publishing.servers.nginx import (
    render_body,
    render_logrotate,
    render_maps,
    render_server,
)
from dangjian.publishing.servers.others import (
    render_caddyfile,
    render_dockerfile,
    render_headers,
    render_htaccess,
    render_redirects,
)
from dangjian.publishing.servers.redirects import arrange_redirects
from dangjian.publishing.servers.site import ServedSite, served_site
from dangjian.settings.workspace import Workplace

FOLDER = "server"


def server_folder(place: Workplace, live: Path) -> Path:
    """Where the server files of a live folder lie: in the site's records, which nobody serves.

    It has the name of the live folder, and more where that lies somewhere else.
    """
    plain = live.resolve().parent == place.site
    return place.records / FOLDER / (live.name if plain else place.key_of(live))


def update_server_files(
    place: Workplace, live: Path, folder: Path | None = None, there: str = ""
) -> list[Path]:
    """Bring the server files of a published site up to date; returns those that have changed.

    ``place`` is where the site was built that is now in ``live``. ``folder`` is for the files of a
    site on another machine, where they will lie in the folder ``there``.
    """
    old, downloads = stored_redirects(place.catalogue), stored_downloads(place.catalogue)
    return server_files_of(place, live, old, downloads, folder, there)


def server_files_of(
    place: Workplace,
    live: Path,
    redirects: Mapping[str, str],
    downloads: Mapping[str, str] | None = None,
    folder: Path | None = None,
    there: str = "",
) -> list[Path]:
    """The same for a site whose old addresses, and names of downloads, are known."""
    options, url = place.options, place.office.url
    site = served_site(
        live, url, options.certificate, ipv6=_has_ipv6(), access_log=options.access_log
    )
    folder = folder or server_folder(place, live)
    return write_server_files(folder, site, redirects, downloads, there)


def write_server_files(
    folder: Path,
    site: ServedSite,
    addresses: Mapping[str, str],
    downloads: Mapping[str, str] | None = None,
    there: str = "",
) -> list[Path]:
    """Write all server files of a site into ``folder``; returns those whose content is new.

    ``addresses`` are its old addresses and where each leads, ``downloads`` the addresses of files
    and what each is saved as. A file is replaced as a whole.
    """
    redirects = arrange_redirects(addresses, site.path)
    at = there or str(folder)
    maps, body = f"{at}/nginx-maps.conf", f"{at}/nginx-site.conf"
    made = {
        "nginx-maps.conf": render_maps(site, redirects, downloads or {}),
        "nginx-site.conf": render_body(site, redirects),
        "nginx.conf": render_server(site, maps, body),
        "Caddyfile": render_caddyfile(site, redirects),
        "htaccess": render_htaccess(site, redirects),
        "_headers": render_headers(site),
        "_redirects": render_redirects(redirects),
        "Dockerfile": render_dockerfile(site, at),
    }
    if site.access_log:
        made["logrotate"] = render_logrotate(site, f"{at}/logrotate")
    found = [write_output(folder, name, text.encode()) for name, text in made.items()]
    return [folder / one.path for one in found if one.changed]


def _has_ipv6() -> bool:
    """Whether this machine can listen on IPv6: where it is off, nginx would not start."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as trying:
            trying.bind(("::1", 0))
    except OSError:
        return False
    return True
