"""What an office sets in ``pelicanconf.py``: the one typed model of its settings.

As with articles, checking and the administrators' reference table come from the annotations.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal, get_args, get_type_hints

from msgspec import Struct

from dangjian.schema import forms
from dangjian.schema.refs import PictureRef
from dangjian.settings import values
from dangjian.settings.destinations import Destination, LocalFolder, destinations
from dangjian.settings.site_address import site_url
from dangjian.settings.values import NamedLink, NamedLinks, Reading, SettingLocation


class Setting(Struct, frozen=True):
    """A setting's name in the file, its Chinese name, what it is for, and how it is read."""

    name: str
    zh: str
    about: str
    read: Reading
    example: str = ""


class Home(Struct, frozen=True):
    """What the home page shows: how many of each, and from which columns."""

    headline: bool = True
    latest: int = 10
    slides: int = 5
    photos: int = 6
    videos: int = 3
    specials: int = 4
    notices: str = ""
    blocks: tuple[str, ...] = ()


class ExternalLinks(Struct, frozen=True):
    """Whether leaving the site is announced, and for which sites never."""

    mode: Literal["off", "notice"] = "off"
    allow: tuple[str, ...] = ()


class Badge(Struct, frozen=True):
    """The 党政机关网站标识: a picture that leads to its certificate."""

    image: PictureRef
    url: str


_HOME: Final[dict[str, Reading]] = {
    "headline": values.read_bool,
    "latest": values.number(0, 50),
    "slides": values.number(0, 20),
    "photos": values.number(0, 20),
    "videos": values.number(0, 20),
    "specials": values.number(0, 20),
    "notices": values.text,
    "blocks": values.words,
}
_EXTERNAL: Final[dict[str, Reading]] = {
    "mode": values.choice("off", "notice"),
    "allow": values.hosts,
}
_CONAC: Final[dict[str, Reading]] = {
    "image": values.picture_file,
    "url": values.path_or_url,
    "alt": values.text,
}


def _home(value: Any, place: SettingLocation) -> Home:
    return Home(**values.members(value, place, _HOME))


def _external(value: Any, place: SettingLocation) -> ExternalLinks:
    return ExternalLinks(**values.members(value, place, _EXTERNAL))


def _conac(value: Any, place: SettingLocation) -> Badge | None:
    if not value:
        return None
    noted = len(place.problems)
    found: Mapping[str, str] = values.members(value, place, _CONAC)
    if len(place.problems) > noted:
        return None
    if not found.get("image") or not found.get("url", "").startswith("http"):
        place.note(f'{place.label}要写全 {{"image": "图片文件", "url": "https://bszs.conac.cn/…"}}')
        return None
    return Badge(PictureRef(found["image"], found.get("alt") or "党政机关网站标识"), found["url"])


