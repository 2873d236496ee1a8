"""An editor's day: preview, new, check, build, clean; and starting a site."""

import gc
import json
import os
import shlex
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dangjian.building.site import Site, SiteError, as_site_error
from dangjian.cli.asking import ask, ask_until, progress, site_of
from dangjian.cli.commands import Context, command, refuse
from dangjian.cli.fetching import fetch_and_tell
from dangjian.cli.summary import closing, profiled, tell, tell_withheld
from dangjian.common.collector import without_collector
from dangjian.common.problems import Problem, Problems, report as problems_report
from dangjian.common.report import Report
from dangjian.common.timezone import SHANGHAI

if TYPE_CHECKING:
    from dangjian.content.columns import Column

_SETTINGS = "设置文件，默认 pelicanconf.py"
_CONTENT = "文章文件夹，默认照设置"


@command(
    help={
        "settings": _SETTINGS,
        "content": _CONTENT,
        "drafts": "显示草稿和未到发布时间的文章（默认显示，--no-drafts 不显示）",
        "port": "端口，默认从 8000 起找一个空闲的",
        "browser": "打开浏览器（默认打开，--no-browser 不打开）",
    }
)
def preview(
    context: Context,
    settings: str = "pelicanconf.py",
    content: str = "",
    drafts: bool = True,
    port: int = 0,
    browser: bool = True,
) -> None:
    """预览：生成网站并在浏览器里打开，保存文章后网页自动更新"""
    from dangjian.preview import session as previewing

    site = site_of(context, settings)
    try:
        shown = Site(
            site.settings_file,
            content=Path(content) if content else None,
            output=site.cache() / "preview",
            drafts=drafts,
        )
        files = sorted(site.settings_file.parent.glob("*conf.py"))
        with previewing.Preview(shown.workplace, files, progress()) as running:
            previewing.run(running, print, port=port, browser=browser)
    except KeyboardInterrupt:
        pass
    print("预览已结束。")


@command(
    help={
        "settings": _SETTINGS,
        "content": _CONTENT,
        "output": "输出文件夹，默认照设置",
        "report": "把结果写成 JSON 文件",
        "drafts": "连草稿和未到发布时间的文章一起生成，只供内部查看",
        "workers": "用几个进程，默认每个处理器一个",
        "reset": "不用上次的结果，全部重新生成",
        "profile": "最后列出时间花在哪些函数上",
    }
)
def build(
    context: Context,
    settings: str = "pelicanconf.py",
    content: str = "",
    output: str = "",
    report: str = "",
    drafts: bool = False,
    workers: int = 0,
    reset: bool = False,
    profile: bool = False,
) -> None:
    """生成：把文章生成为网站，放在 output 文件夹"""
    site = Site(
        site_of(context, settings).settings_file,
        content=Path(content) if content else None,
        output=Path(output) if output else None,
        workers=workers or None,
        drafts=drafts,
    )
    if reset:
        site.forget()
    with profiled(profile), without_collector():
        result = site.build(progress())
        # Nor is all of it to be walked through when Python ends.
        gc.freeze()
    if report:
        text = json.dumps(result.as_dict(), ensure_ascii=False, indent=1)
        Path(report).write_text(text + "\n", encoding="utf-8")
    tell(result, site.content_name())
    if result.failed:
        refuse(f"{closing(result)}。其余已生成。请照上面的提示改正后再生成。")


@command(
    help={
        "settings": _SETTINGS,
        "content": _CONTENT,
        "write-addresses": "把中文文件名的文章、栏目的网址名写进文件，以后改名或改日期也不变",
        "fix": "给没有编号的文章写上编号，把移动过的文章原来的网址写进文件（旧地址）",
        "fetch": "先把别的网站上的图片取到文章旁边，并改好文章里的地址",
    }
)
def check(
    context: Context,
    settings: str = "pelicanconf.py",
    content: str = "",
    write_addresses: bool = False,
    fix: bool = False,
    fetch: bool = False,
) -> None:
    """检查：不生成网站，检查文件头、链接、图片、附件"""
    file = site_of(context, settings).settings_file
    site = Site(file, content=Path(content) if content else None)
    place = site.workplace().content
    if fetch:
        fetch_and_tell(place, site.workplace().office)
    report = site.check(progress())
    if fix and _register_moved(place, report):
        report = site.check(progress())
    if fix and _number_articles(place, report):
        report = site.check(progress())
    problems = report.problems
    print(problems_report(problems.sorted(), place.name) or "没有发现问题。")
    print()
    tell_withheld(report, place.name)
    print(
        f"检查了 {report.sources} 个 .md 文件：{report.articles + len(report.withheld)} 篇文章、"
        f"{report.pages} 个页面、{report.columns} 个栏目；引用的图片和附件 {report.files} 个。"
    )
    _tell_addresses(place, write=write_addresses)
    unpublishable = _publish_problems(file, problems)
    if problems.errors:
        refuse("请照上面的提示改正。改好以前发布，这些文章保持上次发布的样子，新文章不会登出来。")
    if unpublishable:
        print(f"\n发布之前还要改：\n{problems_report(unpublishable, place.name)}")


