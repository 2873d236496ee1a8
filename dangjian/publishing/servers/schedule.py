"""Publishing on time: files for systemd, cron, Windows and logrotate, made for one site.

Each is complete as it is; nothing in it has to be changed by hand.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from msgspec import Struct

from dangjian.common.digests import digest

EVERY = 10
"""Minutes between two looks for articles that are due."""


class Schedule(Struct, frozen=True):
    """What is to be run: by which user and group, in which folder, by which Python.

    ``command`` are the words behind ``tasks.py``.
    """

    folder: Path
    user: str
    python: str
    command: tuple[str, ...] = ("publish", "--settings", "publishconf.py")
    group: str = ""

    @property
    def name(self) -> str:
        """The name of the units: that of the site's folder, as far as systemd takes it."""
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "", self.folder.name)
        if plain != self.folder.name:
            plain = f"{plain or 'portal'}-{digest(str(self.folder)).hex()[:6]}"
        return f"{plain}-publish"

    @property
    def log(self) -> Path:
        """Where cron keeps what publishing says; systemd has its journal."""
        return self.folder / "publish.log"

    @property
    def words(self) -> list[str]:
        """The command."""
        return [self.python, "tasks.py", *self.command]


def schedule_of(folder: Path, command: tuple[str, ...]) -> Schedule:
    """The schedule of a site, for the user whose its folder is and the Python that runs this."""
    folder = folder.resolve()
    user, group = (folder.owner(), folder.group()) if os.name != "nt" else ("", "")
    python = getattr(sys, "_base_executable", "") or sys.executable
    return Schedule(folder, user, python, command, group)


def schedule_files(schedule: Schedule) -> dict[str, str]:
    """All files by their names."""
    return {
        f"{schedule.name}.service": _service(schedule),
        f"{schedule.name}.timer": _timer(schedule),
        f"{schedule.name}-failed.service": _failed(schedule),
        "crontab": _crontab(schedule),
        "logrotate": _logrotate(schedule),
        "windows.cmd": _windows(schedule),
    }


def _service(schedule: Schedule) -> str:
    command = " ".join(_systemd_word(word) for word in schedule.words)
    return f"""[Unit]
Description=发布 {_escaped(schedule.folder.name)}
OnFailure={schedule.name}-failed.service

[Service]
Type=oneshot
User={schedule.user}
WorkingDirectory={_escaped(str(schedule.folder))}
ExecStart={command}
SuccessExitStatus=3
TimeoutStartSec=3600
"""


def _timer(schedule: Schedule) -> str:
    return f"""[Unit]
Description=每 {EVERY} 分钟发布 {_escaped(schedule.folder.name)}

[Timer]
OnCalendar=*:0/{EVERY}
Persistent=true

[Install]
WantedBy=timers.target
"""


def _failed(schedule: Schedule) -> str:
    journal = f"journalctl -n 40 -u {schedule.name}.service"
    text = f"{schedule.folder.name} 没有发布成，原因见 {journal}"
    return f"""[Unit]
Description=通知：{_escaped(schedule.folder.name)} 没有发布成

[Service]
Type=oneshot
ExecStart=logger -p user.err -t {schedule.name} {_systemd_word(text)}
"""


def _crontab(schedule: Schedule) -> str:
    # In a crontab a % ends the command.
    folder = shlex.quote(str(schedule.folder)).replace("%", r"\%")
    command = shlex.join(schedule.words).replace("%", r"\%")
    log = shlex.quote(str(schedule.log)).replace("%", r"\%")
    return f"*/{EVERY} * * * * cd {folder} && {command} >> {log} 2>&1\n"


def _logrotate(schedule: Schedule) -> str:
    path = str(schedule.log).replace('"', '\\"')
    file = shlex.quote(str(schedule.folder / ".dangjian/server/schedule/logrotate"))
    return f"""# 由 root 拷过去（logrotate 不认别的用户的文件，所以不能用链接）：
#   sudo install -m 644 {file} /etc/logrotate.d/{schedule.name}
"{path}" {{
    su {schedule.user} {schedule.group or schedule.user}
    monthly
    rotate 12
    compress
    missingok
    notifempty
}}
"""


def _windows(schedule: Schedule) -> str:
    # The file is UTF-8, which cmd.exe reads as such only when told, and so is what is logged.
    words = subprocess.list2cmdline(["python", "tasks.py", *schedule.command])
    folder = str(schedule.folder).replace("%", "%%")
    lines = [
        "@chcp 65001 >nul",
        "@set PYTHONUTF8=1",
        f'@cd /d "{folder}"',
        f"@{words.replace('%', '%%')} >> publish.log 2>&1",
    ]
    return "".join(f"{line}\r\n" for line in lines)


def _systemd_word(word: str) -> str:
    escaped = _escaped(word).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{escaped}"'


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
