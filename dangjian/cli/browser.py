"""A Chromium for the browser tests: one that is there, or Debian's, or how to get one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from dangjian.common.errors import DangjianError

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
    "microsoft-edge-stable",
)
_MAC = (
    "Chromium.app/Contents/MacOS/Chromium",
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
# Chinese text needs a Chinese font for its lines to break where they do for readers.
_PACKAGES = ("chromium", "fonts-noto-cjk")


class NoBrowserError(DangjianError):
    """No browser can be had; the message is Chinese and has the line that installs one."""


def find_browser() -> str:
    """A Chromium, Chrome or Edge of this machine, as CHROMIUM or the system has it; or empty."""
    for name in filter(None, (os.environ.get("CHROMIUM"), *NAMES)):
        found = shutil.which(name)
        if found:
            return found
    folders, endings = [Path("/Applications"), Path.home() / "Applications"], _MAC
    if sys.platform == "win32":
        variables = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        folders = [Path(os.environ[name]) for name in variables if name in os.environ]
        endings = _WINDOWS
    for folder in folders:
        for ending in endings:
            if (folder / ending).is_file():
                return str(folder / ending)
    return ""


def get_browser() -> str:
    """A browser, installed by apt-get where root may. Raises NoBrowserError."""
    found = find_browser()
    if found:
        return found
    advice = "没有找到 Chromium、Chrome 或 Edge。请先安装一个，或加 --no-browser 不做浏览器测试。"
    if shutil.which("apt-get") is None:
        raise NoBrowserError(advice)
    line = f"apt-get install {' '.join(_PACKAGES)}"
    if os.geteuid() != 0:
        raise NoBrowserError(f"{advice}安装只需这一行：\n  sudo {line}")
    print("没有找到浏览器，正在用 apt-get 安装 Chromium……", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], env=environment, check=False)
    subprocess.run(
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", *_PACKAGES],
        env=environment,
        check=False,
    )
    found = find_browser()
    if not found:
        raise NoBrowserError(f"Chromium 没有装成，请检查网络和软件源，再运行：\n  {line}")
    return found
