"""The command that has a site published on time. All commands load this module."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from dangjian.cli.asking import progress, site_of
from dangjian.cli.commands import Context, command, refuse
from dangjian.settings.workspace import RECORDS

if TYPE_CHECKING:
    from dangjian.publishing.servers.schedule import Schedule
    from dangjian.settings.workspace import Workplace

_UNITS = Path("/etc/systemd/system")


@command(
    help={
        "settings": "设置文件，默认 publishconf.py",
        "group": "整个网站群一起发布，写 group.toml 的位置",
        "install": "装成 systemd 的定时任务并启用（要用 root 运行）",
    }
)
def schedule(
    context: Context, settings: str = "publishconf.py", group: str = "", install: bool = False
) -> None:
    """定时：生成定时发布用的文件（systemd、cron、Windows），说明下一次变化在什么时候"""
    from dangjian.common.output_folder import write_output
    from dangjian.publishing.servers.schedule import EVERY, schedule_files, schedule_of

    if group:
        records, planned = _of_group(context, group)
    else:
        place = site_of(context, settings).workplace()
        records = place.records
        planned = schedule_of(place.site, ("publish", "--settings", settings))
    if install:
        # Run by root, it leaves nothing in the site's folder that its owner could not change.
        _install(planned)
        return
    if not group:
        _tell_due(place)
    folder = records / "server" / "schedule"
    for name, text in schedule_files(planned).items():
        write_output(folder, name, text.encode())
    print(f"定时发布（每 {EVERY} 分钟一次）的文件在 {folder}：")
    more = f" --group {shlex.quote(group)}" if group else ""
    print(f"  systemd：sudo {planned.python} tasks.py schedule --install{more}")
    print(
        f"  cron：crontab -e，加上 {folder / 'crontab'} 里的一行；"
        "日志轮换照同一处 logrotate 里写的做"
    )
    print(
        f'  Windows：schtasks /Create /SC MINUTE /MO {EVERY} /TN "{planned.name}" '
        f'/TR "\\"{folder / "windows.cmd"}\\""'
    )


def _tell_due(place: "Workplace") -> None:
    from dangjian.building.engine import Engine
    from dangjian.building.site import as_site_error

    with as_site_error(), Engine(place, progress=progress()) as engine:
        due = engine.check().next_change
    when = f"{due:%Y-%m-%d %H:%M}" if due else "没有；有了定时发布、有效期等以后才有"
    print(f"下一次到时间的变化：{when}")


def _of_group(context: Context, name: str) -> "tuple[Path, Schedule]":
    """The folder of a group's records, and what publishes all its sites."""
    from dangjian.group.plan import read_group
    from dangjian.publishing.servers.schedule import schedule_of

    file = Path(name) if Path(name).is_file() else context.root / name
    read_group(file)
    root = context.root.resolve()
    words = ("group", "publish", "--file", os.path.relpath(file.resolve(), root))
    return root / RECORDS, schedule_of(root, words)


def _install(planned: "Schedule") -> None:
    from dangjian.common.files import write_whole
    from dangjian.publishing.servers.schedule import EVERY, schedule_files

    if shutil.which("systemctl") is None:
        refuse(
            "这台机器没有 systemd。请用 cron：运行不带 --install 的 schedule，"
            "再用 crontab -e 加上它生成的一行。"
        )
    if os.geteuid() != 0:
        refuse("安装定时任务要用 root 运行：sudo python3 tasks.py schedule --install")
    timer = f"{planned.name}.timer"
    for name, text in schedule_files(planned).items():
        if name.endswith((".service", ".timer")):
            write_whole(_UNITS / name, text.encode())
    for line in ("systemctl daemon-reload", f"systemctl enable --now {timer}"):
        if subprocess.run(shlex.split(line), check=False).returncode:
            refuse(f"没有启用：{line} 没有成功。文件已放到 {_UNITS}。")
    print(f"已启用 {timer}，每 {EVERY} 分钟发布一次。日志：journalctl -u {planned.name}.service")
    print(f"不再需要时：systemctl disable --now {timer}")
