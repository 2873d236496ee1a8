"""Where a site goes live and where its releases lie: checked before anything is touched."""

import os
from pathlib import Path

from dangjian.common.folders import is_inside, real, same_folder
from dangjian.publishing.errors import PublishError
from dangjian.publishing.migration import has_old_releases
from dangjian.settings.lines import SettingsFile
from dangjian.settings.places import check_live
from dangjian.settings.workspace import Workplace


def releases_folder(place: Workplace, live: Path) -> Path:
    """The folder of the releases of ``live``: that of RELEASES_PATH, or in the site's own records.

    Raises PublishError when it could be served, or lies on another disk than the live folder.
    """
    options = place.options
    top = place.site / options.releases if options.releases else place.records / "releases"
    folder = top / place.key_of(live)
    if options.releases:
        _check_out_of_reach(place, live, top)
    if _device(folder) != _device(live):
        where = "RELEASES_PATH 所写的" if options.releases else "网站文件夹里的"
        raise PublishError(
            f"{where} {top} 与线上文件夹 {live} 不在同一个磁盘，不能一步换上，没有发布。"
            '请在 publishconf.py 里写 RELEASES_PATH = "…"，'
            f"写一个与 {live.parent} 在同一个磁盘、网页服务器访问不到的文件夹"
        )
    return folder


def _check_out_of_reach(place: Workplace, live: Path, top: Path) -> None:
    found, parent = real(top), real(live).parent
    if is_inside(top, live) or is_inside(live, top):
        raise PublishError(
            f"RELEASES_PATH（{top}）与线上文件夹 {live} 不能套在一起："
            "旧版本会被读者看到。请改成别处"
        )
    inside = found.is_relative_to(parent) and not real(place.site).is_relative_to(parent)
    if inside and not any(part.startswith(".") for part in found.relative_to(parent).parts):
        raise PublishError(
            f"RELEASES_PATH（{top}）在 {live.parent} 里，那里可能对外，已撤下的文章会被读者看到。"
            f"请改成别处；只有那里可用的，名称要以点开头，例如 {live.parent / '.releases'}"
        )


def check_place(place: Workplace, live: Path, folder: Path, settings_file: Path) -> None:
    """Raise PublishError or PlaceError when the site can't, or should not, be published so."""
    check_live(place, live)
    _check_old_setting(place, live, settings_file)
    _check_owner([live, folder, place.cache])


def _check_old_setting(place: Workplace, live: Path, settings_file: Path) -> None:
    """An office of an earlier version went live at OUTPUT_PATH; it must not move by itself."""
    assigned = SettingsFile(settings_file).assigned
    written = assigned.get("OUTPUT_PATH")
    if "PUBLISH_TO" in assigned or written is None or written.file != settings_file.name:
        return
    if not same_folder(place.output, live) and has_old_releases(place.output):
        raise PublishError(
            f"{written.file}:{written.line}  没有发布：以前发布到 OUTPUT_PATH（{place.output}），"
            "现在由 PUBLISH_TO 决定。请把这一行的 OUTPUT_PATH 改成 PUBLISH_TO，"
            "或在新版本的文件夹里运行 python3 tasks.py start --upgrade 网站文件夹，由程序改"
        )


def _check_owner(folders: list[Path]) -> None:
    """What another user writes here, its owner could not change any more."""
    if os.name == "nt":
        return
    user = os.geteuid()
    for folder in folders:
        try:
            owner = folder.stat().st_uid
        except FileNotFoundError:
            continue
        if owner != user:
            raise PublishError(
                f"没有发布：{folder} 属于用户 {_name(owner)}，现在运行的是 {_name(user)}。"
                f"由 {_name(user)} 发布以后，{_name(owner)} 就不能再发布了。"
                f"请用 {_name(owner)} 运行，例如 sudo -u {_name(owner)} python3 tasks.py publish；"
                f"要改由 {_name(user)} 发布的，先运行 chown -R {_name(user)} {folder}"
            )


def _name(user: int) -> str:
    import pwd  # noqa: PLC0415 - POSIX only

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _device(folder: Path) -> int:
    """The disk on which a folder is an entry of the folder above it."""
    found = Path(os.path.realpath(folder)).parent
    while not found.exists():
        found = found.parent
    return found.stat().st_dev
