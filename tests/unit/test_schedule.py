"""Publishing on time: the files made for systemd, cron and Windows."""

import configparser
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from dangjian.publishing.servers.schedule import EVERY, Schedule, schedule_files, schedule_of

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
    schedule = schedule_of(folder, "publishconf.py")
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
    schedule = schedule_of(folder, "publishconf.py")
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
        '@cd /d "C:/portal"',
        '@python tasks.py publish --settings "publishconf.py" >> publish.log 2>&1',
    ]
