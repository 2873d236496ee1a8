"""Putting a signed file's release live on the other side: ``publish --apply FILE``."""

import os
import shutil
from pathlib import Path

from dangjian.building.site import Site
from dangjian.common.files import remove_tree
from dangjian.publishing.after import after_publish
from dangjian.publishing.changes import changes_between
from dangjian.publishing.checks import check_other_site
from dangjian.publishing.errors import PublishError
from dangjian.publishing.manifest import Manifest, content_digest, mark_of
from dangjian.publishing.outcome import Options, Outcome, PlaceOutcome
from dangjian.publishing.releases import Releases
from dangjian.publishing.servers.files import server_files_of
from dangjian.publishing.system import reason
from dangjian.publishing.targets.opening import destinations_of, opened_target
from dangjian.publishing.targets.zip_file import OpenPackage, Package, opened_package
from dangjian.settings.destinations import LocalFolder
from dangjian.settings.workspace import Workplace


def apply_file(site: Site, file: Path, options: Options) -> tuple[Outcome, str]:
    """Make the release in ``file`` live in the site's folder; also returns who signed it.

    Raises PublishError, with the live site as it was.
    """
    place = site.workplace()
    every = destinations_of(place, options.output)
    folders = [one for one in every if isinstance(one, LocalFolder)]
    if len(folders) != 1:
        raise PublishError("装到哪里不明确：PUBLISH_TO 请写本机的一个文件夹，或用 --output 写明。")
    with (
        opened_package(file, place.site / place.options.allowed_signers) as opened,
        opened_target(place, folders[0], site.settings_file, options.keep) as target,
    ):
        if not isinstance(target, Releases):
            raise PublishError("只能装到本机的文件夹。")
        at_one = PlaceOutcome(target.name, target.served)
        outcome = Outcome([at_one])
        check_other_site(target, options)
        _check(place, file, opened.package, target, options)
        built = place.cache / f"apply-{place.key_of(target.live)}"
        try:
            _lay_out(opened, target, built)
            _publish(place, opened.package, target, built, outcome, options)
        except OSError as error:
            raise PublishError(f"没有装成，线上网站未动：{reason(error)}") from error
        finally:
            if built.exists():
                remove_tree(built)
        return outcome, opened.signer


def _check(
    place: Workplace, file: Path, package: Package, target: Releases, options: Options
) -> None:
    if package.url != place.office.url:
        raise PublishError(
            f"没有装：{file.name} 是 {package.url} 的，这里是 {place.office.url}。"
            "两边 publishconf.py 的 SITEURL 要相同"
        )
    last = target.state.published
    if last is not None and package.published < last and not options.again:
        raise PublishError(
            f"没有装：{file.name} 是 {package.published:%Y-%m-%d %H:%M} 的，"
            f"比线上的（{last:%Y-%m-%d %H:%M}）还旧。确实要装，加 --again"
        )
    if package.base and package.base != _digest(target):
        raise PublishError(
            f"没有装，线上网站未动：{file.name} 只有与版本 {package.base_name} 的差别，"
            "而线上不是那个版本。请先按次序装以前的文件，"
            "或在另一边运行 publish --whole，做一份完整的"
        )


def _live_files(target: Releases) -> Manifest:
    record = target.record()
    return record.files if record else {}


def _digest(target: Releases) -> str:
    return content_digest(_live_files(target)).hex()


def _lay_out(opened: OpenPackage, target: Releases, built: Path) -> None:
    """Put the whole release together: what the file has, and from the live site what it has not."""
    if built.exists():
        remove_tree(built)
    built.mkdir(parents=True)
    sent = set(opened.package.sent)
    for path in sorted(opened.package.files):
        to = built / path
        if path in sent:
            opened.unpack(path, to)
            continue
        live = target.live / path
        if not live.is_file() or mark_of(live) != opened.package.files[path]:
            raise PublishError(
                f"没有装，线上网站未动：线上的 {path} 不见了或被改动过。"
                "请查明原因，再在另一边运行 publish --whole，做一份完整的"
            )
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(live, to)
        except OSError:
            shutil.copy2(live, to)


def _publish(
    place: Workplace,
    package: Package,
    target: Releases,
    built: Path,
    outcome: Outcome,
    options: Options,
) -> None:
    at_one = outcome.places[0]
    plan = {path: mark.size for path, mark in package.files.items()}
    before = target.record()
    at_one.found = target.compare(built, plan)
    known = before.articles if before else None
    at_one.changes = changes_between(known, package.articles, at_one.found)
    if options.dry_run:
        at_one.result = "dry run"
        return
    if not at_one.found.is_same or before is None:
        target.publish(built, plan, package.articles, moment=package.published)
        at_one.result = "published"
    at_one.server_files = server_files_of(place, target.live, package.redirects, package.downloads)
    if at_one.result == "published":
        outcome.notices += after_publish(place, target, at_one, outcome)
