"""What the system does in one step, exchanging folders; and why it could not, in Chinese."""

import ctypes
import errno
import os
import sys
from pathlib import Path

from dangjian.common.errors import os_error_reason

_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_HERE = -100  # AT_FDCWD


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system can't (then nothing happened)."""
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        return False
    if library.renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))


def identity(folder: Path) -> int:
    """What tells a folder from another whatever their names: its number in the file system."""
    try:
        return folder.stat().st_ino
    except OSError:
        return -1


def reason(error: OSError) -> str:
    """Why something could not be done, and what to do about it."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "磁盘已满，请腾出空间后重新发布。"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"没有权限改动 {error.filename}，或其中的文件正被别的程序使用。"
    if error.errno in {errno.EXDEV, errno.EBUSY}:
        return (
            f"{error.filename} 不在同一个磁盘，或是单独挂载的，不能改名；"
            "请把 RELEASES_PATH 设为与发布位置在同一个磁盘的文件夹，"
            "或把发布位置设为挂载处里面的一个文件夹。"
        )
    return f"{os_error_reason(error)}（{error.filename}）。"
