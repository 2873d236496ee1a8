"""The command for several sites at once. All commands load this module."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dangjian.cli.commands import Context, command, refuse

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from dangjian.group.plan import Group, GroupSite
    from dangjian.group.task import SiteResult

ATTENTION = 3
_ACTIONS = {"build": "生成", "publish": "发布", "check": "检查", "status": "查看"}
_MARKS = {"done": "好　", "attention": "注意", "failed": "失败"}


@command(
    help={
        "action": "做什么：build 生成、publish 发布、check 检查、status 查看",
        "file": "网站群的文件，默认 group.toml",
        "only": "只做哪几个网站，写 group.toml 里的 folder，用逗号隔开",
        "workers": "同时做几个网站，默认每个处理器一个",
        "dask": "用 Dask 集群，写调度器的地址，例如 tcp://10.0.0.1:8786",
        "allow-withdraw": "一个网站一次撤下许多文章时要写明：最多撤下几篇",
        "json": "输出 JSON",
    },
)
def group(
    context: Context,
    action: str,
    file: str = "group.toml",
    only: str = "",
    workers: int = 0,
    dask: str = "",
    allow_withdraw: int = 0,
    json: bool = False,
) -> None:
    """网站群：几个网站一起生成、发布、检查、查看，一个出错不影响别的"""
    from dangjian.group.plan import read_group
    from dangjian.group.run import run_group

    if action not in _ACTIONS:
        known = "、".join(f"{name}（{about}）" for name, about in _ACTIONS.items())
        refuse(f"group 后面写的是“{action}”，要写 {known} 之一")
    found = read_group(Path(file) if Path(file).is_file() else context.root / file)
    chosen = _chosen(found, only)
    done = 0

    def tell(site: "GroupSite", result: "SiteResult") -> None:
        nonlocal done
        done += 1
        if not json:
            _tell(site, result, f"{done}/{len(chosen)}")

    with _executor(dask) as executor:
        results = run_group(
            found,
            action,  # type: ignore[arg-type]  # one of the four
            tell,
            sites=chosen,
            executor=executor,
            workers=workers,
            allow_withdraw=allow_withdraw,
        )
    listed = _make_list(found, results, quiet=json) if action in ("build", "publish") else []
    if json:
        import msgspec

        sys.stdout.write(msgspec.json.format(msgspec.json.encode(results)).decode() + "\n")
    else:
        _close(action, results)
    states = {result.state for result in results.values()}
    sys.stdout.flush()
    if "failed" in states:
        raise SystemExit(1)
    if "attention" in states or listed:
        raise SystemExit(ATTENTION)


def _chosen(found: "Group", only: str) -> "list[GroupSite]":
    if not only:
        return list(found.sites)
    labels = {site.label.rstrip("/"): site for site in found.sites}
    wanted = [word.strip().rstrip("/") for word in only.replace("，", ",").split(",")]
    for word in wanted:
        if word not in labels:
            refuse(f"--only 写的“{word}”不在 group.toml 里，有这些：{'、'.join(labels)}")
    return [labels[word] for word in dict.fromkeys(wanted)]


@contextmanager
def _executor(address: str) -> "Iterator[Executor | None]":
    if not address:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        refuse(
            "没有装 Dask。请在程序所在的环境里运行 "
            "pip install 'dask[distributed]'，各台机器装同一版本"
        )
    try:
        client: Any = Client(address, timeout=20)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        refuse(f"连不上 Dask 的调度器 {address}：{error}。请检查地址，确认 dask scheduler 在运行")
    with client:
        yield client.get_executor()


def _tell(site: "GroupSite", result: "SiteResult", count: str) -> None:
    name = site.name or result.name or site.label
    who = f"（{site.owner}）" if site.owner and result.state != "done" else ""
    print(f"[{count}] {_MARKS[result.state]} {site.label}  {name}{who}：{result.summary}")
    for line in result.messages:
        print("\n".join(f"        {part}" for part in line.splitlines()))
    sys.stdout.flush()


def _make_list(found: "Group", results: "dict[str, SiteResult]", *, quiet: bool) -> list[str]:
    """Make the group's own list, if it has one; returns the labels of sites that are not in it."""
    if found.output is None:
        return []
    from dangjian.group.listing import make_list
    from dangjian.group.run import last_run

    places = {label: result.where for label, result in last_run(found).sites.items()}
    places |= {label: result.where for label, result in results.items() if result.where}
    try:
        listed = make_list(found, found.output, places)
    except OSError as error:
        refuse(f"总列表没有写成：{error.strerror}（{error.filename}）")
    if not quiet:
        print(f"总列表：{listed.sites} 个网站，{listed.articles} 篇文章，在 {found.output}")
        if listed.missing:
            print(f"        没有列入（还没有生成过，或没有订阅）：{'、'.join(listed.missing)}")
    return listed.missing


def _close(action: str, results: "dict[str, SiteResult]") -> None:
    counts = {
        state: [label for label, one in results.items() if one.state == state] for state in _MARKS
    }
    text = f"{_ACTIONS[action]}了 {len(results)} 个网站，{len(counts['done'])} 个没有问题"
    if counts["attention"]:
        text += f"，{len(counts['attention'])} 个要处理"
    if counts["failed"]:
        text += f"，{len(counts['failed'])} 个失败：{'、'.join(counts['failed'])}"
    print(f"{text}。")
