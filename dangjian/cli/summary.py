"""What a build's command says at its end: mistakes, counts, seconds, and where the time went."""

from collections.abc import Iterator
from contextlib import contextmanager

from dangjian.common.problems import report as problems_report
from dangjian.common.report import Report, Withheld

LEAST_SECONDS = 0.005
FUNCTIONS = 30
MAX_LISTED = 20
"""So many articles that are not public are listed of each kind; of the rest, how many there are."""

_HELD = {"draft": "草稿", "scheduled": "没有到时间", "expired": "已过有效期"}


def tell(report: Report, folder: str) -> None:
    """Show a build's problems, what is not public, its counts, and the seconds of each stage."""
    text = problems_report(report.problems.sorted(), folder)
    if text:
        print(text + "\n")
    tell_withheld(report, folder)
    done = report.production
    print(
        f"共 {report.articles} 篇文章、{report.pages} 个页面；"
        f"读取 {len(report.read)} 篇，排版 {len(done.rendered)} 页；"
        f"更新 {len(done.written)} 个文件，{done.kept} 个不变，删除 {done.removed} 个"
    )
    if done.foreign:
        names = "、".join(done.foreign[:5]) + ("等" if len(done.foreign) > 5 else "")
        print(f"输出文件夹里另有 {len(done.foreign)} 个不是本程序生成的文件，没有动：{names}")
    stages = [
        f"{stage} {seconds:.2f}"
        for stage, seconds in report.seconds.items()
        if seconds >= LEAST_SECONDS
    ]
    print(f"用时 {sum(report.seconds.values()):.2f} 秒" + "：" * bool(stages) + "，".join(stages))


def tell_withheld(report: Report, folder: str) -> None:
    """List what is not public, and why: drafts, not yet due (until when), expired, wrong."""
    for why, label in _HELD.items():
        found = [held for held in report.withheld if held.why == why]
        rows = [_held_row(held, folder) for held in sorted(found, key=lambda held: held.path)]
        _tell_list(f"{label} {len(rows)} 篇，没有公开：", rows)
    wrong = [f"  {folder}/{path}" for path in report.left_out]
    _tell_list(f"有错误、没有生成的 {len(wrong)} 篇：", wrong)


def _held_row(held: Withheld, folder: str) -> str:
    row = f"  {folder}/{held.path}"
    if held.title:
        row += f"  {held.title}"
    if held.moment is not None and held.why == "scheduled":
        row += f"（{held.moment:%Y-%m-%d %H:%M} 起公开）"
    if held.moment is not None and held.why == "expired":
        row += f"（{held.moment:%Y-%m-%d %H:%M} 到期）"
    return row


def _tell_list(head: str, rows: list[str]) -> None:
    if not rows:
        return
    print(head)
    print("\n".join(rows[:MAX_LISTED]))
    if len(rows) > MAX_LISTED:
        print(f"  ……另有 {len(rows) - MAX_LISTED} 篇")
    print()


def closing(report: Report) -> str:
    """What errors came to: how many articles were not made, how many were made all the same."""
    left_out = set(report.left_out)
    wrong = {problem.path for problem in report.problems.errors if not problem.path.endswith(".py")}
    made = len(wrong - left_out)
    parts = [f"{len(left_out)} 篇有错误，没有生成"] * bool(left_out)
    parts += [f"{made} 个文件有错误，页面已照现在的样子生成"] * bool(made)
    if any(problem.path.endswith(".py") for problem in report.problems.errors):
        parts.append("设置有错误，错的各项没有起作用")
    return "；".join(parts)


@contextmanager
def profiled(wanted: bool) -> Iterator[None]:
    """If ``wanted``, list the functions of this process that took longest in the block."""
    if not wanted:
        yield
        return
    from cProfile import Profile
    from pstats import SortKey, Stats

    profile = Profile()
    with profile:
        yield
    Stats(profile).strip_dirs().sort_stats(SortKey.TIME).print_stats(FUNCTIONS)
