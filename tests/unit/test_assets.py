"""The theme's static files: scripts and styles put together, names by content."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from dangjian.rendering.assets import AssetError, build_assets, minify_css
from dangjian.rendering.bundle import ScriptError, bundle, minify, tokenize

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="no Node here")


def theme(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def run(script: str) -> object:
    assert NODE
    done = subprocess.run([NODE, "-"], input=script, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def modules(**files: str) -> dict[str, str]:
    return {f"{name.replace('__', '/')}.js": text for name, text in files.items()}


def bundled(entry: str = "main.js", **files: str) -> str:
    return bundle(entry, modules(**files).__getitem__)


@needs_node
def test_modules_run_in_their_order_and_once() -> None:
    script = bundled(
        main="import {log} from './lib/log.js'; import {greet} from './lib/greet.js';\n"
        "log(greet('县')); console.log(JSON.stringify(lines()));\n"
        "import {lines} from './lib/log.js';",
        lib__log="const seen = ['log'];\nexport function log(line) { seen.push(line) }\n"
        "export const lines = () => seen;",
        lib__greet="import {log} from '../lib/log.js';\nlog('greet');\n"
        "export const greet = (who) => `你好，${who}`;",
    )
    assert run(script) == ["log", "greet", "你好，县"]


@needs_node
def test_nothing_leaks_into_the_page() -> None:
    script = bundled(
        main="const leaked = 1; var more = 2; function other() { return leaked + more; }"
    )
    assert run(script + "console.log(JSON.stringify([typeof leaked, typeof more]))") == [
        "undefined",
        "undefined",
    ]


TRICKY = r"""
const a = 6, g = 2; let i = 4
const half = a / g / 1; const re = /[/"'`]+\/x/g, quotient = (a) / 2 / g
const text = `a  ${ [1, 2].map((n) => `<${ n }  "x">`).join('  ') } // no comment`
const url = 'http://x/*y*/' /* a
comment */ const sign = a - -1 + +1 - +i++ / 2
const list = [...'ab'].map(c => ({c, 'in': c in {a: 1}}))
function pick({c}) { return /b/.test(c) ? .5 : c }
class Box { #v = 1; static s = 2; get v () { return this.#v } async *it () { yield * [1] } }
const less = a < !--i
const found = 'a/"b\'/x'.replace(re, '-')
const division = {v: 4}.v / 2; const o = {return: 8}; const kept = "\
tail";
if (a > 1) i = 9
else i = 10
for (const x of [1]) /x/.exec('x')
const nested = `${`${`deep  }`}`}`
const esc = '\u4e2d', wide = '中\u2028', \u0061b = 3
console.log(JSON.stringify([half, quotient, text, url, sign, list.map(pick), new Box().v, Box.s,
  less, found, division, o.return, kept, i, nested, esc, wide.length, ab, 1e-5, 1_000, .5]))
"""


@needs_node
def test_shortening_does_not_change_what_a_script_does() -> None:
    plain = run(f"(function(){{'use strict';{TRICKY}}})()")
    assert run(bundled(main=TRICKY)) == plain
    assert "".join(token.text for token in tokenize(TRICKY, "x")) == TRICKY
    short = minify(tokenize(TRICKY, "x"))
    assert "comment */" not in short
    assert minify(tokenize(short, "x")) == short


@needs_node
def test_exports_of_every_form() -> None:
    script = bundled(
        main="import {a, b, c, D, e, f, g, h} from './other.js'\n"
        "console.log(JSON.stringify([a, b, c(), new D().x, typeof e, f, g, h]))",
        other="export const a = 1, b = [2, 3]\nexport function c() { return a }\n"
        "export class D { x = 4 }\nexport async function* e() {}\n"
        "export let {f, x: [g], ...h} = {f: 5, x: [6], y: 7}",
    )
    assert run(script) == [1, [2, 3], 1, 4, "function", 5, 6, {"y": 7}]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"main": "\nimport {a} from './no.js'"}, r"main\.js:2: there is no module no\.js"),
        ({"main": "import {a} from './o.js'", "o": "const a = 1"}, "does not export a"),
        ({"main": "import {a as b} from './o.js'", "o": "export const a = 1"}, "are written"),
        ({"main": "import a from './o.js'", "o": "export const a = 1"}, "are written"),
        ({"main": "import * as a from './o.js'", "o": "export const a = 1"}, "are written"),
        ({"main": "const a = import('./o.js')", "o": ""}, "are written"),
        ({"main": "import {a} from 'https://example.com/o.js'"}, "must be relative"),
        ({"main": "import {a} from '../../o.js'"}, "leads out"),
        ({"main": "export default 1"}, "export stands before"),
        ({"main": "const a = 1\nexport {a}"}, r"main\.js:2: export stands before"),
        ({"main": "await 1"}, "await"),
        (
            {"main": "import './o.js'", "o": "import './main.js'"},
            r"circle: main\.js -> o\.js -> main\.js",
        ),
        (
            {"main": "import './o.js'\nfunction a() {}", "o": "let x = 1,\n  a = 2"},
            r"main\.js:2: 'a' is also declared at o\.js:2",
        ),
        (
            {"main": "import './o.js'\n\nconst b = 1\nconst {a} = {}", "o": "class a {}"},
            r"main\.js:4: 'a' is also declared at o\.js:1",
        ),
        ({"main": "\n\nconst a = 'x"}, r"main\.js:3: a string"),
        ({"main": "\nconst a = `x\n"}, r"main\.js:2: a template"),
        ({"main": "\nconst a = `x${ b\n"}, r"main\.js:2: a '\${'"),
        ({"main": "a }"}, "closes nothing"),
    ],
)
def test_what_can_not_be_bundled_is_named(files: dict[str, str], message: str) -> None:
    with pytest.raises(ScriptError, match=message):
        bundled(**files)


def test_names_inside_functions_may_repeat() -> None:
    assert bundled(
        main="import {f} from './o.js'; const x = {a: 1}; f(); (function a() {})()",
        o="export function f() { const a = 1; return a }\nconst a = function x() {}",
    )


def test_a_whole_theme(tmp_path: Path) -> None:
    static = theme(
        tmp_path / "static",
        {
            "css/site.css": "@charset 'utf-8';\n@import './parts/base.css';\n"
            "/* no */ .a > .b { x: y; }",
            "css/parts/base.css": ".mark { background: url( '../../img/a.svg#x' ) }",
            "css/print.css": "p { color: black; }",
            "js/site.js": "import {say} from './parts/say.js';\nsay('site');\n",
            "js/boot.js": "document.documentElement.dataset.js = '';\n",
            "js/shared.js": "export const kept = 1",
            "js/search.js": "import {kept} from './shared.js'\nconsole.log(kept)",
            "js/parts/say.js": "export function say(what) { console.log(what); }\n",
            "img/a.svg": "<svg/>",
            "favicon.svg": "<svg/>",
            ".hidden": "",
        },
    )
    assets = build_assets(static)
    assert set(assets) == {
        "site.css", "print.css", "site.js", "boot.js", "search.js", "img/a.svg", "favicon.svg",
    }  # fmt: skip
    image = assets["img/a.svg"].url.removeprefix("static/")
    css = assets["site.css"].data.decode()
    assert f".mark{{background: url({image}#x)}}" in css
    assert ".a > .b{x: y}" in css
    assert "charset" not in css
    assert "no" not in css
    for asset in assets.values():
        digest = hashlib.sha256(asset.data).hexdigest()[:12]
        assert asset.url.startswith("static/")
        assert asset.url.split(".")[-2] == digest


def test_a_faulty_script_is_an_error_of_the_theme(tmp_path: Path) -> None:
    static = theme(tmp_path, {"js/site.js": "\nimport {a} from './none.js';"})
    with pytest.raises(AssetError, match=r"js/site\.js:2: there is no module js/none\.js"):
        build_assets(static)


def test_the_cache_answers_and_notices_a_change(tmp_path: Path) -> None:
    static = theme(tmp_path / "static", {"css/site.css": "a { b: c }", "x.txt": "x"})
    cache = tmp_path / "cache"
    first = build_assets(static, cache)
    kept = list(cache.iterdir())
    assert build_assets(static, cache) == first == build_assets(static)
    kept[0].write_bytes(b"\x81broken")
    assert build_assets(static, cache) == first
    theme(static, {"css/site.css": "a { b: d }"})
    assert build_assets(static, cache)["site.css"].url != first["site.css"].url


@pytest.mark.parametrize(
    ("css", "message"),
    [
        ("a { b: url(none.png) }", r"css/site\.css:1: url\(none\.png\) is no file"),
        ("\na { b: url(https://example.com/a.png) }", r"css/site\.css:2"),
        ("@import './none.css';", "write @import"),
        ("@import 'https://example.com/a.css';", "write @import"),
        ("@import './b.css' print;", "write @import"),
        ("@import './b.css';", "circle"),
    ],
)
def test_styles_that_lead_nowhere(tmp_path: Path, css: str, message: str) -> None:
    static = theme(tmp_path, {"css/site.css": css, "css/b.css": "@import './b.css';"})
    with pytest.raises(AssetError, match=message):
        build_assets(static)


@pytest.mark.parametrize(
    ("css", "short"),
    [
        ("a  :hover ,\n b{ c : d ; }", "a :hover,b{c : d}"),
        ('a { content: " ; { } " }', 'a{content: " ; { } "}'),
        ("a { b: calc( 1px + 2px ) }", "a{b: calc( 1px + 2px )}"),
        ("@media (min-width: 40em) and print { a { b: c } }", None),
    ],
)
def test_shorter_styles(css: str, short: str | None) -> None:
    expected = short or "@media (min-width: 40em) and print{a{b: c}}"
    assert minify_css(css) == expected
