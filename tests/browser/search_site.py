"""A small site to search in: thirty articles in a tree of columns, over five years."""

from pathlib import Path

from tests.sites import Site, article, column

MANY = 24


def _files() -> dict[str, str]:
    files = {
        "content/dj/_column.md": column("党建工作", order=1),
        "content/dj/jc/_column.md": column("基层党建", order=1),
        "content/dj/nc/_column.md": column("农村党建", order=2),
        "content/gg/_column.md": column("公告公示", order=2),
        "content/dj/jc/dianti.md": article(
            "老旧小区装上电梯",
            "2021-05-06 09:00",
            "楼道党小组挨家上门，**电梯**装上了。\n\n居民说，这部电梯修到了心坎上。\n\n"
            "| 楼栋 | 层数 |\n|--|--|\n| 三号 | 六 |\n\n一楼住户也赞成。",
            source="示例日报",
            keywords=["加装电梯"],
        ),
        "content/dj/jc/shequ.md": article(
            "社区减负",
            "2022-03-01 10:00",
            "社区证明减到七项，书记说减负要见实效。Party-building 2022年第3期。",
            source="《示例组工》",
        ),
        "content/dj/nc/yexiao.md": article(
            "村干部夜校开课",
            "2023-08-09 20:00",
            "农技员当老师，夜校讲的是社区里用得上的本事。",
            source="示例日报",
        ),
        "content/gg/gongshi.md": article(
            "任前公示",
            "2024-01-10 08:00",
            "现将拟任职人员公示如下，社区群众可以反映情况。",
            type="notice",
            notice_start="2024-01-10",
            notice_end="2024-01-16",
        ),
        "content/dj/nc/shuiqu.md": article(
            "修好水渠，浇上春水",
            "2020-04-02 07:30",
            "春耕以前，水渠修好了。<b>粗体</b> & “四个三”机制写进村规。\n\n水渠通水，皆大欢喜。",
        ),
    }
    for number in range(MANY):
        files[f"content/dj/huiyi{number:02}.md"] = article(
            f"第{number + 1}次工作例会",
            f"2020-{number % 12 + 1:02}-11 09:{number:02}",
            f"例会听取了{number + 1}项汇报。会议要求抓好落实。",
        )
    return files


def build_search_site(folder: Path) -> Path:
    """Build the site; returns its output folder."""
    site = Site(folder, _files(), {"HOT_WORDS": ["社区", "电梯"]})
    built = site.build()
    assert not built.errors, built.errors
    return built.output
