"""What a build's command says at its end: mistakes, counts, seconds, and where the time went."""

from collections.abc import Iterator
from contextlib import contextmanager

from dangjian.common.problems import report as problems_report
from dangjian.common.report import Report

LEAST_SECONDS = 0.005
FUNCTIONS = 30


def tell(report: Report, folder: str) -> None:
    """Show a build's problems, then its counts, then the seconds of each stage."""
    told = problems_report(report.problems.sorted(), folder)
    if told:
        print(told + "\n")
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
