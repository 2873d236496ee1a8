"""Columns written wrongly."""

from tests.invalid.articles import Case


def column(text: str, line: int, says: str) -> Case:
    """A ``_column.md`` with the given head, which begins on line 2."""
    return Case(f"---\n{text}\n---\n", line, says, "jcdj/_column.md")


COLUMNS = (
    column("网址名: jcdj", 1, "名称（name）没有写，请在文件头里写，例如 名称: 基层党建"),
    column("名称:", 2, "名称（name）是空的"),
    column("名称: ——", 2, "里没有文字"),
    column("名称: 基层党建\n网址名: 基层", 3, "只能用小写字母"),
    column("名称: 基层党建\nslug: JC DJ", 3, "例如 jc-dj"),
    column("名称: 基层党建\n更新类别: 每天", 3, "只能写：动态（dynamic）、公告（notice）"),
    column("名称: 基层党建\nfreshness: daily", 3, "只能写：动态（dynamic）"),
    column("名称: 基层党建\n次序: 第一", 3, "要写 -9999 到 9999 的整数"),
    column("名称: 基层党建\n导航: 不", 3, "只能写 是 或 否"),
    column("名称: 基层党建\n排序: 3", 3, "是不是要写 次序（order）？"),
    column("名称: 基层党建\n描述: 甲", 3, "是不是要写 说明（description）？"),
    column("名称: 基层党建\nname: 甲", 3, "“名称”和“name”是同一项"),
    column(f"名称: {'长' * 61}", 2, "最多 60 个"),
    Case("基层党建\n", 1, "接着写“名称: ……”，再写一行", "jcdj/_column.md"),
    Case("---\n\n---\n", 1, "至少要写“名称: ……”", "jcdj/_column.md"),
    column("名称：甲\n类型：乙", 3, "是不是要写 栏目类型（type）？"),
)
