"""The nginx configuration of one site, made for it: nothing in it has to be changed by hand.

Every name in it begins with one of the site's own, so that several sites live on one nginx. Old
addresses are looked up in maps; those too long for nginx's hash tables get a location each, so that
no setting for all of nginx (``map_hash_bucket_size``) is needed, which two sites could not both
give. An old address that is a page again is never redirected, even when nginx still has the maps of
an earlier publish: next to a page lies its compressed copy, next to a redirect page none.
"""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from urllib.parse import quote

from dangjian.common.digests import digest
from dangjian.common.http_headers import (
    ASKED_AGAIN,
    SECURITY_HEADERS,
    UNCHANGING,
    UNCHANGING_PATH,
)
from dangjian.common.mime_types import CHARSET, COMPRESSIBLE, MIME_TYPES, UNKNOWN
from dangjian.publishing.servers.failure import failure_page
from dangjian.publishing.servers.redirects import QueryRule, Redirects, argument_names
from dangjian.publishing.servers.site import ServedSite

MAX_KEY_LENGTH = 46
"""Bytes of a key that nginx takes into a map by its standard settings, where a line of the
processor's cache has 64 bytes."""

LOG_DAYS = 184
"""So many days an access log is kept: six months, whichever."""

_OPEN_FILES = (
    "# 访问最多的文件保持打开，每秒核对一次；一个进程能打开的文件有上限，所以不多。",
    "open_file_cache max=64 inactive=20s;",
    "open_file_cache_min_uses 2;",
    "open_file_cache_valid 1s;",
    "",
)

_NAMED_BY_CONTENT = re.compile(r"\.([0-9a-f]{8,})\.[a-z0-9]+$")
_MAX_LOCATION_LENGTH = 255
_MAX_NAME_LENGTH = 255 - len(".gz")
_IN_VARIABLES = re.compile(r"[A-Za-z0-9_]+")


def prefix_of(site: ServedSite) -> str:
    """What the names of a site's variables begin with: its own by address and folder."""
    return f"portal_{digest(site.host, site.path, str(site.live)).hex()[:8]}"


def render_maps(site: ServedSite, redirects: Redirects, downloads: Mapping[str, str]) -> str:
    """What belongs into nginx's ``http`` part: caching, where old addresses lead, downloads."""
    lines = [*_maps(site, redirects), "", *_downloads(site, downloads)]
    return "\n".join([*_head("放在 nginx 的 http 一级。"), *lines, ""])


def render_body(site: ServedSite, redirects: Redirects) -> str:
    """What belongs into a ``server``: the whole site, or its folder below another site."""
    lines = list(_body(site, redirects))
    if site.path != "/":
        outer = f"location ^~ {_quoted(site.path)} {{"
        bare = site.path.rstrip("/")
        lines = [
            f"location = {_quoted(bare)} {{",
            "    absolute_redirect off;",
            f"    return 301 {_quoted(site.path)};",
            "}",
            outer,
            *_indented(lines),
            "}",
        ]
    return "\n".join([*_head("放在 nginx 的 server 里。"), *lines, ""])


def render_server(site: ServedSite, maps: str, body: str) -> str:
    """The configuration of a server of its own, which includes the other two files by path."""
    name = _quoted(site.shown_host)
    lines = [
        *_head("链接到 /etc/nginx/conf.d/，用 nginx -t 检查，再用 systemctl reload nginx 生效。"),
        f"include {_quoted(maps)};",
        "",
    ]
    if site.certificate:
        root = f"root {_quoted(str(site.live))};"
        lines += [
            "server {",
            *_indented(_listen(site, 80)),
            f"    server_name {name};",
            f"    location ^~ /.well-known/acme-challenge/ {{ {root} }}",
            "    location / { return 301 https://$host$request_uri; }",
            "}",
            "",
        ]
    lines.append("server {")
    port = site.port or (443 if site.certificate else 80)
    lines += _indented(_listen(site, port, " ssl http2" if site.certificate else ""))
    lines.append(f"    server_name {name};")
    if site.certificate:
        lines += [
            f"    ssl_certificate     {_quoted(site.certificate)};",
            f"    ssl_certificate_key {_quoted(site.certificate_key)};",
            "    ssl_protocols TLSv1.2 TLSv1.3;",
            "    ssl_session_timeout 1d;",
        ]
    elif site.secure:
        lines.append(
            "    # 网址是 https，没有写证书（HTTPS_CERTIFICATE）：由前面的负载均衡或 WAF 解密。"
        )
    return "\n".join([*lines, f"    include {_quoted(body)};", "}", ""])


