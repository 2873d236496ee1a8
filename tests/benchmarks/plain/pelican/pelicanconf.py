"""The benchmark's plain site for stock Pelican: what pelican-quickstart sets for publishing."""

AUTHOR = "中共示例市委组织部"
SITENAME = "示例市党建网"
SITEURL = "https://example.org"
PATH = "content"
TIMEZONE = "Asia/Shanghai"
DEFAULT_LANG = "zh"
DEFAULT_PAGINATION = 20
THEME = "theme"
STATIC_PATHS = ["media"]
SLUGIFY_USE_UNICODE = True
DELETE_OUTPUT_DIRECTORY = True
FEED_ALL_ATOM = "feeds/all.atom.xml"
CATEGORY_FEED_ATOM = "feeds/{slug}.atom.xml"
FEED_RSS = "feeds/all.rss.xml"
