"""What an article's dates make of it: a notice's period, a document's validity, not yet public."""

from datetime import datetime

from dangjian.content.archive import Item
from dangjian.rendering import views
from dangjian.schema.entry import Entry

NOTICE_LABELS = {"upcoming": "未开始", "open": "进行中", "closed": "已结束"}


def notice_status(entry: Entry, now: datetime) -> str:
    """Where a notice is in its period: upcoming, open, closed; empty without a period."""
    if entry.notice_start is None and entry.notice_end is None:
        return ""
    if entry.notice_start is not None and now < entry.notice_start:
        return "upcoming"
    if entry.notice_end is not None and now >= entry.notice_end:
        return "closed"
    return "open"


def notice_due(entry: Entry, now: datetime) -> str:
    """The day that matters to those who would take part: when a notice ends, or begins."""
    status = notice_status(entry, now)
    if status == "open" and entry.notice_end is not None:
        return f"{_short_day(entry.notice_end, entry.date)}截止"
    if status == "upcoming" and entry.notice_start is not None:
        return f"{_short_day(entry.notice_start, entry.date)}开始"
    return ""


def _short_day(moment: datetime, published: datetime) -> str:
    """12月18日, with its year unless it is the one in which the notice was published."""
    year = "" if moment.year == published.year else f"{moment.year}年"
    return f"{year}{moment.month}月{moment.day}日"


def notice_of(entry: Entry, now: datetime) -> views.Notice | None:
    if entry.type != "notice":
        return None
    status = notice_status(entry, now)
    return views.Notice(
        start=_day(entry.notice_start),
        end=_day(entry.notice_end),
        status=status,
        label=NOTICE_LABELS.get(status, ""),
        contact=entry.contact,
        report_phone=entry.report_phone,
    )


def validity_of(entry: Entry, now: datetime) -> views.Validity | None:
    """The banner of a document that is, or is not, in force."""
    if entry.validity is None:
        return None
    if entry.validity == "有效":
        if entry.effective is not None and entry.effective > now:
            return views.Validity("有效", f"本文件自{_day(entry.effective)}起施行")
        return views.Validity("有效", "")
    since = f"，自{_day(entry.repealed)}起不再执行" if entry.repealed else ""
    return views.Validity(entry.validity, f"本文件已{entry.validity}{since}")


def held_label(item: Item) -> str:
    """What the preview says of an article that is not public: why, and until when."""
    if item.held == "draft":
        return "草稿，还没有发布"
    if item.held == "scheduled":
        return f"{item.entry.date:%Y-%m-%d %H:%M} 起公开"
    if item.held == "expired" and item.entry.expires is not None:
        return f"已过有效期（{item.entry.expires:%Y-%m-%d}），不再公开"
    return ""


def document_rows(entry: Entry) -> tuple[tuple[str, str], ...]:
    """A document's metadata table (索引号, 发文机关, …); only rows that have something to say."""
    if entry.type != "document":
        return ()
    rows = (
        ("索引号", entry.index_number),
        ("主题分类", entry.topic),
        ("发文机关", entry.issuer_org),
        ("成文日期", _day(entry.issued)),
        ("发文字号", entry.doc_number),
        ("发布日期", f"{entry.date:%Y-%m-%d}"),
        ("责任部门", entry.dept),
        ("公开形式", entry.publicity),
        ("施行日期", _day(entry.effective)),
        ("废止日期", _day(entry.repealed)),
        ("有效性", entry.validity or ""),
        ("主题词", " ".join(entry.keywords)),
    )
    return tuple((label, value) for label, value in rows if value)


def _day(moment: datetime | None) -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日" if moment else ""