def _register_moved(content: Path, report: Report) -> bool:
    from dangjian.authoring.addresses import add_old_address

    if not report.moved:
        print("没有移动过而没有登记旧地址的文章。\n")
    for one in report.moved:
        done = add_old_address(content, one.source, one.old)
        note = f"已写入 旧地址: /{one.old}" if done else f"没有写入，请手工写 旧地址: [/{one.old}]"
        print(f"{content.name}/{one.source}  {note}")
    return bool(report.moved)


def _number_articles(content: Path, report: Report) -> bool:
    """Write ids into the articles that have none; True if any file was changed."""
    from dangjian.authoring.addresses import add_id

    refused = [one.source for one in report.unnumbered if not add_id(content, one)]
    written = len(report.unnumbered) - len(refused)
    print(f"给 {written} 篇文章写上了编号和网址名，网址和订阅都不变。\n")
    for source in refused:
        print(f"{content.name}/{source}  没有写入编号，请手工写")
    return written > 0


def _publish_problems(file: Path, reported: Problems) -> list[Problem]:
    """What else publishing would refuse: mistakes of publishconf.py that are not reported yet."""
    settings = file.with_name("publishconf.py")
    if not settings.is_file() or settings == file:
        return []
    try:
        found = Site(settings, publishing=True).workplace().problems
    except SiteError as error:
        found = error.problems
    known = set(reported.sorted())
    return [problem for problem in found if problem.level == "error" and problem not in known]


def _tell_addresses(content: Path, *, write: bool) -> None:
    from dangjian.authoring.addresses import (
        made_addresses,
        made_columns,
        write_address,
        write_column_address,
    )

    made, columns = made_addresses(content), made_columns(content)
    if not made and not columns:
        return
    for found, what, put in (
        (columns, "个栏目的文件夹名", write_column_address),
        (made, "篇文章的文件名", write_address),
    ):
        if found:
            print(f"\n{len(found)} {what}不是英文，也没有写网址名，网址如下：")
        for address in found:
            note = ""
            if write:
                note = "  已写入" if put(content, address) else "  没有写入，请手工写"
            print(f"  {content.name}/{address.path}  →  {address.slug}{note}")
    if not write:
        print("用 --write-addresses 可以把它们写进文件，以后改文件名或日期，网址也不变。")


@command(
    help={
        "query": "要找的词；几个词用空格隔开，要一字不差就加双引号",
        "site": "在哪个网站文件夹里找，默认照设置的 output",
        "json": "输出 JSON",
        "limit": "最多显示几篇",
        "settings": _SETTINGS,
    },
)
def search(
    context: Context,
    query: str,
    site: str = "",
    json: bool = False,
    limit: int = 20,
    settings: str = "pelicanconf.py",
) -> None:
    """搜索：在生成的网站里查找，与网页上的搜索结果相同"""
    from dangjian.cli.search import run as run_search

    folder = Path(site) if site else site_of(context, settings).workplace().output
    run_search(query, folder, json, limit)


@command(
    help={
        "title": "标题",
        "column": "栏目：编号、文件夹名或栏目名",
        "type": "类型：新闻、文件、公告、图集、视频、专题、页面、链接；也可写 解读、转载、公示",
        "slug": "文件名（也是网址名），英文",
        "edit": "写好后打开文件（默认打开，--no-edit 不打开）",
        "settings": _SETTINGS,
    }
)
def new(
    context: Context,
    title: str = "",
    column: str = "",
    type: str = "新闻",  # noqa: A002 - the option's name
    slug: str = "",
    edit: bool = True,
    settings: str = "pelicanconf.py",
) -> None:
    """新建文章：问栏目和标题，写好文件头，打开文件"""
    from dangjian.authoring import new_article as newarticle

    content = site_of(context, settings).workplace().content
    kind, values = newarticle.pick_kind(type)
    place = _place_of(content, kind, column)
    title = title or ask_until("标题", "", newarticle.check_title)
    name = newarticle.check_slug(slug) if slug else _ask_slug(content, place, title)
    draft = newarticle.Draft(title, place, name, kind, values)
    file = newarticle.write_draft(content, draft, datetime.now(SHANGHAI))
    print(f"已新建：{file}（草稿，写完以后删去“状态: 草稿”那一行才会公开）")
    if edit and not newarticle.open_in_editor(file):
        print("没有找到可用的编辑器，请自行打开这个文件。")