def render_logrotate(site: ServedSite, file: str) -> str:
    """How the site's log is kept for six months (网络安全法 第二十一条), a file a day.

    ``file`` is where this will lie. logrotate passes over what root does not own, so that a link to
    it would do nothing.
    """
    name = f"/etc/logrotate.d/{prefix_of(site).replace('_', '-')}"
    return f"""# 由 root 拷过去，只做一次（logrotate 不认别的用户的文件，所以不能用链接）：
#   sudo install -m 644 {shlex.quote(file)} {name}
# 不要再有别的设置轮换同一个文件。
"{site.access_log}" {{
    daily
    rotate {LOG_DAYS}
    dateext
    compress
    delaycompress
    missingok
    notifempty
    sharedscripts
    postrotate
        [ ! -f /run/nginx.pid ] || kill -USR1 "$(cat /run/nginx.pid)"
    endscript
}}
"""


def _head(place: str) -> list[str]:
    return [
        "# 由 python3 tasks.py publish 生成，每次发布都会重写，请不要在这里改动。",
        f"# {place}",
        "",
    ]


def _listen(site: ServedSite, port: int, more: str = "") -> Iterator[str]:
    yield f"listen {port}{more};"
    if site.ipv6:
        yield f"listen [::]:{port}{more};"


def _maps(site: ServedSite, redirects: Redirects) -> Iterator[str]:
    own = prefix_of(site)
    at = re.escape(site.path)
    yield "# 名称里带内容摘要的文件永不改变，浏览器可以一直留着；其余每次问一声有没有变。"
    changes = [(f"~^{at}{UNCHANGING_PATH}$", UNCHANGING)]
    yield from _map("$uri", f"${own}_cache", changes, _quoted(ASKED_AGAIN))
    yield ""
    yield "# 网页旁边的压缩文件：有它的是真的网页，不转向。"
    yield from _map("$uri", f"${own}_packed", [("~/$", "index.html.gz")], '".gz"')
    yield ""
    yield "# 旧地址。"
    short = [pair for pair in redirects.plain.items() if _fits(pair[0])]
    # A map does not distinguish case; two articles whose old addresses differ in nothing else are
    # reported by the build.
    lowered = {key.lower(): (key, leads) for key, leads in short}
    yield from _chain("$uri", f"${own}_moved", lowered.values())
    for number, name in enumerate(argument_names(redirects)):
        if not _IN_VARIABLES.fullmatch(name):
            capture = f"{own}_value{number}"
            pattern = rf"~*(?:^|&){re.escape(name)}=(?<{capture}>[^&]*)"
            yield from _map("$args", f"${own}_arg{number}", [(pattern, f"${capture}")], '""')
    for variable, rule in _rules(own, redirects):
        source = "&".join(_argument(own, name, redirects) for name in rule.names)
        pairs = [(_key("&".join(values)), leads) for values, leads in rule.targets.items()]
        yield from _map(_quoted(source), variable, pairs, '""')


def _downloads(site: ServedSite, downloads: Mapping[str, str]) -> Iterator[str]:
    """What files are saved as, by the digest in their addresses, which is short.

    Files of one content under two titles have none: pages say themselves what a link saves.
    """
    own = prefix_of(site)
    names: dict[str, set[str]] = {}
    for address, name in sorted(downloads.items()):
        if found := _NAMED_BY_CONTENT.search(address):
            names.setdefault(found[1], set()).add(name)
    saved = [
        (mark, f"attachment; filename*=UTF-8''{quote(name, safe='')}")
        for mark, several in names.items()
        for name in several
        if len(several) == 1
    ]
    yield "# 附件保存时的名称。"
    capture = f"{own}_mark"
    pattern = rf"~^{re.escape(site.path)}files/.+\.(?<{capture}>[0-9a-f]{{8,}})\.[a-z0-9]+$"
    yield from _map("$uri", f"${own}_file", [(pattern, f"${capture}")], '""')
    yield from _chain(f"${own}_file", f"${own}_saved", saved)


