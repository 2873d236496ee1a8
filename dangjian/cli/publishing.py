"""The commands that change what readers see: publish and rollback."""

from pathlib import Path

from invoke.context import Context
from invoke.tasks import task

from dangjian.building.site import Site, SiteError
from dangjian.cli.asking import progress, refuse, site_of
from dangjian.cli.summary import tell
from dangjian.publishing.releases import KEEP, PublishError, opened

_SETTINGS = "设置文件，默认 publishconf.py"


@task(
    help={
        "settings": _SETTINGS,
        "output": "发布到哪个文件夹，默认照设置的 OUTPUT_PATH",
        "keep": f"保留几个旧版本，默认 {KEEP} 个",
    }
)
def publish(
    context: Context, settings: str = "publishconf.py", output: str = "", keep: int = KEEP
) -> None:
    """发布：生成正式网站，没有错误才整个换上线，保留旧版本"""
    site = site_of(context, settings)
    try:
        place = site.workplace()
        live = Path(output) if output else place.output
        _check_place(live.resolve(), place.content)
        built = place.cache / "publish"
        with opened(live, keep) as releases:
            report = Site(site.settings_file, output=built, publishing=True).build(progress())
            tell(report, place.content.name)
            if report.failed:
                refuse("有错误，没有发布，线上网站未动。请照上面的提示改正后再发布。")
            counts = releases.publish(built, retain=place.retain)
    except (SiteError, PublishError) as error:
        refuse(str(error))
    print(f"已发布到 {live}：{counts}。要退回上一版，用 invoke rollback。")


def _check_place(live: Path, content: Path) -> None:
    """Refuse to put a site in the place of its own sources."""
    if content.resolve().is_relative_to(live):
        refuse(f"发布位置 {live} 里有文章文件夹，不能发布到那里。请改 OUTPUT_PATH。")


@task(
    help={
        "settings": _SETTINGS,
        "output": "网站所在的文件夹，默认照设置的 OUTPUT_PATH",
        "to": "退回到哪个版本，默认上一个；写 list 列出",
    }
)
def rollback(
    context: Context, settings: str = "publishconf.py", output: str = "", to: str = ""
) -> None:
    """退回：把线上网站换回上一个版本"""
    try:
        live = Path(output) if output else site_of(context, settings).workplace().output
        with opened(live) as releases:
            if to == "list":
                print(f"线上：{releases.state.live or '（不是由本程序发布的）'}")
                print("保留：" + ("、".join(releases.names) or "无"))
                return
            name = releases.roll_back(to)
    except (SiteError, PublishError) as error:
        refuse(str(error))
    print(f"线上网站已换回 {name}。")
