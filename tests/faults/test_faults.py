"""A machine that fails while a site is published: what is live is the old site or the new, whole.

Faults come from outside and meet the real commands: a kill, an error of a system call (strace), a
full or read-only disk, few file handles, two at once. After each, every live file is compared with
the site before and with the one that the next publish makes. A few moments of each kind are tried
(each system call once), fifty in the long mode; FAULTS=200 in the environment asks for more.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.mounts import mount
from tests.publishing import Office, published_bytes
from tests.sites import article, assert_same, column, folder_bytes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="faults are injected by Linux")

MOMENTS, LONG_MOMENTS = 9, 50
ROOT = Path(__file__).resolve().parents[2]
FILES: dict[str, str | bytes] = {
    "content/yw/_column.md": column("要闻"),
    **{f"content/yw/n{n:02}.md": article(f"稿件{n}", body=f"第{n}篇。") for n in range(12)},
}
RUN = """
import sys
from pathlib import Path
from dangjian.building.site import Site, SiteError
from dangjian.publishing.errors import PublishError
from dangjian.publishing.outcome import Options
from dangjian.publishing.publish import publish, roll_back
print("go", flush=True)
try:
    if sys.argv[1] == "publish":
        # As the command does where a folder can't be listed: what is in it stays as it was.
        held_back = publish(Site(Path("publishconf.py")), Options(again=True)).held_back
        sys.exit(3 if held_back else 0)
    elif sys.argv[1] == "rollback":
        roll_back(Site(Path("publishconf.py")), "")
    else:
        Site(Path("pelicanconf.py")).build()
except (SiteError, PublishError) as error:
    print(error, file=sys.stderr)
    sys.exit(1)
"""
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site that is live, in two versions."""
    office = Office(tmp_path_factory.mktemp("faults") / "site", FILES)
    office.publish()
    edit(office, "第二版")
    office.publish()
    return office.site.folder


@pytest.fixture
def office(published: Path, tmp_path: Path) -> Office:
    return Office(Path(shutil.copytree(published, tmp_path / "site")), {})


def edit(office: Office, words: str) -> None:
    office.site.write("content/yw/n03.md", article("稿件3", body=f"{words}。"))


def command(action: str, *before: str, program: str = RUN) -> list[str]:
    return [*before, sys.executable, "-c", program, action]


