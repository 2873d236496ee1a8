"""The colours and sizes of type of a theme, read from its style sheet, and their contrast.

Nothing here is typed from the style sheet by hand: what it says is what is shown and tested.
"""

from typing import Final

from msgspec import Struct

from dangjian.common.patterns import regex

Tokens = dict[str, str]

MODES: Final = ("标准", "深色", "高对比度", "灰色（悼念）")
"""Display modes, in the order of ``ColourPair.swatches``."""
LAYOUTS: Final = ("电脑", "手机", "长辈版", "长辈版手机")
"""Layouts, in the order of ``TypeSize.pixels``."""
TEXT, LARGE_OR_EDGE = 4.5, 3.0
"""Least contrast of text, and of large type, edges of controls and rings (WCAG 1.4.3, 1.4.11)."""

PAIRS: Final = (
    ("正文", "ink", "ground", TEXT),
    ("浅底上的字", "ink", "paper", TEXT),
    ("色块里的字", "ink", "tint", TEXT),
    ("搜到的词", "ink", "hit", TEXT),
    ("时间、说明", "soft", "ground", TEXT),
    ("浅底上的说明", "soft", "paper", TEXT),
    ("色块里的说明", "soft", "tint", TEXT),
    ("看过的标题", "visited", "ground", TEXT),
    ("当前位置、移到上面", "red", "ground", TEXT),
    ("浅底上的红字", "red", "paper", TEXT),
    ("进行中、有效", "good", "ground", TEXT),
    ("浅底上的“进行中”", "good", "paper", TEXT),
    ("网站名称", "mast-text", "mast", TEXT),
    ("主办单位", "mast-soft", "mast", TEXT),
    ("“头条”、搜索按钮", "mark-text", "mark", TEXT),
    ("按下的按钮", "ground", "ink", TEXT),
    ("页脚的链接", "foot-text", "foot", TEXT),
    ("页脚的字", "foot-soft", "foot", TEXT),
    ("按钮、输入框的边", "edge", "ground", LARGE_OR_EDGE),
    ("焦点框", "focus", "ground", LARGE_OR_EDGE),
    ("焦点框在色块上", "focus", "tint", LARGE_OR_EDGE),
)
"""Uses, tokens in front and behind, and least contrast."""

_BLOCK = regex(r"([^{}]+)\{([^{}]*)\}")
_TOKEN = regex(r"--([\w-]+):\s*([^;]+)")
_HEX = regex(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
_STANDARD = ":root"
_DARK = ':root[data-theme="dark"]'
_HIGH = ':root[data-contrast="high"][data-contrast="high"]'
_ELDER = "html[data-elder]"
_ROOT_PIXELS = 16


class Swatch(Struct, frozen=True):
    """Two colours of one display mode on each other: hexadecimal, and their contrast (WCAG 2.2).

    ``ratio`` is rounded down to a tenth, as what is only nearly enough is not enough.
    """

    fore: str
    back: str
    ratio: float


class ColourPair(Struct, frozen=True):
    """Two tokens that are shown on each other, what for, and the contrast they have to have.

    ``swatches`` has one for each display mode of the palette.
    """

    use: str
    fore: str
    back: str
    least: float
    swatches: tuple[Swatch, ...]


class TypeSize(Struct, frozen=True):
    """A size of type: its token without ``--fs-``, and pixels by layout (empty where as before)."""

    name: str
    pixels: tuple[str, ...]


def colour_pairs(style: str) -> tuple[ColourPair, ...]:
    """What is shown on what in each of ``MODES``; pairs that the style sheet lacks are left out."""
    blocks = _blocks(style)
    standard = _first(blocks, _STANDARD)
    modes = [
        standard,
        standard | _first(blocks, _DARK),
        standard | _first(blocks, _HIGH),
        {name: grey(value) for name, value in standard.items() if _HEX.fullmatch(value)},
    ]
    found = []
    for use, fore, back, least in PAIRS:
        shown = [(mode.get(fore, ""), mode.get(back, "")) for mode in modes]
        if all(_HEX.fullmatch(colour) for pair in shown for colour in pair):
            swatches = tuple(Swatch(one, other, contrast(one, other)) for one, other in shown)
            found.append(ColourPair(use, fore, back, least, swatches))
    return tuple(found)


def type_sizes(style: str) -> tuple[TypeSize, ...]:
    """The sizes of type in each of ``LAYOUTS``, in CSS pixels."""
    blocks = _blocks(style)
    desktop = _first(blocks, _STANDARD)
    phone = desktop | _first([b for b in blocks if "ground" not in b[1]], _STANDARD)
    elder_blocks = [tokens for selector, tokens in blocks if selector == _ELDER]
    elder = elder_phone = desktop
    for number, tokens in enumerate(elder_blocks):
        elder = elder | tokens if number == 0 else elder
        elder_phone = elder_phone | tokens
    layouts = [desktop, phone, elder, elder_phone]
    names = [name for name in desktop if name.startswith("fs-")]
    return tuple(
        TypeSize(name.removeprefix("fs-"), tuple(_pixels(one[name]) for one in layouts))
        for name in names
    )


def _blocks(style: str) -> list[tuple[str, Tokens]]:
    """Selectors with the tokens that their block sets, in order."""
    found = []
    for selector, body in _BLOCK.findall(style):
        tokens = {name: value.strip() for name, value in _TOKEN.findall(body)}
        if tokens:
            found.append((selector.strip(), tokens))
    return found


def _first(blocks: list[tuple[str, Tokens]], selector: str) -> Tokens:
    return next((tokens for name, tokens in blocks if name == selector), {})


def _pixels(size: str) -> str:
    return f"{float(size.removesuffix('rem')) * _ROOT_PIXELS:g}" if size.endswith("rem") else size


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two hexadecimal colours (WCAG 2.2), rounded down to a tenth."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return int((light + 0.05) / (dark + 0.05) * 10) / 10


def grey(colour: str) -> str:
    """A colour as ``filter: grayscale(1)`` shows it (Filter Effects 1, section 8.1)."""
    red, green, blue = _channels(colour)
    return "#" + f"{round(0.2126 * red + 0.7152 * green + 0.0722 * blue):02x}" * 3


def _channels(colour: str) -> tuple[int, int, int]:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def _luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
