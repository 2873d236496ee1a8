"""The command that has a site published on time. All commands load this module."""

import os
import shutil
from pathlib import Path

from invoke.context import Context

from dangjian.cli.asking import command, progress, refuse, site_of

_UNITS = Path("/etc/systemd/system")


@command(
    help={
        "settings": "设置文件，默认 publishconf.py",
        "install": "装成 systemd 的定时任务并启用（要用 root 运行）",
    }
)
def schedule(context: Context, settings: str = "publishconf.py", install: bool = False) -> None:
    """定时：生成定时发布用的文件（systemd、cron、Windows），说明下一次变化在什么时候"""
    from dangjian.building.engine import Engine
    from dangjian.common.output_folder import write_output
    from dangjian.publishing.servers.schedule import EVERY, schedule_files, schedule_of

    site = site_of(context, settings)
    place = site.workplace()
    with Engine(place, progress=progress()) as engine:
        due = engine.check().next_change
    planned = schedule_of(place.site, settings)
    folder = place.records / "server" / "schedule"
    for name, text in schedule_files(planned).items():
        write_output(folder, name, text.encode())
    when = f"{due:%Y-%m-%d %H:%M}" if due else "没有；有了定时发布、有效期等以后才有"
    print(f"下一次到时间的变化：{when}")
    if install:
        _install(context, folder, planned.name, EVERY)
        return
    print(f"定时发布（每 {EVERY} 分钟一次）的文件在 {folder}：")
    print(f"  systemd：sudo {planned.python} tasks.py schedule --install")
    print(f"  cron：crontab -e，加上 {folder / 'crontab'} 里的一行；日志轮换见同一处的 logrotate")
    print(
        f'  Windows：schtasks /Create /SC MINUTE /MO {EVERY} /TN "{planned.name}" '
        f'/TR "{folder / "windows.cmd"}"'
    )


def _install(context: Context, folder: Path, name: str, minutes: int) -> None:
    if shutil.which("systemctl") is None:
        refuse(f"这台机器没有 systemd。请用 cron：crontab -e，加上 {folder / 'crontab'} 里的一行。")
    if os.geteuid() != 0:
        refuse("安装定时任务要用 root 运行：sudo python3 tasks.py schedule --install")
    for unit in sorted(folder.glob(f"{name}*")):
        shutil.copyfile(unit, _UNITS / unit.name)
    timer = f"{name}.timer"
    for line in ("systemctl daemon-reload", f"systemctl enable --now {timer}"):
        if not context.run(line, warn=True):
            refuse(f"没有启用：{line} 没有成功。文件已放到 {_UNITS}。")
    print(f"已启用 {timer}，每 {minutes} 分钟发布一次。日志：journalctl -u {name}.service")
