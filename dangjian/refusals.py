"""Why the system refused to read or write a file, in words an editor can act on."""

import errno

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


def reason(error: OSError) -> str:
    """The reason in Chinese, or the system's own words for a rare one."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)