class Office(Struct, frozen=True, kw_only=True):
    """An office's settings, checked and typed. Pictures are relative to ``content/``."""

    name: Annotated[str, Setting("SITENAME", "站名", "网站名称", values.text, "示例市党建网")] = (
        "未命名网站"
    )
    url: Annotated[
        str,
        Setting(
            "SITEURL", "网址", "网站的网址，末尾不加斜线；发布时必写", site_url,
            "https://dj.example.gov.cn",
        ),
    ] = ""  # fmt: skip
    owner: Annotated[
        str, Setting("OWNER", "主办单位", "也是文章的默认来源", values.text, "中共示例市委组织部")
    ] = ""
    organizer: Annotated[str, Setting("ORGANIZER", "承办单位", "页脚显示", values.text)] = ""
    description: Annotated[
        str, Setting("SITE_DESCRIPTION", "网站说明", "一句话说明网站", values.text)
    ] = ""
    keywords: Annotated[
        tuple[str, ...], Setting("SITE_KEYWORDS", "网站关键词", "几个词", values.words)
    ] = ()
    site_id_code: Annotated[
        str,
        Setting(
            "SITE_ID_CODE", "网站标识码", "政府网站标识码；党的机关一般没有",
            values.form(
                forms.SITE_ID_CODE, f"bm00000000 或 {forms.SITE_ID_CODE_EXAMPLE}", "warning"
            ),
            forms.SITE_ID_CODE_EXAMPLE,
        ),
    ] = ""  # fmt: skip
    profile: Annotated[
        Literal["party", "gov"],
        Setting("PROFILE", "单位性质", "party 党的机关，gov 政府网站（检查更严）",
                values.choice("party", "gov"), "party"),
    ] = "party"  # fmt: skip
    icp: Annotated[
        str,
        Setting(
            "ICP", "ICP 备案号", "页脚显示，链到工信部备案网站",
            values.form(forms.ICP, forms.ICP_EXAMPLE), forms.ICP_EXAMPLE,
        ),
    ] = ""  # fmt: skip
    police_beian: Annotated[
        str,
        Setting(
            "POLICE_BEIAN", "公安备案号", "页脚显示，链到公安备案网站",
            values.form(forms.POLICE_BEIAN, forms.POLICE_BEIAN_EXAMPLE), forms.POLICE_BEIAN_EXAMPLE,
        ),
    ] = ""  # fmt: skip
    conac: Annotated[
        Badge | None,
        Setting("CONAC", "党政机关网站标识", "标识图片和证书地址", _conac,
                '{"image": "_site/conac.png", "url": "https://bszs.conac.cn/…"}'),
    ] = None  # fmt: skip
    phone: Annotated[str, Setting("PHONE", "联系电话", "页脚显示", values.phone)] = ""
    email: Annotated[str, Setting("EMAIL", "电子邮箱", "页脚显示", values.email)] = ""
    address: Annotated[str, Setting("ADDRESS", "地址", "页脚显示", values.text)] = ""
    tech_support: Annotated[str, Setting("TECH_SUPPORT", "技术支持", "页脚显示", values.text)] = ""
    report_phone: Annotated[
        str,
        Setting("REPORT_PHONE", "举报电话", "有害信息举报电话", values.phone, forms.PHONE_EXAMPLE),
    ] = ""
    report_email: Annotated[
        str, Setting("REPORT_EMAIL", "举报邮箱", "有害信息举报邮箱", values.email)
    ] = ""
    wechat_qr: Annotated[
        PictureRef | None,
        Setting("WECHAT_QR", "公众号二维码", "图片和文字说明", values.picture,
                '{"image": "_site/weixin.png", "alt": "公众号二维码"}'),
    ] = None  # fmt: skip
    emblem: Annotated[
        PictureRef | None,
        Setting("EMBLEM", "徽标", "报头的徽标，由本单位提供", values.picture,
                '{"image": "_site/emblem.png", "alt": "徽标"}'),
    ] = None  # fmt: skip
    masthead: Annotated[
        Literal["solemn", "festive"],
        Setting("MASTHEAD", "报头样式", "solemn 庄重，festive 喜庆",
                values.choice("solemn", "festive"), "solemn"),
    ] = "solemn"  # fmt: skip
    grayscale: Annotated[
        bool | tuple[datetime, datetime],
        Setting("GRAYSCALE", "置灰", "哀悼日置灰：True，或首尾两天", values.grayscale,
                '["2026-12-13", "2026-12-13"]'),
    ] = False  # fmt: skip
    home: Annotated[
        Home,
        Setting("HOME", "首页", "首页各块显示几条、哪些栏目", _home,
                '{"latest": 10, "notices": "gonggao", "blocks": ["dangjian/jiceng"]}'),
    ] = Home()  # fmt: skip
    link_groups: Annotated[
        tuple[NamedLinks, ...],
        Setting("LINK_GROUPS", "友情链接", "分组的链接", values.link_groups,
                '{"中央": [["共产党员网", "https://www.12371.cn/"]]}'),
    ] = ()  # fmt: skip
    top_links: Annotated[
        tuple[NamedLink, ...], Setting("TOP_LINKS", "页顶链接", "页面最上方的链接", values.links)
    ] = ()
    footer_links: Annotated[
        tuple[NamedLink, ...],
        Setting("FOOTER_LINKS", "页脚链接", "页脚的链接", values.links,
                '[["联系我们", "contact.html"]]'),
    ] = ()  # fmt: skip
    hot_words: Annotated[
        tuple[str, ...], Setting("HOT_WORDS", "热搜词", "搜索页上的词", values.words)
    ] = ()
    external_links: Annotated[
        ExternalLinks,
        Setting("EXTERNAL_LINKS", "离站提示", "离开本站时是否提示，哪些网站不提示", _external,
                '{"mode": "notice", "allow": ["gov.cn", "12371.cn"]}'),
    ] = ExternalLinks()  # fmt: skip
    page_size: Annotated[
        int, Setting("PAGE_SIZE", "每页条数", "列表每页几条", values.number(5, 100), "20")
    ] = 20
    feed_size: Annotated[
        int,
        Setting("FEED_SIZE", "订阅条数", "每个订阅源至少几条；最近三天的总在其中",
                values.number(1, 200), "30"),
    ] = 30  # fmt: skip
    feed_authority: Annotated[
        str,
        Setting(
            "FEED_AUTHORITY", "订阅的固定域名",
            "订阅靠它认文章，换了网址也不改；不写就用 SITEURL 的域名",
            values.form(forms.DOMAIN, "dj.example.gov.cn"), "dj.example.gov.cn",
        ),
    ] = ""  # fmt: skip
    ignored_keys: Annotated[
        tuple[str, ...],
        Setting("IGNORED_KEYS", "不要的名称",
                "文件头里这些名称一律略去，不提示（从别的系统搬来的稿子）",
                values.words, '["comments", "toc"]'),
    ] = ()  # fmt: skip
    default_editor: Annotated[
        str, Setting("DEFAULT_EDITOR", "默认责任编辑", "文章没写责任编辑时用", values.text)
    ] = ""
    breadcrumb_label: Annotated[
        str, Setting("BREADCRUMB_LABEL", "位置导航的开头", "面包屑前的文字", values.text)
    ] = "您当前所在位置"
    line_breaks: Annotated[
        Literal["auto", "paragraph", "join"],
        Setting("LINE_BREAKS", "换行", "单个换行：auto 自动，paragraph 一行一段，join 连成一段",
                values.choice("auto", "paragraph", "join"), "auto"),
    ] = "auto"  # fmt: skip
    archive_date: Annotated[
        datetime | None,
        Setting(
            "ARCHIVE_DATE", "存档日期",
            "更早的是旧文章：外站图片改成链接，图片缺说明只提醒",
            values.moment, '"2020-01-01"',
        ),
    ] = None  # fmt: skip
    picture_sizes: Annotated[
        bool,
        Setting("PICTURE_SIZES", "图片的各种宽度",
                "每张图做成几种宽度和 AVIF；不写时发布才做，预览和 build 不做",
                values.read_bool, "True"),
    ] = False  # fmt: skip
    build_at: Annotated[
        datetime | None,
        Setting("BUILD_AT", "构建时间", "固定“现在”，测试用", values.moment, '"2026-11-24 10:00"'),
    ] = None
    workers: Annotated[
        int, Setting("WORKERS", "并行数", "几个进程一起生成，0 为自动", values.number(0, 64), "0")
    ] = 0

    def picture_files(self) -> tuple[str, ...]:
        """The pictures the settings name, relative to ``content/``."""
        named = (self.emblem, self.wechat_qr, self.conac.image if self.conac else None)
        return tuple(picture.src for picture in named if picture is not None)

    def is_gray(self, now: datetime) -> bool:
        """Whether pages are grey at a moment."""
        if isinstance(self.grayscale, bool):
            return self.grayscale
        start, end = self.grayscale
        return start <= now <= end


