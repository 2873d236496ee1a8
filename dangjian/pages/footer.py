"""The footer's items (底部功能区): everything the office has set, and nothing it has not.

The fields are those that inspections of official sites look for: 主办单位, 联系方式, 网站标识码,
ICP 备案号, 公安备案, 党政机关网站标识, 找错入口. Where each leads is what sites in use link to.
"""

import re
from collections.abc import Callable
from urllib.parse import quote

from dangjian.rendering.views import FooterItem, Picture
from dangjian.schema.refs import PictureRef
from dangjian.settings import Office

_ICP_REGISTER = "https://beian.miit.gov.cn/"
_POLICE_REGISTER = "https://beian.mps.gov.cn/#/query/webSearch?code="
_CORRECTIONS = "https://zfwzgl.www.gov.cn/exposure/jiucuo.html"


def footer_items(
    office: Office, picture: Callable[[PictureRef], Picture | None]
) -> tuple[FooterItem, ...]:
    """The items in the order of the page: who, how to reach them, registrations, badges.

    ``picture`` gives a picture as published, or None when it can't be shown.
    """
    texts = [
        ("版权所有", office.owner, ""),
        ("承办单位", office.organizer, ""),
        ("联系电话", office.phone, f"tel:{office.phone}" if _callable(office.phone) else ""),
        ("电子邮箱", office.email, f"mailto:{office.email}"),
        ("地址", office.address, ""),
        ("技术支持", office.tech_support, ""),
        (
            "网上有害信息举报电话",
            office.report_phone,
            f"tel:{office.report_phone}" if _callable(office.report_phone) else "",
        ),
        ("举报邮箱", office.report_email, f"mailto:{office.report_email}"),
        ("网站标识码", office.site_id_code, ""),
        ("", office.icp, _ICP_REGISTER),
        ("", office.police_beian, _police_url(office.police_beian)),
        ("", "我为政府网站找错" if office.site_id_code else "", _corrections_url(office)),
    ]
    items = [FooterItem(label, text, url) for label, text, url in texts if text]
    return (*items, *_badges(office, picture))


def _badges(office: Office, picture: Callable[[PictureRef], Picture | None]) -> list[FooterItem]:
    items: list[FooterItem] = []
    if office.conac is not None and (badge := picture(office.conac.image)) is not None:
        items.append(FooterItem("党政机关网站标识", "", office.conac.url, badge))
    if office.wechat_qr is not None and (code := picture(office.wechat_qr)) is not None:
        items.append(FooterItem("微信公众号", "", "", code))
    return items


def _callable(phone: str) -> bool:
    """Whether a phone can dial it as it is (an extension in words can't be)."""
    return re.fullmatch(r"\+?[0-9-]+", phone) is not None


def _police_url(registration: str) -> str:
    number = re.search(r"\d{14}", registration)
    return _POLICE_REGISTER + number[0] if number else ""


def _corrections_url(office: Office) -> str:
    site = quote(office.url, safe="")
    return f"{_CORRECTIONS}?site_code={office.site_id_code}&url={site}"
