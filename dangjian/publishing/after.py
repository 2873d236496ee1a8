"""What follows a publish at one place: configurations of web servers, the record, a command."""

import os
import re
import shlex
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from dangjian.common.web_addresses import to_uri
from dangjian.publishing import history
from dangjian.publishing.assembly import PACKED_ENDINGS
from dangjian.publishing.changes import ARTICLE_PAGE
from dangjian.publishing.errors import PublishError
from dangjian.publishing.hooks import run_hook
from dangjian.publishing.outcome import Outcome, PlaceOutcome
from dangjian.publishing.servers.files import FOLDER, update_server_files
from dangjian.publishing.targets import Target
from dangjian.publishing.targets.ssh import SshSite
from dangjian.settings.workspace import Workplace

_FOLDER_PAGE: Final = re.compile(r"(?:^|(?<=/))index\.html$")


def prepare_servers(at: Workplace, target: Target, at_one: PlaceOutcome, outcome: Outcome) -> None:
    """Bring the web servers' configurations up to date, before the office's command reloads one.

    Those for another machine are sent there.
    """
    if at_one.served is None:
        return
    try:
        if isinstance(target, SshSite):
            folder, there = at.records / FOLDER / target.folder.name, target.server_folder
            changed = update_server_files(at, at_one.served, folder, there)
            if changed or at_one.result == "published":
                target.send_server_files(folder)
            at_one.server_files = [Path(there) / file.name for file in changed]
        else:
            at_one.server_files = update_server_files(at, at_one.served)
            if at_one.server_files and (closed := _closed_above(at_one.served)):
                outcome.notices.append(
                    f"{closed} 不准别的用户进入，网页服务器的用户读不到网站。请运行 "
                    f"chmod o+x {shlex.quote(str(closed))}，或把网站放到别处，例如 /srv"
                )
    except PublishError as error:
        outcome.notices.append(f"网页服务器的配置没有传到：{error}")
    except OSError as error:
        said = f"网页服务器的配置没有写成：{error.strerror}（{error.filename}）"
        outcome.notices.append(said)


def _closed_above(live: Path) -> Path | None:
    """A folder above the live one that only its owner (or group) may enter: homes often are."""
    if os.name == "nt":
        return None
    return next((one for one in live.parents if not one.stat().st_mode & stat.S_IXOTH), None)


def after_publish(
    place: Workplace, target: Target, at_one: PlaceOutcome, outcome: Outcome
) -> list[str]:
    """The record, and the office's own command; returns sentences on what went wrong."""
    found, changes, name = at_one.found, at_one.changes, target.state.live
    count = len(found.new) + len(found.changed) + len(found.removed)
    entry = history.entry_of("发布", name, changes, count)
    entry.held_back = outcome.held_back
    notices = note_history(target, entry)
    payload = {
        "event": "published",
        "release": name,
        "live": target.name,
        "url": place.office.url,
        "new": found.new,
        "changed": found.changed,
        "removed": found.removed,
        "addresses": _addresses(place, [*found.new, *found.changed, *found.removed]),
        "pages": _addresses(place, filter(ARTICLE_PAGE.fullmatch, [*found.new, *found.changed])),
        "articles": msgspec.to_builtins(changes),
    }
    for command in place.options.after:
        if said := run_hook(command, payload, place.site):
            notices.append(f"AFTER_PUBLISH：{said}")
    return notices


def _addresses(place: Workplace, paths: Iterable[str]) -> list[str]:
    """Whole addresses, as a CDN and a search engine want them: those of folders end with ``/``."""
    top = place.office.url.rstrip("/")
    shown = (path for path in paths if not path.endswith(PACKED_ENDINGS))
    return [to_uri(f"{top}/{_FOLDER_PAGE.sub('', path)}") for path in shown]


def note_history(target: Target, entry: history.Entry) -> list[str]:
    """Add an entry to the record of a place; returns sentences on what went wrong."""
    try:
        history.note(target.folder, entry)
    except OSError as error:
        return [f"发布记录没有写成：{error.strerror}（{error.filename}）"]
    return []
