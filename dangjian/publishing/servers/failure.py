"""What a reader sees when a server itself fails: Chinese words, without a file of the site's."""

FAILURE_PAGE = (
    "<!DOCTYPE html><html lang=zh-CN><meta charset=utf-8>"
    "<meta name=viewport content='width=device-width'><title>网页暂时打不开</title>"
    "<h1>网页暂时打不开</h1><p>服务器没有办成这次请求，请过一会儿再试；"
    "仍然打不开的，请告诉网站管理员。</p><p><a href='{home}'>返回首页</a></p></html>"
)


def failure_page(home: str) -> str:
    """The page, with a link to the site's front at ``home``; no double quotes, no ``$``."""
    return FAILURE_PAGE.replace("{home}", home)