class PublishOptions(Struct, frozen=True, kw_only=True):
    """Where a site goes live and what happens then. Folders are as written, often relative."""

    to: Annotated[
        tuple[Destination, ...],
        Setting("PUBLISH_TO", "发布位置",
                "正式网站所在的文件夹，由 publish 换上；也可以是另一台机器，或几处的列表",
                destinations, '"/srv/www/portal"'),
    ] = (LocalFolder("public"),)  # fmt: skip
    releases: Annotated[
        str,
        Setting(
            "RELEASES_PATH", "旧版本位置",
            "旧版本和发布记录放在哪里：与发布位置在同一个磁盘，网页服务器访问不到；一般不用写",
            values.folder, "/srv/portal-releases",
        ),
    ] = ""  # fmt: skip
    after: Annotated[
        tuple[tuple[str, ...], ...],
        Setting("AFTER_PUBLISH", "发布后的命令",
                "线上网站有变化以后运行的命令，或通知的网址；几个的写成列表的列表", values.commands,
                '["systemctl", "reload", "nginx"]'),
    ] = ()  # fmt: skip
    certificate: Annotated[
        tuple[str, str],
        Setting(
            "HTTPS_CERTIFICATE", "证书", "网页服务器上的证书和私钥文件；前面另有一层处理的不写",
            values.file_pair, '["/etc/nginx/portal.crt", "/etc/nginx/portal.key"]',
        ),
    ] = ("", "")  # fmt: skip
    ssh: Annotated[
        tuple[str, ...],
        Setting("SSH_COMMAND", "ssh 命令", "发布到另一台机器时用的 ssh，可以带选项", values.command,
                '["ssh", "-i", "/etc/portal/id_ed25519"]'),
    ] = ("ssh",)  # fmt: skip
    signing_key: Annotated[
        str,
        Setting("SIGNING_KEY", "签名密钥", "给传到另一个网络的文件签名的 ssh 私钥", values.folder,
                "/home/portal/.ssh/id_ed25519"),
    ] = ""  # fmt: skip
    allowed_signers: Annotated[
        str,
        Setting("ALLOWED_SIGNERS", "可信的签名", "写着谁的签名可信的文件：一行一个，先名称，再公钥",
                values.folder, "allowed_signers"),
    ] = "allowed_signers"  # fmt: skip
    access_log: Annotated[
        str,
        Setting(
            "ACCESS_LOG", "访问日志", "nginx 把本站的访问日志写到哪里；不写的，照 nginx 原来的设置",
            values.server_file, "/var/log/portal/access.log",
        ),
    ] = ""  # fmt: skip
    on_problem: Annotated[
        tuple[str, ...],
        Setting("ON_PROBLEM", "出错时的命令", "没有发布成，或有文章没有发布时运行", values.command,
                '["mail", "-s", "网站发布有问题", "guanli@example.com"]'),
    ] = ()  # fmt: skip


def _settings(model: type[Struct]) -> dict[str, Setting]:
    hints = get_type_hints(model, include_extras=True)
    return {
        field: next(mark for mark in get_args(hint) if isinstance(mark, Setting))
        for field, hint in hints.items()
    }


SETTINGS: Final[Mapping[str, Setting]] = _settings(Office)
"""Each field of ``Office`` with its setting, in the model's order."""

PUBLISH_SETTINGS: Final[Mapping[str, Setting]] = _settings(PublishOptions)
"""Each field of ``PublishOptions`` with its setting."""


def named_pictures(office: Office) -> list[tuple[str, PictureRef]]:
    """The pictures that settings name, each with its setting; their files lie below content/."""
    named = [
        ("EMBLEM", office.emblem),
        ("WECHAT_QR", office.wechat_qr),
        ("CONAC", office.conac.image if office.conac else None),
    ]
    return [(name, picture) for name, picture in named if picture is not None]
