"""An office's settings in their right forms, and where they are found to stand."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from dangjian.common.timezone import SHANGHAI
from dangjian.schema.refs import PictureRef
from dangjian.settings import (
    SETTINGS,
    Badge,
    ExternalLinks,
    Home,
    NamedLink,
    NamedLinks,
    Office,
    read_office,
)
from dangjian.settings.lines import SettingsFile

NAMES: dict[str, Any] = {"SITENAME": "示例市党建网", "OWNER": "中共示例市委组织部"}


def office(**settings: Any) -> Office:
    found, problems = read_office({**NAMES, **settings})
    assert problems == ()
    return found


def test_the_smallest_site_has_defaults() -> None:
    found = office()
    assert (found.name, found.owner) == ("示例市党建网", "中共示例市委组织部")
    assert (found.profile, found.masthead, found.page_size, found.home) == (
        "party",
        "solemn",
        20,
        Home(),
    )


def test_every_field_has_a_setting_of_its_own() -> None:
    assert list(SETTINGS) == list(Office.__struct_fields__)
    names = [setting.name for setting in SETTINGS.values()]
    assert len(set(names)) == len(names)


def test_the_footer_of_the_sample_is_read() -> None:
    found = office(
        ICP="陇ICP备08000414号-2",
        POLICE_BEIAN="甘公网安备 62080202000119号",
        REPORT_PHONE="0933-8224566",
        EMAIL="zzb@example.gov.cn",
        CONAC={"image": "_site/conac.png", "url": "https://bszs.conac.cn/sitename?m=1"},
    )
    assert found.icp == "陇ICP备08000414号-2"
    assert found.police_beian == "甘公网安备 62080202000119号"
    assert found.conac == Badge(
        PictureRef("_site/conac.png", "党政机关网站标识"), "https://bszs.conac.cn/sitename?m=1"
    )
    assert found.picture_files() == ("_site/conac.png",)


@pytest.mark.parametrize("number", ["京ICP备05000001号", "粤ICP备2021123456号-12"])
def test_icp_numbers_have_eight_or_ten_digits(number: str) -> None:
    assert office(ICP=number).icp == number


def test_nested_settings_are_read() -> None:
    found = office(
        HOME={"latest": 8, "notices": "tzgg", "blocks": ["pldj/jcdj", "rcgz"]},
        EXTERNAL_LINKS={"mode": "notice", "allow": ["GOV.cn", "12371.cn"]},
        LINK_GROUPS={"中央": [["共产党员网", "https://www.12371.cn/"]]},
        TOP_LINKS=[("联系我们", "/contact.html"), ("首页", "/")],
        HOT_WORDS="党建、人才",
        EMBLEM={"image": "/_site/emblem.png", "alt": "徽标"},
    )
    assert found.home == Home(latest=8, notices="tzgg", blocks=("pldj/jcdj", "rcgz"))
    assert found.external_links == ExternalLinks("notice", ("gov.cn", "12371.cn"))
    assert found.link_groups == (
        NamedLinks("中央", (NamedLink("共产党员网", "https://www.12371.cn/"),)),
    )
    assert [link.url for link in found.top_links] == ["contact.html", "index.html"]
    assert found.hot_words == ("党建", "人才")
    assert found.emblem == PictureRef("_site/emblem.png", "徽标")


def test_grey_days_last_to_their_end() -> None:
    days = office(GRAYSCALE=["2026-12-13", date(2026, 12, 13)])
    assert days.is_gray(datetime(2026, 12, 13, 23, 59, tzinfo=SHANGHAI))
    assert not days.is_gray(datetime(2026, 12, 14, tzinfo=SHANGHAI))
    assert office(GRAYSCALE=True).is_gray(datetime(2026, 1, 1, tzinfo=SHANGHAI))


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-24 10:00",
        datetime(2026, 11, 24, 10),  # noqa: DTZ001 — what an office may well write
        datetime(2026, 11, 24, 10, tzinfo=SHANGHAI),
    ],
)
def test_the_clock_can_be_fixed(value: object) -> None:
    assert office(BUILD_AT=value).build_at == datetime(2026, 11, 24, 10, tzinfo=SHANGHAI)


def test_pelicans_own_settings_are_known() -> None:
    office(
        TIMEZONE="Asia/Shanghai",
        DEFAULT_LANG="zh",
        FEED_DOMAIN="https://x.cn",
        AUTHOR="甲",
        DIRECT_TEMPLATES=["index", "news"],
        NEWS_SAVE_AS="news.html",
        _HIDDEN=1,
        lower=2,
    )


def test_another_plugins_settings_are_only_doubted() -> None:
    _, problems = read_office({**NAMES, "PLUGINS": ["dangjian", "other"], "OTHER_PLUGIN_X": 1})
    assert [problem.level for problem in problems] == ["warning"]


def test_a_wrong_setting_takes_its_default() -> None:
    found, problems = read_office({**NAMES, "PAGE_SIZE": "many", "WORKERS": 2})
    assert len(problems) == 1
    assert (found.page_size, found.workers) == (20, 2)


def test_lines_are_found_through_the_imported_settings(tmp_path: Path) -> None:
    (tmp_path / "pelicanconf.py").write_text(
        'A = 1\nHOME = {\n    "latest": 3,\n    "blocks": [\n'
        '        "甲",\n        "乙",\n    ],\n}\n'
        "if A:\n    B: int = 2\nC, D = 3, 4\n",
        "utf-8",
    )
    publish = tmp_path / "publishconf.py"
    publish.write_text("import os\nfrom pelicanconf import *\nA = 2\n", "utf-8")
    lines = SettingsFile(publish)
    assert lines.place("A") == ("publishconf.py", 3)
    assert lines.place("HOME", "blocks", 1) == ("pelicanconf.py", 6)
    assert lines.place("HOME", "videos") == ("pelicanconf.py", 2)
    assert lines.place("B") == ("pelicanconf.py", 10)
    assert lines.place("D") == ("pelicanconf.py", 11)
    assert lines.place("NOWHERE") == ("publishconf.py", 0)


def test_settings_that_import_each_other_end(tmp_path: Path) -> None:
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text("from two import *\nA = 1\n", "utf-8")
    two.write_text("from one import *\nB = 1\n", "utf-8")
    assert SettingsFile(one).assigned.keys() == {"A", "B"}
