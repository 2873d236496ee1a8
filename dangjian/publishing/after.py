"""What follows a publish at one place: configurations of web servers, the record, a command."""

import msgspec

from dangjian.publishing import history
from dangjian.publishing.hooks import run_hook
from dangjian.publishing.outcome import Outcome, PlaceOutcome
from dangjian.publishing.servers.files import update_server_files
from dangjian.publishing.targets import Target
from dangjian.settings.workspace import Workplace


def prepare_servers(at: Workplace, at_one: PlaceOutcome, outcome: Outcome) -> None:
    """Bring the web servers' configurations up to date, before the office's command reloads one."""
    if at_one.served is None:
        return
    try:
        at_one.server_files = update_server_files(at, at_one.served)
    except OSError as error:
        said = f"网页服务器的配置没有写成：{error.strerror}（{error.filename}）"
        outcome.notices.append(said)


def after_publish(
    place: Workplace, target: Target, at_one: PlaceOutcome, outcome: Outcome
) -> list[str]:
    """The record, and the office's own command; returns sentences on what went wrong."""
    found, changes, name = at_one.found, at_one.changes, target.state.live
    count = len(found.new) + len(found.changed) + len(found.removed)
    entry = history.entry_of("发布", name, changes, count)
    entry.held_back = outcome.held_back
    notices = note_history(target, entry)
    told = {
        "event": "published",
        "release": name,
        "live": target.name,
        "url": place.office.url,
        "new": found.new,
        "changed": found.changed,
        "removed": found.removed,
        "articles": msgspec.to_builtins(changes),
    }
    said = run_hook(place.options.after, told, place.site)
    return [*notices, *([f"AFTER_PUBLISH：{said}"] if said else [])]


def note_history(target: Target, entry: history.Entry) -> list[str]:
    """Add an entry to the record of a place; returns sentences on what went wrong."""
    try:
        history.note(target.folder, entry)
    except OSError as error:
        return [f"发布记录没有写成：{error.strerror}（{error.filename}）"]
    return []