def run(
    office: Office,
    *before: str,
    limit: Callable[[], None] | None = None,
    program: str = RUN,
) -> "subprocess.CompletedProcess[str]":
    """Publish in a process of its own; whatever happens, it shows no traceback."""
    done = subprocess.run(
        command("publish", *before, program=program),
        cwd=office.site.folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        preexec_fn=limit,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def killed(office: Office, action: str, seconds: float) -> None:
    """Run a command, and kill it with all its processes some time after it began."""
    process = subprocess.Popen(
        command(action),
        cwd=office.site.folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.stdout.read()  # it ends with the last of those that were killed


def releases(office: Office) -> list[dict[str, bytes]]:
    """The files of each stored release: a folder with its record, so none that is half made."""
    (top,) = (office.site.folder / ".dangjian" / "releases").glob("public-*/")
    folders = [folder for folder in top.iterdir() if folder.is_dir()]
    return [published_bytes(one) for one in folders if one.with_name(f"{one.name}.json").exists()]


def kill_at_moments(office: Office, count: int, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(count):
        action = ("publish", "rollback", "publish", "build")[number % 4]
        if action != "rollback":
            edit(office, f"第{number}次")
        before, kept = office.files(), releases(office)
        killed(office, action, chance.uniform(0, 1.5))
        between = office.files()
        office.publish(again=True)
        after = office.files()
        allowed = {"publish": [before, after], "rollback": [before, *kept], "build": [before]}
        assert between in allowed[action], (number, action)
    assert_sound(office)


def assert_sound(office: Office) -> None:
    """After all that, the site and the next edit of it are those of one made from nothing."""
    edit(office, "最后一次")
    office.publish(again=True)
    other = Path(
        shutil.copytree(
            office.site.folder,
            office.site.folder.with_name("other"),
            ignore=shutil.ignore_patterns("cache", ".dangjian", "public", "output"),
        )
    )
    fresh = Office(other, {})
    fresh.publish()
    assert_same(office.files(), fresh.files())


@pytest.fixture
def count(long: bool) -> int:
    return int(os.environ.get("FAULTS", LONG_MOMENTS if long else MOMENTS))


def test_killed_at_random_moments(office: Office, count: int) -> None:
    kill_at_moments(office, count, seed=count)


CALLS = ("getdents64", "openat", "rename", "write", "fsync", "renameat2", "mkdir", "link", "unlink")
# It stops at the calls that are traced, and not at all of them.
STRACE = ("strace", "--seccomp-bpf", "-f", "-qq")
FAULTS = ("error=EIO", "error=ENOSPC", "error=EACCES", "signal=KILL")


def count_calls(office: Office, log: Path) -> tuple[dict[str, int], dict[str, int]]:
    """How often a publish makes each system call: until it begins to work, and in all."""
    run(
        office,
        *STRACE,
        "-o",
        str(log),
        "-e",
        f"trace={','.join(CALLS)}",
    )
    started, counts = dict.fromkeys(CALLS, 0), dict.fromkeys(CALLS, 0)
    begun = False
    for line in log.read_text(errors="replace").splitlines():
        for call in CALLS:
            if f" {call}(" in line:
                counts[call] += 1
                started[call] += not begun
        begun |= '"go' in line
    return started, counts


def inject_faults(office: Office, log: Path, count: int, seed: int) -> None:
    if shutil.which("strace") is None:
        pytest.fail("strace is needed to inject faults", pytrace=False)
    edit(office, "数一数")
    started, counts = count_calls(office, log)
    chance = random.Random(seed)
    for number in range(count):
        call = CALLS[number % len(CALLS)]
        fault = chance.choice(FAULTS)
        at = chance.randint(started[call] + 1, max(counts[call], started[call] + 1))
        edit(office, f"第{number}次")
        before = office.files()
        inject = f"inject={call}:{fault}:when={at}"
        traced = (
            *STRACE,
            "-o",
            "/dev/null",
            "-e",
            f"trace={call}",
            "-e",
            inject,
        )
        done = run(office, *traced)
        between = office.files()
        office.publish(again=True)
        after = office.files()
        assert between in (before, after), inject
        assert between == after or done.returncode, inject
    assert_sound(office)


def test_system_calls_that_fail(office: Office, tmp_path: Path, count: int) -> None:
    inject_faults(office, tmp_path / "calls", count, seed=count)


def test_a_library_that_can_not_be_loaded(office: Office) -> None:
    """One of those that are loaded when they are needed, with a disk or rights that fail."""
    before = office.files()
    edit(office, "又改了")
    done = run(office, program=f"import sys; sys.modules['zxingcpp'] = None\n{RUN}")
    assert done.returncode == 1
    assert "程序的文件读不出来" in done.stderr
    assert "zxingcpp" in done.stderr
    assert office.files() == before
    office.publish()


def move_live(office: Office, to: str, releases_at: str) -> Path:
    """Let the site go live elsewhere from now on."""
    settings = office.site.folder / "publishconf.py"
    lines = f'PUBLISH_TO = "{to}"\nRELEASES_PATH = "{releases_at}"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + lines, encoding="utf-8")
    office.publish()
    return office.site.folder / to


@pytest.mark.parametrize("kilobytes", [0, 40, 300])
def test_a_full_disk(office: Office, kilobytes: int) -> None:
    """A disk for what is live, with too little room for another version."""
    disk = office.site.folder / "disk"
    with mount(disk, "-t", "tmpfs", "-o", "size=8m", "tmpfs"):
        live = move_live(office, "disk/www/public", "disk/releases")
        before = folder_bytes(live)
        edit(office, "又改了" * 50_000)
        free = shutil.disk_usage(disk).free - kilobytes * 1024
        (disk / "filler").write_bytes(bytes(max(free, 0)))
        done = run(office)
        assert (done.returncode, "磁盘" in done.stderr) == (1, True)
        assert folder_bytes(live) == before
        (disk / "filler").unlink()
        office.publish()
        assert "又改了" in (live / "yw/2020/06/n03.html").read_text(encoding="utf-8")


def test_a_rollback_on_a_full_disk(office: Office) -> None:
    disk = office.site.folder / "disk"
    with mount(disk, "-t", "tmpfs", "-o", "size=8m", "tmpfs"):
        live = move_live(office, "disk/www/public", "disk/releases")
        before = folder_bytes(live)
        edit(office, "发错了")
        office.publish()
        with suppress(OSError), (disk / "filler").open("wb") as filler:
            while True:
                filler.write(bytes(4096))
                filler.flush()
        office.roll_back()
        assert folder_bytes(live) == before


def test_a_read_only_live_folder(office: Office) -> None:
    live = move_live(office, "www/public", ".old")
    before = folder_bytes(live)
    edit(office, "又改了")
    with mount(live.parent, "--bind", "-o", "ro", str(live.parent)):
        if os.access(live.parent, os.W_OK):
            pytest.skip("this kernel binds no read-only folder in one step")
        assert run(office).returncode == 1
        assert folder_bytes(live) == before
    office.publish()
    assert "又改了" in (live / "yw/2020/06/n03.html").read_text(encoding="utf-8")


def test_few_file_handles(office: Office) -> None:
    import resource  # noqa: PLC0415 - POSIX only

    edit(office, "又改了")
    before = office.files()
    done = run(office, limit=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16)))
    assert (office.files() == before) == (done.returncode != 0)
    office.publish()
    assert "又改了" in office.text("yw/2020/06/n03.html")


def test_two_at_once(office: Office) -> None:
    edit(office, "又改了")
    both = [
        subprocess.Popen(
            command("publish"), cwd=office.site.folder, env=ENVIRONMENT, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=240)[1].decode() for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes == [0, 0] or (codes == [0, 1] and any("正在发布" in one for one in said)), said
    assert "又改了" in office.text("yw/2020/06/n03.html")
    assert_sound(office)


@pytest.mark.skipif(shutil.which("faketime") is None, reason="no faketime")
def test_a_machine_whose_clock_is_wrong(tmp_path: Path) -> None:
    """Set back, it refuses rather than withdraw what was due; put right, it says how to go on."""
    due = {"定时发布": "2026-11-24 12:00"}
    files = FILES | {"content/yw/due.md": article("到时间的", **due)}
    office = Office(tmp_path / "site", files)
    conf = office.site.folder / "pelicanconf.py"
    lines = conf.read_text(encoding="utf-8").splitlines(keepends=True)
    conf.write_text("".join(one for one in lines if "BUILD_AT" not in one), encoding="utf-8")

    def publish_at(time_of_day: str, *words: str) -> tuple[int, str, bool]:
        before = ["env", "NO_FAKE_STAT=1", "TZ=Asia/Shanghai", "faketime", time_of_day]
        done = subprocess.run(
            [*before, sys.executable, "-m", "dangjian.cli", ".", "publish", *words],
            cwd=office.site.folder,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stderr, "yw/2020/06/due.html" in office.files()

    assert publish_at("2026-11-24 10:00:00")[::2] == (0, False)
    assert publish_at("2026-11-24 13:00:00")[::2] == (0, True)
    status, said, live = publish_at("2026-11-23 13:00:00")
    assert (status, "时钟" in said, live) == (1, True, True)
    edit(office, "时钟快了")
    assert publish_at("2036-01-01 00:00:00")[::2] == (0, True)
    edit(office, "时钟对了")
    status, said, _ = publish_at("2026-11-24 13:30:00")
    assert (status, "加 --again" in said) == (1, True)
    assert "时钟快了" in office.text("yw/2020/06/n03.html")
    assert publish_at("2026-11-24 13:30:00", "--again")[::2] == (0, True)
    assert "时钟对了" in office.text("yw/2020/06/n03.html")
    assert publish_at("2026-11-24 13:40:00")[::2] == (0, True)


def test_two_sites_with_one_cache_at_once(tmp_path: Path) -> None:
    """Settings of one folder, published at the same moment: never a page of another site."""
    office = Office(tmp_path / "site", FILES)
    for name in ("内网", "外网"):
        office.site.write(f"{name}/zt/_column.md", column(name))
        office.site.write(f"{name}/zt/a.md", article(f"{name}稿件"))
        lines = f'PATH = "{name}"\nPUBLISH_TO = "public-{name}"\n'
        text = (office.site.folder / "publishconf.py").read_text(encoding="utf-8")
        office.site.write(f"{name}.py", text + lines)
    for _ in range(2):
        both = [
            subprocess.Popen(
                [sys.executable, "-m", "dangjian.cli", ".", "publish", "--settings", f"{name}.py"],
                cwd=office.site.folder,
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            for name in ("内网", "外网")
        ]
        said = [process.communicate(timeout=240)[0].decode() for process in both]
        assert [process.returncode for process in both] == [0, 0], said
        for name, other in (("内网", "外网"), ("外网", "内网")):
            live = published_bytes(office.site.folder / f"public-{name}")
            assert f"{name}稿件".encode() in live["zt/2020/06/a.html"]
            assert not any(f"{other}稿件".encode() in data for data in live.values())
            office.site.edit(f"{name}/zt/a.md", "正文", "正文又")
