"""The footer: every item that is set, and none that is not."""

from dangjian.pages.footer import footer_items
from dangjian.rendering.views import Picture
from dangjian.schema.refs import PictureRef
from dangjian.settings import Badge, Office

FULL = Office(
    name="示例市党建网",
    url="https://dj.example.gov.cn",
    owner="中共示例市委组织部",
    organizer="示例市党员教育中心",
    site_id_code="6208000001",
    icp="陇ICP备08000414号-2",
    police_beian="甘公网安备 62080202000119号",
    conac=Badge(PictureRef("_site/conac.png", "党政机关网站标识"), "https://bszs.conac.cn/x"),
    phone="0933-1234567",
    email="a@example.gov.cn",
    address="示例市人民路 1 号",
    tech_support="示例公司",
    report_phone="12388 转 1",
    report_email="b@example.gov.cn",
    wechat_qr=PictureRef("_site/weixin.png", "公众号二维码"),
)


def shown(ref: PictureRef) -> Picture | None:
    return Picture(f"media/{ref.src}", 100, 100, ref.alt)


def missing(_: PictureRef) -> Picture | None:
    return None


def test_all_items_with_where_they_lead() -> None:
    items = footer_items(FULL, shown)
    assert [(item.label, item.text, item.url) for item in items] == [
        ("版权所有", "中共示例市委组织部", ""),
        ("承办单位", "示例市党员教育中心", ""),
        ("联系电话", "0933-1234567", "tel:0933-1234567"),
        ("电子邮箱", "a@example.gov.cn", "mailto:a@example.gov.cn"),
        ("地址", "示例市人民路 1 号", ""),
        ("技术支持", "示例公司", ""),
        ("网上有害信息举报电话", "12388 转 1", ""),
        ("举报邮箱", "b@example.gov.cn", "mailto:b@example.gov.cn"),
        ("网站标识码", "6208000001", ""),
        ("", "陇ICP备08000414号-2", "https://beian.miit.gov.cn/"),
        (
            "",
            "甘公网安备 62080202000119号",
            "https://beian.mps.gov.cn/#/query/webSearch?code=62080202000119",
        ),
        (
            "",
            "我为政府网站找错",
            (
                "https://zfwzgl.www.gov.cn/exposure/jiucuo.html"
                "?site_code=6208000001&url=https%3A%2F%2Fdj.example.gov.cn"
            ),
        ),
        ("党政机关网站标识", "", "https://bszs.conac.cn/x"),
        ("微信公众号", "", ""),
    ]
    assert [item.picture is not None for item in items] == [False] * 12 + [True] * 2


def test_nothing_set_shows_nothing() -> None:
    assert footer_items(Office(), shown) == ()


def test_a_party_office_without_a_code_has_no_corrections_link() -> None:
    items = footer_items(Office(owner="中共示例市委组织部", icp="陇ICP备08000414号-2"), shown)
    assert [item.text for item in items] == ["中共示例市委组织部", "陇ICP备08000414号-2"]


def test_a_badge_whose_picture_is_missing_is_left_out() -> None:
    assert all(item.picture is None for item in footer_items(FULL, missing))
    assert len(footer_items(FULL, missing)) == 12
