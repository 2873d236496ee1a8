"""Configurations for other servers than nginx: Caddy, Apache, page hosts, a container."""

import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from dangjian.common.http_headers import (
    ASKED_AGAIN,
    SECURITY_HEADERS,
    UNCHANGING,
    UNCHANGING_FOLDERS,
    UNCHANGING_IN_SEARCH,
    UNCHANGING_NAME,
    UNCHANGING_PATH,
)
from dangjian.common.mime_types import MIME_TYPES, content_type
from dangjian.common.web_addresses import to_uri
from dangjian.publishing.servers.failure import failure_page
from dangjian.publishing.servers.redirects import Redirects
from dangjian.publishing.servers.site import ServedSite

_NOTE = "由 python3 tasks.py publish 生成，每次发布都会重写，请不要在这里改动。"
_INDENT = re.compile(r"^(?:    )+", re.MULTILINE)
"""Caddy indents by tabs (``caddy fmt``)."""
_CADDY_SPECIAL = re.compile(r"[*?\[\]{}%\\]")


def render_caddyfile(site: ServedSite, redirects: Redirects) -> str:
    """A Caddyfile: Caddy fetches certificates by itself when the address is https."""
    scheme = "https" if site.secure else "http"
    port = f":{site.port}" if site.port else ""
    lines = [
        f"# {_NOTE}",
        f"{scheme}://{site.shown_host}{port} {{",
        *(f"    {line}" if line else "" for line in _caddy_body(site, redirects)),
        "}",
        "",
    ]
    return _INDENT.sub(lambda found: "\t" * (len(found[0]) // 4), "\n".join(lines))


def _caddy_body(site: ServedSite, redirects: Redirects) -> Iterator[str]:
    at = site.path
    if at != "/":
        yield f"redir {_word(at.rstrip('/'))} {_word(at)} permanent"
    yield f"handle_path {_word(f'{at}*')} {{"
    yield f"    root * {_word(str(site.live))}"
    yield "    header {"
    for name, value in SECURITY_HEADERS.items():
        yield f"        {name} {_word(value)}"
    yield "        -Server"
    yield "    }"
    unchanging = f"path_regexp ^/{UNCHANGING_PATH}$"
    yield f"    @unchanging {unchanging}"
    yield f"    header @unchanging Cache-Control {_word(UNCHANGING)}"
    yield f"    @changing not {unchanging}"
    yield f"    header @changing Cache-Control {_word(ASKED_AGAIN)}"
    for extension in MIME_TYPES:
        yield f"    @{extension} path *.{extension}"
        yield f"    header @{extension} Content-Type {_word(content_type(f'a.{extension}'))}"
    yield "    route {"
    yield "        # 网页旁边有压缩文件的是真的网页，不转向。"
    yield "        @moved not file {path}.gz {path}index.html.gz"
    yield "        handle @moved {"
    yield from (f"            {line}" for line in _caddy_redirects(site, redirects))
    yield "        }"
    yield r"        @hidden path_regexp (/search/[^/]*-state\.bin$|/\.([^w]|w[^e]))"
    yield "        error @hidden 404"
    yield "        file_server {"
    yield "            precompressed br gzip"
    yield "        }"
    yield "    }"
    yield "}"
    yield "handle_errors {"
    yield "    @missing expression `{err.status_code} in [403, 404]`"
    yield "    handle @missing {"
    yield f"        root * {_word(str(site.live))}"
    yield "        rewrite * /404.html"
    yield "        file_server"
    yield "    }"
    yield "    handle {"
    yield '        header Content-Type "text/html; charset=utf-8"'
    yield f"        respond `{failure_page(quote(at))}` {{err.status_code}}"
    yield "    }"
    yield "}"


def _caddy_redirects(site: ServedSite, redirects: Redirects) -> Iterator[str]:
    number = 0
    for path, rules in redirects.queries.items():
        for rule in rules:
            for values, leads in rule.targets.items():
                for asked in _caddy_queries(rule.names, values):
                    number += 1
                    yield f"@query{number} {{"
                    yield f"    {_caddy_path(_below(site, path))}"
                    yield from (f"    {line}" for line in asked)
                    yield "}"
                    yield f"redir @query{number} {_word(leads)} permanent"
    for number, (path, leads) in enumerate(redirects.plain.items()):
        below = _below(site, path)
        if _CADDY_SPECIAL.search(below):
            yield f"@moved{number} {_caddy_path(below)}"
            yield f"redir @moved{number} {_word(leads)} permanent"
        else:
            yield f"redir {_word(below)} {_word(leads)} permanent"


def _caddy_queries(names: Iterable[str], values: Iterable[str]) -> Iterator[list[str]]:
    """What is asked of a query; of an empty argument once that it is not there, once that it is."""
    pairs = [(unquote(n), unquote(v)) for n, v in zip(names, values, strict=True)]
    yield [
        f"query {_word(f'{name}={value}')}" if value else f"not query {_word(f'{name}=*')}"
        for name, value in pairs
    ]
    if not all(value for _, value in pairs):
        yield [f"query {_word(f'{name}={value}')}" for name, value in pairs]


def _caddy_path(path: str) -> str:
    """A matcher for just one path: Caddy takes some signs in a plain one for patterns."""
    if not _CADDY_SPECIAL.search(path):
        return f"path {_word(path)}"
    plain = re.sub(r"[^\w/-]", lambda found: _as_regexp(found[0]), path)
    return f"path_regexp (?i)^{plain}$"


def _as_regexp(sign: str) -> str:
    return f"\\x{ord(sign):02x}" if ord(sign) < 128 else sign


def _below(site: ServedSite, path: str) -> str:
    """A path as seen below the site's own."""
    return f"/{path.removeprefix(site.path)}"


def render_htaccess(site: ServedSite, redirects: Redirects) -> str:
    """An Apache ``.htaccess`` for the site's folder (mod_rewrite, mod_headers, mod_mime)."""
    lines = [
        f"# {_NOTE}",
        "Options -Indexes",
        "DirectoryIndex index.html",
        f"ErrorDocument 404 {site.path}404.html",
        f"ErrorDocument 403 {site.path}404.html",
        *(f'ErrorDocument {n} "{failure_page(quote(site.path))}"' for n in (405, 500, 503)),
        "",
        *(f"AddType {mime} .{extension}" for extension, mime in MIME_TYPES.items()),
        "AddCharset utf-8 .html .css .js .txt .csv .vtt",
        "",
        "<IfModule mod_headers.c>",
        *(f'    Header always set {name} "{value}"' for name, value in SECURITY_HEADERS.items()),
        f'    Header set Cache-Control "{ASKED_AGAIN}"',
        f'    <FilesMatch "({UNCHANGING_NAME}$|^{UNCHANGING_IN_SEARCH})">',
        f'        Header set Cache-Control "{UNCHANGING}"',
        "    </FilesMatch>",
        "</IfModule>",
        "",
        "# 没有启用 mod_rewrite 的，旧地址上是普通的转向网页。",
        "<IfModule mod_rewrite.c>",
        "RewriteEngine On",
        r"RewriteRule (^|/)search/[^/]*-state\.bin$ - [R=404,L]",
        r"RewriteRule (^|/)\.(?!well-known/) - [R=404,L]",
    ]
    for path, rules in redirects.queries.items():
        for rule in rules:
            for values, leads in rule.targets.items():
                for name, value in zip(rule.names, values, strict=True):
                    pattern = f"{re.escape(name)}={re.escape(value)}"
                    bare = f"!(?:^|&){re.escape(name)}=[^&]"
                    wanted = f"(?:^|&){pattern}(?:&|$)" if value else bare
                    lines.append(f'RewriteCond %{{QUERY_STRING}} "{wanted}" [NC]')
                lines.append(_rewrite(site, path, leads))
    for path, leads in redirects.plain.items():
        packed = "index.html.gz" if path.endswith("/") else ".gz"
        lines.append(f"RewriteCond %{{REQUEST_FILENAME}}{packed} !-f")
        lines.append(_rewrite(site, path, leads))
    lines += [
        "# 没有首页的文件夹，与找不到的一样。",
        "RewriteCond %{REQUEST_FILENAME} -d",
        "RewriteCond %{REQUEST_FILENAME}/index.html !-f",
        "RewriteRule ^ - [R=404,L]",
        "</IfModule>",
    ]
    return "\n".join([*lines, ""])


def _rewrite(site: ServedSite, path: str, leads: str) -> str:
    pattern = re.escape(path.removeprefix(site.path)).replace('"', r"\x22")
    # In a substitution % and $ have meanings of their own.
    target = leads.replace("%", r"\%")
    return f'RewriteRule "^{pattern}$" "{target}" [R=301,L,NE,QSD]'


def render_headers(site: ServedSite) -> str:
    """A ``_headers`` file (Cloudflare Pages, Netlify and others)."""
    lines = [f"# {_NOTE}", f"{site.path}*"]
    lines += [f"  {name}: {value}" for name, value in SECURITY_HEADERS.items()]
    for folder in UNCHANGING_FOLDERS:
        lines += [f"{site.path}{folder}/*", f"  Cache-Control: {UNCHANGING}"]
    for ending in (".rss.xml", ".atom.xml"):
        lines += [f"{site.path}feeds/*{ending}", "  Content-Type: application/xml"]
    return "\n".join([*lines, ""])


def render_redirects(redirects: Redirects) -> str:
    """A ``_redirects`` file (Cloudflare Pages, Netlify and others)."""
    lines = [f"# {_NOTE}"]
    for path, rules in redirects.queries.items():
        for rule in rules:
            for values, leads in rule.targets.items():
                asked = zip(rule.names, values, strict=True)
                query = " ".join(f"{name}={value}" for name, value in asked if value)
                asked_for = [_plain_uri(path), *([query] if query else [])]
                lines.append(" ".join([*asked_for, leads, "301!"]))
    lines += [f"{_plain_uri(path)} {leads} 301" for path, leads in redirects.plain.items()]
    return "\n".join([*lines, ""])


def _plain_uri(path: str) -> str:
    """A path without what ``_redirects`` takes for patterns: ``*`` and ``:name``."""
    return to_uri(path.replace("%", "%25")).replace("*", "%2A").replace(":", "%3A")


def render_dockerfile(site: ServedSite, folder: str) -> str:
    """A container of nginx that runs without root, for a site and its configuration in ``folder``.

    The folder above the live one is mounted: what is mounted itself stays the old site when another
    takes its name.
    """
    above = site.live.parent
    files = [Path(file) for file in (site.certificate, site.certificate_key) if file]
    wanted = sorted({above, Path(folder), *(file.parent for file in files)})
    mounted = [one for one in wanted if not any(one.is_relative_to(o) for o in wanted if o != one)]
    ports = [80, 443] if site.certificate else [site.port or 80]
    words = ["docker", "run", "-d", "--name", "portal"]
    words += [word for port in ports for word in ("-p", f"{port}:{port}")]
    words += [word for one in mounted for word in ("-v", f"{one}:{one}:ro")]
    return "\n".join(
        [
            f"# {_NOTE}",
            "# 只装 nginx 和配置；网站和配置照原来的路径挂载进去。线上文件夹是整个换上的，",
            "# 所以挂载的是它的上一级：直接挂载它，容器里会一直是旧网站。",
            f"#   docker build -t portal {shlex.quote(folder)}",
            f"#   {shlex.join([*words, 'portal'])}",
            "# 配置有变化以后：docker exec portal nginx -s reload",
            "FROM nginxinc/nginx-unprivileged:stable",
            "COPY nginx.conf /etc/nginx/conf.d/default.conf",
            "",
        ]
    )


def _word(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
