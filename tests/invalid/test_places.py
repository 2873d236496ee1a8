"""PUBLISH_TO and other paths in odd forms: refused where written, or read as one folder."""

from pathlib import Path
from typing import Any

import pytest

from dangjian.publishing.errors import PublishError
from dangjian.settings import read_publishing
from dangjian.settings.destinations import LocalFolder
from dangjian.settings.path_text import path_mistake
from tests.publishing import Office
from tests.sites import article, column

FILES: dict[str, str | bytes] = {
    "content/yw/_column.md": column("要闻"),
    "content/yw/a.md": article("第一篇"),
}
WRONG = [
    ("PUBLISH_TO", "~/public", "不会换成别的，请写出完整的路径"),
    ("PUBLISH_TO", "$HOME/public", "不会换成别的"),
    ("PUBLISH_TO", "%USERPROFILE%/public", "不会换成别的"),
    ("PUBLISH_TO", "C:\\www\\public", "Windows 上的路径"),
    ("PUBLISH_TO", "www\\public", "Windows 上的路径"),
    ("PUBLISH_TO", "portal@www.example.gov.cn:/srv/www", "写成 ssh://portal@www.example.gov.cn/srv/www"),
    ("PUBLISH_TO", "www:/srv/www", "写成 ssh://www/srv/www"),
    ("PUBLISH_TO", "public:8080", "不认得 public:，可以写文件夹"),
    ("PUBLISH_TO", "ssh://a.cn/~/www/x", "从根写起"),
    ("PUBLISH_TO", "zip:~/usb", "不会换成别的"),
    ("PUBLISH_TO", "a" * 256, "太长"),
    ("PUBLISH_TO", "x/" * 2100, "太长"),
    ("PUBLISH_TO", ["public", "public/"], "有两个 public"),
    ("PUBLISH_TO", ["public", Path("./public/.")], "有两个 public"),
    ("AFTER_PUBLISH", "nginx -s reload; date", "; 不起作用"),
    ("AFTER_PUBLISH", "date >> log", ">> 不起作用，命令不经过 shell"),
    ("ON_PROBLEM", "cat|mail a@example.com", "| 不起作用"),
    ("AFTER_PUBLISH", ["echo", "a\0b"], "NUL"),
    ("AFTER_PUBLISH", "ftp://a.cn/b", "网址要以 https:// 或 http:// 开头"),
    ("AFTER_PUBLISH", [["http://"]], "域名不对"),
    ("AFTER_PUBLISH", ["", "x"], "命令是空的"),
    ("RELEASES_PATH", "~/releases", "不会换成别的"),
    ("SIGNING_KEY", "$HOME/.ssh/id_ed25519", "不会换成别的"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "says"), WRONG)
def test_a_path_that_can_not_be_meant_is_reported(name: str, value: Any, says: str) -> None:
    _, _, problems = read_publishing({name: value}, None)
    assert [(one.level, says in one.message) for one in problems] == [("error", True)], problems


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("public/", "public"),
        ("./a/../public", "public"),
        ("/srv/党建 50%/$x", "/srv/党建 50%/$x"),
        ("a" * 255, "a" * 255),
        ("p~", "p~"),
    ],
)
def test_a_folder_may_be_written_in_several_ways(written: str, read: str) -> None:
    options, _, problems = read_publishing({"PUBLISH_TO": written}, None)
    assert (options.to, problems) == ((LocalFolder(read),), ())


def test_how_long_a_path_may_be() -> None:
    assert path_mistake("/" + "x/" * 1999 + "a") == ""
    assert path_mistake("/" + "x/" * 2000 + "a") != ""


@pytest.mark.parametrize("inner", ["public/sub", "link"])
def test_no_place_lies_in_another(tmp_path: Path, inner: str) -> None:
    office = Office(tmp_path / "site", FILES, f"PUBLISH_TO = ['public', '{inner}']\n")
    (tmp_path / "site" / "link").symlink_to("public")
    with pytest.raises(PublishError, match="请删去一个，或改成分开的文件夹"):
        office.publish()
    assert not office.live.exists()


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("https://oa.example.gov.cn/hook?a=1&b=2;c", ("https://oa.example.gov.cn/hook?a=1&b=2;c",)),
        ("echo 'a; b' \"c|d\" e\\;f #g", ("echo", "a; b", "c|d", "e;f", "#g")),
        (["sh", "-c", "a; b"], ("sh", "-c", "a; b")),
    ],
)
def test_a_command_is_its_words(written: Any, words: tuple[str, ...]) -> None:
    options, _, problems = read_publishing({"AFTER_PUBLISH": written}, None)
    assert (options.after, problems) == ((words,), ())