def _place_of(content: Path, kind: str, word: str) -> "Column | None":
    """The column of a new article; a page has none, a special that of specials or none."""
    from dangjian.authoring import new_article as newarticle

    if word:
        return newarticle.pick_column(newarticle.read_tree(content), word)
    if kind == "page":
        return None
    if kind == "special":
        tree = newarticle.read_tree(content)
        return next((one for one in tree.walk() if "专题" in one.name), tree.find("zhuanti"))
    return _ask_column(content)


def _ask_column(content: Path) -> "Column":
    from dangjian.authoring import new_article as newarticle

    tree = newarticle.read_tree(content)
    if not tree.top:
        refuse(f"{content} 里还没有栏目。请先建一个文件夹，在里面新建 _column.md。")
    for number, column in newarticle.with_suffix_number(tree):
        print(f"{'    ' * number.count('.')}{number}  {column.name}")
    return ask_until("栏目（写编号或名称）", "", partial(newarticle.pick_column, tree))


def _ask_slug(content: Path, column: "Column | None", title: str) -> str:
    from dangjian.authoring import new_article as newarticle

    offered = newarticle.free_slug(
        content, column, newarticle.suggest_slug(title) or f"{datetime.now(SHANGHAI):%m%d-%H%M}"
    )
    return ask_until("文件名（也是网址名）", offered, newarticle.check_slug)


@command(
    help={
        "output": "连生成的网站也删除（output 文件夹）",
        "settings": _SETTINGS,
    }
)
def clean(context: Context, output: bool = False, settings: str = "pelicanconf.py") -> None:
    """清理：删除缓存，下次全部重新生成"""
    from dangjian.building.cache_folder import clean as remove_made
    from dangjian.common.errors import LockedError

    place = site_of(context, settings).workplace()
    with as_site_error():
        try:
            cleaned = remove_made(place, output=output)
        except LockedError as error:
            who = error.note or "另一进程"
            refuse(f"没有清理：有程序正在使用（{who}），请等它结束，或先结束预览。")
    for folder in cleaned.folders:
        print(f"已清理 {folder}")
    for left in cleaned.left:
        print(f"不是本程序生成的，没有删除：{left}")


@command(
    help={
        "folder": "新网站的文件夹，须是空的",
        "name": "网站名称",
        "owner": "主办单位",
        "columns": "栏目，用逗号隔开；名称=网址名，子栏目写 上级/名称",
        "upgrade": "只把已有网站的程序换成本版本，文章和设置不动",
    },
)
def start(
    context: Context,
    folder: str,
    name: str = "",
    owner: str = "",
    columns: str = "",
    upgrade: bool = False,
) -> None:
    """建站：在新文件夹里建立本单位自己的网站"""
    from dangjian.authoring import new_site as starting

    target = Path(folder).resolve()
    if upgrade:
        wheel, renamed = starting.upgrade(target, context.root)
        print(f"已换成 {wheel}，文章没有改动。")
        if renamed:
            print("publishconf.py 里的 OUTPUT_PATH 已改名为 PUBLISH_TO（发布位置），值不变。")
        return
    plan = starting.Plan(
        name or ask("网站名称", "示例市党建网"),
        owner or ask("主办单位", "中共示例市委组织部"),
        starting.read_columns(
            (columns or ask("栏目", "，".join(starting.DEFAULT_COLUMNS)))
            .replace("，", ",")
            .replace("、", ",")
            .split(",")
        ),
    )
    starting.lay_out(target, plan, context.root)
    result = Site(target / "pelicanconf.py").build(progress())
    tell(result, "content")
    print(
        f"\n网站已建在 {target}。接着：\n"
        f"  cd {_quoted(target)}\n"
        "  python3 tasks.py preview    （Windows 上是 python tasks.py preview）\n"
        "  python3 tasks.py new        （新建第一篇文章）\n"
        f"编辑手册在 {target / 'docs'}，从 README.md 看起；管理员手册在其中的 administrators。\n"
        "发布前请在 publishconf.py 里写上正式网址。"
    )
    if result.failed:
        refuse("新网站有错误，请照上面的提示改正。")


def _quoted(folder: Path) -> str:
    """A path as it is typed at a terminal."""
    return f'"{folder}"' if os.name == "nt" else shlex.quote(str(folder))