def _chain(source: str, variable: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Maps of a thousand pairs, each with the next one for its default."""
    rest = iter(pairs)
    groups = list(iter(lambda: list(islice(rest, 1000)), [])) or [[]]
    for number, group in enumerate(groups):
        default = f"{variable}{number + 1}" if number + 1 < len(groups) else '""'
        some = [(_key(key), value) for key, value in group]
        yield from _map(source, f"{variable}{number}", some, default)


def _map(
    source: str, variable: str, pairs: Iterable[tuple[str, str]], default: str
) -> Iterator[str]:
    yield f"map {source} {variable} {{"
    yield "    volatile;"  # the request for a folder becomes one for its index.html
    yield f"    default {default};"
    for key, value in pairs:
        yield f"    {_quoted(key)} {_quoted(value)};"
    yield "}"


def _rules(own: str, redirects: Redirects) -> Iterator[tuple[str, QueryRule]]:
    """Every rule for query arguments with the variable that its map sets."""
    every = (rule for rules in redirects.queries.values() for rule in rules)
    for number, rule in enumerate(every):
        yield f"${own}_query{number}", rule


def _argument(own: str, name: str, redirects: Redirects) -> str:
    if _IN_VARIABLES.fullmatch(name):
        return f"${{arg_{name}}}"
    return f"${{{own}_arg{list(argument_names(redirects)).index(name)}}}"


def _body(site: ServedSite, redirects: Redirects) -> Iterator[str]:
    own = prefix_of(site)
    whole = site.path == "/"
    live = str(site.live)
    yield f"root {_quoted(live)};" if whole else f"alias {_quoted(f'{live}/')};"
    yield "index index.html;"
    yield "server_tokens off;"
    yield "absolute_redirect off;"
    yield from _failures(site)
    if site.access_log:
        yield f"access_log {_quoted(site.access_log)} combined;"
    yield ""
    yield from _types()
    yield ""
    yield "# 与预览时相同的安全规定。always：错误页也带上。"
    for name, value in SECURITY_HEADERS.items():
        yield f"add_header {name} {_quoted(value)} always;"
    if site.certificate:
        yield 'add_header Strict-Transport-Security "max-age=31536000" always;'
    yield f"add_header Cache-Control ${own}_cache always;"
    yield f"add_header Content-Disposition ${own}_saved0;"
    yield ""
    yield "# 发布时已经压缩好；没有压缩文件的，临时压缩。"
    yield "gzip_static on;"
    yield "gzip on;"
    yield "gzip_comp_level 5;"
    yield "gzip_min_length 512;"
    yield "gzip_vary on;"
    yield "gzip_proxied any;"
    types = sorted({MIME_TYPES.get(one, UNKNOWN) for one in COMPRESSIBLE} - {"text/html"})
    yield f"gzip_types {' '.join(types)};"
    yield ""
    yield from _OPEN_FILES
    yield f"set ${own}_to ${own}_moved0;"
    packed = f"$request_filename${{{own}_packed}}"
    yield f'set ${own}_at "";'
    yield f'if (${own}_to) {{ set ${own}_at "{packed}"; }}'
    yield f'if (-f ${own}_at) {{ set ${own}_to ""; }}'
    yield f"if (${own}_to) {{ return 301 ${own}_to; }}"
    yield ""
    yield "# 程序自己用的文件和隐藏文件，不对外。"
    yield r'location ~ "/(?:\.(?!well-known/)|search/[^/]*-state\.bin$)" { return 404; }'
    variables = iter(_rules(own, redirects))
    for path, rules in redirects.queries.items():
        yield f"{_exact(path)} {{"
        for variable, _ in (next(variables) for _ in rules):
            yield f"    if ({variable}) {{ return 301 {variable}; }}"
        yield "}"
    for path, leads in redirects.plain.items():
        if not _fits(path):
            answer = f"return 301 {_quoted(leads)};"
            page = f'if (!-f "{packed}") {{ {answer} }}'
            # No page can be where the name is too long for a file, and nginx would not say so.
            yield f"{_exact(path)} {{ {page if _can_be_file(path) else answer} }}"


def _failures(site: ServedSite) -> Iterator[str]:
    """What is shown in place of nginx's own English pages."""
    yield f"error_page 403 =404 {_quoted(f'{site.path}404.html')};"
    yield f"error_page 404 {_quoted(f'{site.path}404.html')};"
    failed = _quoted(f"{site.path}.failed")
    yield f"error_page 405 500 501 502 503 504 {failed};"
    page = failure_page(quote(site.path))
    yield f"location = {failed} {{ internal; default_type text/html; return 200 {_quoted(page)}; }}"


def _exact(path: str) -> str:
    """A location for just one path: nginx keeps the length of a plain one in a byte."""
    if len(path.encode()) < _MAX_LOCATION_LENGTH:
        return f"location = {_quoted(path)}"
    return f"location ~ {_quoted(f'^{re.escape(path)}$')}"


def _types() -> Iterator[str]:
    by_type: dict[str, list[str]] = {}
    for extension, mime in MIME_TYPES.items():
        by_type.setdefault(mime, []).append(extension)
    yield "types {"
    for mime, extensions in by_type.items():
        yield f"    {mime} {' '.join(extensions)};"
    yield "}"
    yield f"default_type {UNKNOWN};"
    yield f"charset {CHARSET.partition('=')[2]};"
    texts = [mime for mime in by_type if mime.startswith("text/") and mime != "text/html"]
    yield f"charset_types {' '.join(texts)};"


def _can_be_file(path: str) -> bool:
    return all(len(part.encode()) <= _MAX_NAME_LENGTH for part in path.split("/"))


def _fits(key: str) -> bool:
    return len(key.encode()) <= MAX_KEY_LENGTH


def _key(key: str) -> str:
    """A map's key as it is written there: as a pattern if it is too long for the hash table."""
    if not _fits(key):
        return f"~*^{re.escape(key)}$"
    special = key.startswith(("~", "\\")) or key in {"default", "hostnames", "include", "volatile"}
    return f"\\{key}" if special else key


def _quoted(value: str) -> str:
    """A word as nginx reads it in quotation marks. Variables in it stay variables."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" if line else "" for line in lines)
