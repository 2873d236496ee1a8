"""What stops a whole build, told in a sentence: a fault of the theme, a full disk, lost workers."""

import sqlite3
from concurrent.futures import BrokenExecutor

from dangjian.locks import HeldError
from dangjian.refusals import reason


class ThemeError(Exception):
    """A fault of the theme, with which nothing can be made; the message says where and what."""

    part = "文件"


STOPS = (ThemeError, OSError, sqlite3.Error, BrokenExecutor, HeldError)
"""The errors that are nobody's mistake in an article; anything else is a fault of the program."""


def sentence(error: Exception) -> str:
    """What one of ``STOPS`` means for the person at the terminal."""
    if isinstance(error, ThemeError):
        return f"主题的{error.part}有错，网站没有生成：{error}"
    if isinstance(error, HeldError):
        return f"另一个程序（进程 {error.note}）正在生成同一个网站，这次没有生成。请等它结束后再试"
    if isinstance(error, OSError):
        where = f"（{error.filename}）" if error.filename else ""
        return f"读写文件出错，网站没有生成完：{reason(error)}{where}"
    if isinstance(error, sqlite3.Error):
        return f"缓存读写不了，网站没有生成完：{error}。请看磁盘是否满了、缓存文件夹能否写入"
    return "帮忙的进程意外中止，网站没有生成完，多半是内存不够。可在设置里写 WORKERS = 1 再试"
