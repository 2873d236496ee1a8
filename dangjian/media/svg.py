"""Drawings in SVG, rewritten so that only drawing is left.

An SVG opened by its own address is a document that may run scripts and fetch things. Anything that
could do either is refused with a reason, for its author may rely on it; editors' private data
(Inkscape, Illustrator), elements and attributes that draw nothing are left out quietly, and
pictures inside the drawing lose their metadata like all others.
"""

import base64
import binascii
import re
from xml.etree import ElementTree as ET

from dangjian.common.errors import DangjianError
from dangjian.common.patterns import regex
from dangjian.common.xmltext import escaped, quoted
from dangjian.media.picture_metadata import MalformedPictureError, strip_metadata

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_MAX_BYTES = 2_000_000
_MAX_DEPTH = 100
MAX_DRAWN = 200_000
"""The most elements that a browser may have to draw, copies by ``use`` counted."""

_DRAWING = frozenset(
    re.findall(
        r"\w+",
        """
        svg g defs symbol use title desc switch path rect circle ellipse line polyline polygon text
        tspan textPath image style linearGradient radialGradient stop pattern clipPath mask marker
        filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix
        feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB
        feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight
        feSpecularLighting feSpotLight feTile feTurbulence
        """,
    )
)
_ATTRIBUTES = frozenset(
    re.findall(
        r"[\w-]+",
        """
        id class style lang role tabindex focusable aria-label aria-labelledby aria-describedby
        aria-hidden width height x y x1 y1 x2 y2 dx dy cx cy r rx ry fx fy fr d points pathLength
        viewBox preserveAspectRatio transform version baseProfile enable-background
        systemLanguage requiredFeatures requiredExtensions media type
        patternUnits patternContentUnits patternTransform gradientUnits gradientTransform
        spreadMethod offset clipPathUnits maskUnits maskContentUnits markerUnits markerWidth
        markerHeight refX refY orient startOffset method spacing side textLength lengthAdjust rotate
        filterUnits primitiveUnits filterRes in in2 result mode values operator k1 k2 k3 k4 order
        kernelMatrix divisor bias targetX targetY edgeMode preserveAlpha kernelUnitLength
        surfaceScale diffuseConstant specularConstant specularExponent limitingConeAngle azimuth
        elevation pointsAtX pointsAtY pointsAtZ z scale xChannelSelector yChannelSelector
        stdDeviation tableValues slope intercept amplitude exponent radius baseFrequency numOctaves
        seed stitchTiles
        alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation
        color-interpolation-filters color-rendering cursor direction display dominant-baseline fill
        fill-opacity fill-rule filter flood-color flood-opacity font font-family font-size
        font-size-adjust font-stretch font-style font-variant font-weight
        glyph-orientation-horizontal glyph-orientation-vertical image-rendering isolation kerning
        letter-spacing lighting-color marker marker-end marker-mid marker-start mask mask-type
        mix-blend-mode opacity overflow paint-order pointer-events shape-rendering stop-color
        stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin
        stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration text-orientation
        text-overflow text-rendering transform-origin unicode-bidi vector-effect visibility
        white-space word-spacing writing-mode
        """,
    )
)
"""The attributes of SVG 1.1 and 2 that shape a drawing; all others only carry data."""
_UNWRAPPED = frozenset({"a"})
_REFUSED = {
    "script": "脚本（script）",
    "foreignObject": "网页片段（foreignObject）",
    "iframe": "网页框（iframe）",
    "handler": "脚本（handler）",
    "set": "动画（set）",
    "animate": "动画（animate）",
    "animateMotion": "动画（animateMotion）",
    "animateTransform": "动画（animateTransform）",
}
_DATA_IMAGE = regex(r"data:image/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/=\s]+)")
_CSS_URL = regex(r"url\(([^)]*)", re.IGNORECASE)
_CSS_LOADING = regex(
    r"@import|image-set|\b(?:expression|src|image)\s*\(|javascript:", re.IGNORECASE
)
_CSS_COMMENT = regex(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_LENGTH = regex(r"\s*(\d+(?:\.\d+)?)\s*(px|pt|mm|cm|in)?\s*")
_PIXELS = {"px": 1.0, "": 1.0, "pt": 96 / 72, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


class SvgError(DangjianError, ValueError):
    """A drawing that is not published; the message is a Chinese sentence."""


def clean_svg(data: bytes) -> tuple[bytes, int, int]:
    """The safe form of a drawing, with its width and height in CSS pixels. Raises SvgError."""
    if len(data) > _MAX_BYTES:
        raise SvgError("SVG 图太大（超过 2 MB）。请导出为 PNG 再用。")
    if b"<!ENTITY" in data:
        raise SvgError("SVG 里有实体定义（<!ENTITY>），不能使用。请用绘图软件另存为“普通 SVG”。")
    try:
        # Entities are refused above, and expat fetches nothing.
        root = ET.fromstring(data)  # noqa: S314
    except (ET.ParseError, ValueError, LookupError) as error:
        raise SvgError("SVG 文件不完整或写法有错，打不开。请用绘图软件重新导出。") from error
    if root.tag != f"{_SVG}svg":
        raise SvgError("文件里没有 SVG 图形（最外层不是 svg）。请用绘图软件重新导出。")
    width, height = _size(root)
    if _drawn(root) > MAX_DRAWN:
        raise SvgError("SVG 里的图形互相套用，展开后太多，读者的浏览器会停住。请导出为 PNG。")
    parts: list[str] = []
    _write(root, parts, 0)
    return "".join(parts).encode(), width, height


def _size(root: ET.Element) -> tuple[int, int]:
    sides = [_pixels(root.get(name, "")) for name in ("width", "height")]
    box = [_number(part) for part in re.split(r"[\s,]+", root.get("viewBox", "").strip())]
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        ratio = box[3] / box[2]
        width = sides[0] or (sides[1] / ratio if sides[1] else box[2])
        sides = [width, sides[1] or width * ratio]
    if not all(sides) or max(sides) > 100_000:
        raise SvgError("SVG 没有写明尺寸。请给最外层的 svg 写上 viewBox，或者 width 和 height。")
    return max(1, round(sides[0])), max(1, round(sides[1]))


def _drawn(root: ET.Element) -> int:
    """How many elements are drawn, each as often as ``use`` copies it; counted up to the limit."""
    named = {element.get("id"): element for element in root.iter() if element.get("id")}

    def parts(element: ET.Element) -> list[ET.Element]:
        reference = element.get("href") or element.get(_XLINK_HREF) or ""
        copied = named.get(reference.strip().removeprefix("#"))
        if copied is None or element.tag != f"{_SVG}use":
            return list(element)
        return [*element, copied]

    counts: dict[ET.Element, int] = {}
    entered: set[ET.Element] = set()
    waiting = [(root, False)]
    while waiting:
        element, counted = waiting.pop()
        if counted:
            below = sum(counts.get(part, 0) for part in parts(element))  # none in a circle
            counts[element] = min(below + 1, MAX_DRAWN + 1)
        elif element not in entered:
            entered.add(element)
            waiting.append((element, True))
            waiting += [(part, False) for part in parts(element)]
    return counts[root]


def _pixels(text: str) -> float:
    found = _LENGTH.fullmatch(text)
    return float(found[1]) * _PIXELS[found[2] or ""] if found else 0.0


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _write(element: ET.Element, parts: list[str], depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise SvgError("SVG 里的图形套得太深。请用绘图软件另存为“普通 SVG”，或者导出为 PNG。")
    name = element.tag.removeprefix(_SVG)
    if name in _REFUSED:
        raise SvgError(f"SVG 里有{_REFUSED[name]}，不能使用。请删去后再用，或者导出为 PNG。")
    if name in _UNWRAPPED:
        _write_children(element, parts, depth)
    elif name in _DRAWING:
        namespace = ' xmlns="http://www.w3.org/2000/svg"' if depth == 0 else ""
        inside: list[str] = []
        if name == "style":
            # What a browser reads as the sheet: all text in it, behind other elements too.
            sheet = _CSS_COMMENT.sub(" ", "".join(element.itertext()))
            _refuse_references(sheet)
            inside.append(escaped(sheet))
        else:
            _write_children(element, inside, depth)
        written = "".join(inside)
        end = f">{written}</{name}>" if written else "/>"
        parts.append(f"<{name}{namespace}{_attributes(element)}{end}")


def _write_children(element: ET.Element, parts: list[str], depth: int) -> None:
    parts.append(escaped(element.text or ""))
    for child in element:
        _write(child, parts, depth + 1)
        parts.append(escaped(child.tail or ""))


def _attributes(element: ET.Element) -> str:
    kept: list[str] = []
    for name, value in element.attrib.items():
        if name.lower().startswith("on"):
            raise SvgError(f"SVG 里有脚本（{name}），不能使用。请删去后再用，或者导出为 PNG。")
        if name in (_XLINK_HREF, "href"):
            if element.tag != f"{_SVG}a":
                kept.append(f" href={quoted(_reference(value))}")
        elif name == _XML_SPACE:
            kept.append(f" xml:space={quoted(value)}")
        elif name in _ATTRIBUTES:
            _refuse_references(value)
            kept.append(f" {name}={quoted(value)}")
    return "".join(kept)


def _reference(value: str) -> str:
    value = value.strip()
    if value.startswith("#"):
        return value
    embedded = _DATA_IMAGE.fullmatch(value)
    if embedded is None:
        raise SvgError(
            f"SVG 引用了别的文件（{value[:40]}），不能使用。请把它嵌入图中，或者导出为 PNG。"
        )
    try:
        data = strip_metadata(base64.b64decode(embedded[2]), embedded[1].upper())
    except (MalformedPictureError, binascii.Error) as error:
        raise SvgError(
            "SVG 里嵌入的图片不完整或已损坏。请用绘图软件重新嵌入，或者导出为 PNG。"
        ) from error
    return f"data:image/{embedded[1]};base64,{base64.b64encode(data).decode()}"


def _refuse_references(text: str) -> None:
    # CSS may spell any letter as an escape; nobody draws that way.
    elsewhere = any(not url.strip(" \t\r\n'\"").startswith("#") for url in _CSS_URL.findall(text))
    if elsewhere or "\\" in text or _CSS_LOADING.search(text):
        raise SvgError("SVG 的样式引用了别的文件，不能使用。请把它嵌入图中，或者导出为 PNG。")
