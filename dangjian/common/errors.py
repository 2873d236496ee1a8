"""Our errors, and what stops a whole build: a fault of the theme, a full disk, lost workers."""

import errno
import sqlite3
from concurrent.futures import BrokenExecutor


class DangjianError(Exception):
    """The base of our errors. Where one reaches a command, its message is for the person there."""


class LockedError(DangjianError):
    """Another process holds a lock; ``note`` is what it left in it."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


class WorkerDiedError(DangjianError):
    """A worker process ended without an answer."""


class ThemeError(DangjianError):
    """A fault of the theme, with which nothing can be made; the message says where and what."""

    part = "文件"


class PlaceError(DangjianError):
    """A folder is not one to write to, and nothing was changed; the message says why."""


class InTheWayError(PlaceError):
    """Something that is not ours is where a file or folder of ours has to be."""


FATAL = (
    ThemeError, PlaceError, OSError, ImportError, sqlite3.Error, BrokenExecutor, LockedError
)  # fmt: skip
"""The errors that are nobody's mistake in an article; anything else is a fault of the program."""


def describe(error: Exception) -> str:
    """What one of ``FATAL`` means for the person at the terminal."""
    if isinstance(error, ThemeError):
        return f"主题的{error.part}有错，网站没有生成：{error}"
    if isinstance(error, PlaceError):
        return str(error)
    if isinstance(error, LockedError):
        return f"另一个程序（进程 {error.note}）正在生成同一个网站，这次没有生成。请等它结束后再试"
    if isinstance(error, OSError):
        where = f"（{error.filename}）" if error.filename else ""
        return f"读写文件出错，网站没有生成完：{os_error_reason(error)}{where}"
    if isinstance(error, ImportError):
        return (
            f"程序的文件读不出来，网站没有生成完：{error}。"
            "请检查程序所在的文件夹和磁盘；文件不全的，按 README 重新安装"
        )
    if isinstance(error, sqlite3.Error):
        return f"缓存读写不了，网站没有生成完：{error}。请看磁盘是否满了、缓存文件夹能否写入"
    return "帮忙的进程意外中止，网站没有生成完，多半是内存不够。可在设置里写 WORKERS = 1 再试"


_REASONS = {
    errno.ENOENT: "文件或文件夹不存在",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘满了",
    errno.EDQUOT: "磁盘配额用完了",
    errno.ENOTDIR: "该是文件夹的地方是一个文件",
    errno.EISDIR: "该是文件的地方是一个文件夹",
    errno.EEXIST: "该是文件夹的地方是一个文件",
    errno.EMFILE: "同时打开的文件太多",
    errno.ENFILE: "同时打开的文件太多",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EIO: "磁盘读写出错，可能已损坏",
    errno.EBUSY: "文件正被别的程序使用",
    errno.ENOMEM: "内存不够",
}


def os_error_reason(error: OSError) -> str:
    """The reason in Chinese, or the system's own words for a rare one."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)
