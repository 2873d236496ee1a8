"""Publishing on time: the files made for systemd, cron and Windows."""

import configparser
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dangjian.publishing.servers.schedule import EVERY, Schedule, schedule_files, schedule_of
from tests.sites import Site

PUBLISH = ("publish", "--settings", "publishconf.py")
SPECIFIERS = "50%s"
"""A folder's name in which systemd would put the name of a shell."""
ODD = Schedule(Path("/srv/党建 50% $x"), "portal", "/usr/bin/python3")


def units(schedule: Schedule) -> dict[str, configparser.ConfigParser]:
    found = {}
    for name, text in schedule_files(schedule).items():
        if name.endswith((".service", ".timer")):
            parser = configparser.ConfigParser(interpolation=None)
            parser.optionxform = str  # type: ignore[assignment,method-assign]
            parser.read_string(text)
            found[name] = parser
    return found


def test_a_service_and_a_timer_are_two_files(tmp_path: Path) -> None:
    folder = tmp_path / "portal"
    folder.mkdir()
    schedule = schedule_of(folder, PUBLISH)
    found = units(schedule)
    service, timer = found["portal-publish.service"], found["portal-publish.timer"]
    assert service["Service"]["WorkingDirectory"] == str(folder)
    assert service["Service"]["User"] == folder.owner()
    assert service["Unit"]["OnFailure"] in found
    assert (timer["Timer"]["OnCalendar"], timer["Timer"]["Persistent"]) == (f"*:0/{EVERY}", "true")
    assert "Timer" not in service
    assert "Service" not in timer


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    folder = tmp_path / "党建 50%"
    folder.mkdir()
    schedule = schedule_of(folder, PUBLISH)
    for name, text in schedule_files(schedule).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    names = [str(tmp_path / name) for name in units(schedule)]
    command = ["systemd-analyze", "verify", "--man=no", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "党建" in line]
    assert said == []


def test_the_line_of_a_crontab_is_one_command_in_the_sites_folder() -> None:
    line = schedule_files(ODD)["crontab"]
    *times, command = line.rstrip("\n").split(" ", 5)
    assert times == [f"*/{EVERY}", *"****"]
    assert "%" not in command.replace(r"\%", "")
    words = shlex.split(command.replace(r"\%", "%"))
    assert words[:5] == ["cd", "/srv/党建 50% $x", "&&", "/usr/bin/python3", "tasks.py"]
    assert words[-3:] == [">>", "/srv/党建 50% $x/publish.log", "2>&1"]


def test_windows_runs_it_in_the_sites_folder() -> None:
    text = schedule_files(Schedule(Path("C:/portal"), "", "python"))["windows.cmd"]
    assert text.splitlines() == [
        "@chcp 65001 >nul",
        "@set PYTHONUTF8=1",
        '@cd /d "C:/portal"',
        "@python tasks.py publish --settings publishconf.py >> publish.log 2>&1",
    ]
    assert "\n" not in text.replace("\r\n", "")
    odd = schedule_files(Schedule(Path("C:/党建 50%"), "", "python"))["windows.cmd"]
    assert '@cd /d "C:/党建 50%%"' in odd


def test_what_is_logged_is_rotated_as_the_folders_user_and_group(tmp_path: Path) -> None:
    schedule = schedule_of(tmp_path, PUBLISH)
    text = schedule_files(schedule)["logrotate"]
    assert f"su {tmp_path.owner()} {tmp_path.group()}\n" in text
    assert (
        "su portal web\n"
        in schedule_files(Schedule(tmp_path, "portal", "x", group="web"))["logrotate"]
    )
    if program := shutil.which("logrotate", path="/usr/sbin:/usr/bin"):
        tmp_path.chmod(0o755)
        (tmp_path / "rotate").write_text(text, encoding="utf-8")
        schedule.log.write_text("一行\n", encoding="utf-8")
        command = [program, "-d", "-s", str(tmp_path / "state"), str(tmp_path / "rotate")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, "error" in done.stderr) == (0, False), done.stderr
        assert f"considering log {schedule.log}" in done.stderr


def test_a_percent_sign_in_a_folders_name_is_one(tmp_path: Path) -> None:
    for unit in units(Schedule(tmp_path / SPECIFIERS, "portal", "/usr/bin/python3")).values():
        assert SPECIFIERS.replace("%", "%%") in unit["Unit"]["Description"]


def test_a_group_of_sites_is_published_by_one_timer(tmp_path: Path) -> None:
    schedule = schedule_of(tmp_path, ("group", "publish"))
    service = units(schedule)[f"{schedule.name}.service"]["Service"]["ExecStart"]
    assert shlex.split(service)[1:] == ["tasks.py", "group", "publish"]


def test_what_root_installs_leaves_nothing_of_roots_in_the_sites_folder(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    site.write("publishconf.py", site.settings_text() + 'CACHE_PATH = "cache"\n')
    before = set(site.folder.rglob("*"))
    command = [sys.executable, "-m", "dangjian.cli", str(site.folder), "schedule", "--install"]
    # Without systemctl: it must not install anything on the machine that runs the tests.
    environment = os.environ | {"PATH": str(tmp_path)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "没有 systemd" in done.stderr) == (1, True), done.stderr
    assert set(site.folder.rglob("*")) == before
    done = subprocess.run(command[:-1], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "下一次到时间的变化：没有" in done.stdout
    assert (site.folder / ".dangjian/server/schedule/crontab").is_file()
