"""本站的设置。改完保存，重新预览即可看到；写错了会指出第几行、应当怎样写。"""

from typing import Any

# ---- 网站 ----
SITENAME = "示例市党建网"
SITEURL = "http://127.0.0.1:8000"  # 预览用；正式网址写在 publishconf.py
OWNER = "中共示例市委组织部"  # 主办单位，也是文章的默认来源
ORGANIZER = "示例市党员教育中心"  # 承办单位
SITE_DESCRIPTION = "中共示例市委组织部主办，发布全市组织工作动态、公示公告和政策文件。"
SITE_KEYWORDS = ["示例市", "党建", "组织工作", "公示公告", "政策文件"]
PROFILE = "party"  # party 党的机关；gov 政府网站（还要写 SITE_ID_CODE）
DEFAULT_EDITOR = ""  # 文章没有写责任编辑时用
BREADCRUMB_LABEL = "您当前所在位置"

# ---- 页脚。没有的留空，页脚就不显示 ----
ICP = "示ICP备00000000号-1"
POLICE_BEIAN = "示公网安备 00000000000000号"
PHONE = "0000-1230000"
EMAIL = "bianji@example.com"
ADDRESS = "示例市文化路1号"
TECH_SUPPORT = "示例市党员教育中心"
REPORT_PHONE = "0000-1230099"
REPORT_EMAIL = "jubao@example.com"
FOOTER_LINKS = [
    ["关于本站", "about.html"],
    ["联系我们", "contact.html"],
    ["网站声明", "disclaimer.html"],
    ["使用指南", "zhinan/index.html"],
]

# ---- 图片。放在 content/_site/ 里，由本单位提供 ----
EMBLEM = {"image": "_site/emblem.png", "alt": "示例市党建网标志"}
WECHAT_QR = {"image": "_site/weixin.png", "alt": "微信公众号二维码（样稿）"}

# ---- 外观 ----
MASTHEAD = "solemn"  # solemn 庄重；festive 喜庆
GRAYSCALE = False  # 哀悼日写 True，或者首尾两天，例如 ["2026-12-13", "2026-12-13"]

# ---- 首页 ----
HOME: dict[str, Any] = {
    "headline": True,
    "latest": 10,
    "slides": 5,
    "photos": 4,
    "videos": 2,
    "specials": 2,
    "notices": "gonggao",
    "blocks": [
        "dangjian/jiceng",
        "dangjian/chengshi",
        "dangjian/nongcun",
        "ganbu",
        "rencai",
        "jiaoyu/fengcai",
        "zhengce",
    ],
}
HOT_WORDS = ["三会一课", "党群服务中心", "社区工作者", "组织关系", "驻村"]
LINK_GROUPS = {
    "中央有关网站": [
        ["共产党员网", "https://www.12371.cn/"],
        ["中国共产党新闻网", "http://cpc.people.com.cn/"],
        ["求是网", "http://www.qstheory.cn/"],
        ["中国政府网", "https://www.gov.cn/"],
    ],
    "新闻媒体": [
        ["人民网", "http://www.people.com.cn/"],
        ["新华网", "https://www.xinhuanet.com/"],
    ],
}
EXTERNAL_LINKS = {  # notice：离开本站时提示；off：不提示。allow 里的网站不提示
    "mode": "notice",
    "allow": ["gov.cn", "12371.cn", "people.com.cn", "qstheory.cn", "xinhuanet.com"],
}

# ---- 列表和订阅 ----
PAGE_SIZE = 20
FEED_SIZE = 30

# ---- 以下由管理员维护 ----
PATH = "content"
OUTPUT_PATH = "output"
THEME = "theme"
PLUGINS = ["dangjian"]
TIMEZONE = "Asia/Shanghai"
DEFAULT_LANG = "zh-CN"
