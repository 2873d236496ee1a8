"""Compiled templates stored between runs, each with a checksum.

A compiled template is code that Python runs unchecked: a few bits flipped by a failing disk end the
process, or look like a fault of the theme.
"""

import hashlib
from contextlib import suppress
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache

from dangjian.common.files import write_whole

_SIZE = hashlib.sha256().digest_size


class CheckedBytecodeCache(BytecodeCache):
    """Compiled templates in the folder ``folder``. What is damaged there is compiled again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the code that is stored for ``bucket``, if there is some and it is undamaged."""
        try:
            stored = self._file(bucket).read_bytes()
        except OSError:
            return
        code = stored[_SIZE:]
        if hashlib.sha256(code).digest() == stored[:_SIZE]:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the code of ``bucket``, whole; a disk that refuses costs only time."""
        code, file = bucket.bytecode_to_string(), self._file(bucket)
        with suppress(OSError):
            write_whole(file, hashlib.sha256(code).digest() + code, shared=True)

    def _file(self, bucket: Bucket) -> Path:
        # Another name than that of Jinja's own cache, which has no checksum.
        return self.folder / f"{bucket.key}.template"
