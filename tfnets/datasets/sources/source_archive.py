"""The source archive of a Python package, downloaded without running anything of it.

`pip download` runs a source archive's build code to learn its dependencies. So the file's address
is looked up on the index that pip is set to (the simple repository API, PEP 503), and the file is
fetched as it is.
"""

import ast
import base64
import html.parser
import os
import re
import ssl
import sys
import time
import urllib.request
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from tfnets.datasets.sources import commands
from tfnets.datasets.sources.catalog import Package
from tfnets.datasets.sources.commands import SourceError

_PATIENCE = 15.0
_PIP_LIMIT = 60.0
_BLOCK = 2**20
_MOST_BYTES = 256 * 2**20
_ENDING = ".tar.gz"
_NO = ("0", "n", "no", "f", "false", "off")  # as pip reads them


def download(package: Package, folder: Path, limit: float) -> Path:
    """Downloads a package's source archive, which is not checked, into a folder.

    It comes from the first index of pip's that has it, within `limit` seconds.

    Raises:
        SourceError: No index has it, an address is not a web address, or the download took too
            long or was too large.
        OSError: The index or the file cannot be reached.
    """
    settings = pip_settings(folder)
    url = _find(package, settings)
    archive = folder / f"{package.name}-{package.version}{_ENDING}"
    end = time.monotonic() + limit
    with _open(url, settings) as answer, archive.open("wb") as file:
        while block := answer.read(_BLOCK):
            file.write(block)
            if file.tell() > _MOST_BYTES or time.monotonic() > end:
                raise SourceError(f"the archive is too large, or no end after {limit:.0f} seconds")
    return archive


def pip_settings(folder: Path) -> dict[str, str]:
    """Returns pip's settings in `folder`, such as `index-url` and `cert`, its default index too.

    A setting of the environment goes before one of `pip download`, and that before a global one,
    as in pip.
    """
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    listed = commands.run([*pip, "config", "list"], folder=folder, limit=_PIP_LIMIT)
    found = re.findall(r"^(\S+)\.([\w-]+)=('.*'|\".*\")\s*$", listed, flags=re.MULTILINE)
    settings = {}
    for wanted in ("global", "download", ":env:"):
        settings |= {name: ast.literal_eval(v) for level, name, v in found if level == wanted}
    if "index-url" not in settings:
        settings["index-url"] = _default_index(pip, folder)
    return settings


def _default_index(pip: list[str], folder: Path) -> str:
    """Returns the index that pip names in its help; wide lines, so that no address is broken."""
    wide, command = {**os.environ, "COLUMNS": "4000"}, [*pip, "download", "--help"]
    shown = commands.run(command, folder=folder, limit=_PIP_LIMIT, environment=wide)
    found = re.search(r"--index-url.*?\(default (\S+)\)", shown, flags=re.DOTALL)
    if not found:
        raise SourceError("pip does not say which index it uses")
    return found[1]


def _find(package: Package, settings: dict[str, str]) -> str:
    """Returns the archive's address on the first index that lists it."""
    if settings.get("no-index", "0").lower() not in _NO:
        raise SourceError("pip is set to use no index")
    wanted = _normal(f"{package.name}-{package.version}")
    failures = []
    for index in (settings["index-url"], *settings.get("extra-index-url", "").split()):
        page = f"{index.rstrip('/')}/{_normal(package.name)}/"
        try:
            with _open(page, settings) as answer:
                text = answer.read(_MOST_BYTES).decode(errors="replace")
        except OSError as error:
            failures.append(str(getattr(error, "reason", error)))
            continue
        for link in _links(text):
            name = unquote(urlsplit(link).path).rpartition("/")[2]
            if name.endswith(_ENDING) and _normal(name.removesuffix(_ENDING)) == wanted:
                return _same_kind(page, link)
    raise SourceError(f"no index lists it ({'; '.join(failures) or 'all answered'})")


def _links(page: str) -> list[str]:
    """Returns the targets of a page's links in their order."""
    links = []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            links.extend(value for name, value in attrs if (tag, name) == ("a", "href") and value)

    Reader().feed(page)
    return links


def _same_kind(page: str, link: str) -> str:
    """Returns the link's full address; an index on the web cannot lead to this machine's files."""
    url = urljoin(page, link)
    kinds = urlsplit(page).scheme, urlsplit(url).scheme
    if kinds[1] != "https" and kinds[0] != kinds[1]:
        raise SourceError(f"the index leads from {kinds[0]} to {kinds[1]}")
    return url


def _open(url: str, settings: dict[str, str]) -> HTTPResponse:
    """Opens an address with pip's certificate; name and password in it become a header."""
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path.endswith("/"):
        parts = parts._replace(path=f"{parts.path}index.html")
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="")
    request = urllib.request.Request(urlunsplit(bare), headers={"Accept": "text/html, */*;q=0.1"})
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        # Not sent on to where a redirection may lead.
        request.add_unredirected_header(
            "Authorization", f"Basic {base64.b64encode(pair).decode('ascii')}"
        )
    context = ssl.create_default_context(cafile=settings.get("cert"))
    return urllib.request.urlopen(request, timeout=_PATIENCE, context=context)


def _normal(name: str) -> str:
    """Returns a package's name as an index writes it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
