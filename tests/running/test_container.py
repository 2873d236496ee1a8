"""The Dockerfile that publish makes: its container, made of this machine's own programs.

There is no Docker here; what matters of a container is there: a root folder of its own in which
only what the file says is mounted, read-only, and nginx as a user without rights.
"""

import itertools
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.nginx import AROUND, HOST, Nginx, find_nginx, free_port
from tests.publishing import Office
from tests.sites import article, column
from tests.waiting import listens, wait_until

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root makes a container by hand"
)

FILES: dict[str, str | bytes] = {
    "content/yw/_column.md": column("要闻"),
    "content/yw/a.md": article("第一篇"),
}
CONTAINER = """
set -e
root=$1 ; shift
mount -t tmpfs tmpfs "$root"
for one in usr bin sbin lib lib64 etc dev; do
    if [ -L "/$one" ]; then cp -P "/$one" "$root/"
    elif [ -d "/$one" ]; then mkdir "$root/$one" ; mount --rbind "/$one" "$root/$one"
    fi
done
mkdir -m 1777 "$root/tmp"
while [ "$1" != -- ]; do
    mkdir -p "$root$1" ; mount --bind "$1" "$root$1" ; mount -o remount,bind,ro "$root$1" ; shift
done
shift
cp "$1" "$root/tmp/nginx.conf" ; cp "$2" "$root/tmp/default.conf"
exec chroot "$root" setpriv --reuid=101 --regid=101 --clear-groups "$3" -c /tmp/nginx.conf
"""


def read_dockerfile(text: str) -> tuple[list[str], list[str]]:
    """The folders that its command mounts, and the ports it opens."""
    (line,) = [one for one in text.splitlines() if "docker run" in one]
    words = shlex.split(line.removeprefix("#"))
    mounted = [after for word, after in itertools.pairwise(words) if word == "-v"]
    ports = [after for word, after in itertools.pairwise(words) if word == "-p"]
    for one in mounted:
        there, here, how = one.rsplit(":", 2)
        assert (there == here, how) == (True, "ro")
    return [one.rsplit(":", 2)[0] for one in mounted], ports


@contextmanager
def container(folder: Path, given: Path, port: int) -> Iterator[Nginx]:
    mounted, _ = read_dockerfile((given / "Dockerfile").read_text(encoding="utf-8"))
    around = folder / "around.conf"
    # Its own /tmp, not that of this machine.
    text = AROUND.format(folder="/tmp", user="", sites="    include /tmp/default.conf;")  # noqa: S108
    around.write_text(text, encoding="utf-8")
    root = folder / "root"
    root.mkdir()
    script = ["sh", "-c", CONTAINER, "sh", str(root), *mounted, "--"]
    files = [str(around), str(given / "nginx.conf"), find_nginx()]
    command = ["unshare", "-m", "--propagation", "private", *script, *files]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        nginx = Nginx(port, folder, [])
        wait_until(lambda: process.poll() is not None or listens(port), "nginx does not listen")
        if process.poll() is not None:
            assert process.stderr is not None
            pytest.fail(process.stderr.read())
        try:
            yield nginx
        finally:
            process.terminate()


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare")
@pytest.mark.parametrize("name", ["site", "党建 50%"])
def test_a_container_shows_what_is_published_after_its_start(open_folder: Path, name: str) -> None:
    port = free_port()
    office = Office(open_folder / name, FILES, f'SITEURL = "http://{HOST}:{port}"\n')
    office.publish()
    given = office.site.folder / ".dangjian" / "server" / "public"
    _, ports = read_dockerfile((given / "Dockerfile").read_text(encoding="utf-8"))
    assert ports == [f"{port}:{port}"]
    with container(open_folder, given, port) as nginx:
        assert "第一篇" in nginx.ask("/yw/")[1].decode()
        assert nginx.ask("/nothing.html")[0].status == 404
        office.site.edit("content/yw/a.md", "第一篇", "第二篇")
        office.publish()
        # nginx looks after its open files once a second.
        wait_until(lambda: "第一篇" not in nginx.ask("/yw/")[1].decode(), "the old page is shown")
        assert "第二篇" in nginx.ask("/yw/")[1].decode()
