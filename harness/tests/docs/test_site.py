"""The built site loads nothing from elsewhere, and reads well on a small screen."""

import functools
import http.server
import json
import re
import shutil
import subprocess
import threading
from html.parser import HTMLParser

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NARROW_PX = 400

QUIET = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
QUIET += ["--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions"]

PROBE = """<!doctype html><body><pre id="found"></pre><script>
const pages = PAGES, found = {};
const look = (rest) => {
  if (!rest.length) { document.getElementById("found").textContent = JSON.stringify(found); return; }
  const frame = document.createElement("iframe");
  frame.style.width = "NARROWpx"; frame.style.height = "900px"; frame.src = rest[0];
  frame.onload = () => {
    found[rest[0]] = frame.contentDocument.documentElement.scrollWidth; frame.remove(); look(rest.slice(1));
  };
  document.body.append(frame);
};
look(pages);
</script>"""


class Loaded(HTMLParser):
    """Addresses that a browser fetches by itself when it shows a page."""

    def __init__(self):
        super().__init__()
        self.addresses = []

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag in ("script", "img", "iframe", "source", "video", "audio", "embed", "object"):
            self.addresses += [named.get("src") or named.get("data") or ""]
        if tag == "link" and named.get("rel") not in ("canonical", "prev", "next"):
            self.addresses.append(named.get("href") or "")


def _pages(site):
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html") if path.name != "404.html")


def test_no_page_loads_anything_from_elsewhere(site):
    for path in site.rglob("*.html"):
        page = Loaded()
        page.feed(path.read_text(encoding="utf-8"))
        assert [one for one in page.addresses if re.match(r"(\w+:)?//", one)] == [], path.name


def test_no_style_sheet_loads_anything_from_elsewhere(site):
    for path in site.rglob("*.css"):
        assert re.findall(r"(?:url\(\s*[\"']?|@import\s+[\"'])(?:\w+:)?//[^)\"']*", path.read_text(encoding="utf-8")) == []


def test_every_marker_is_filled(site):
    left = [path.name for path in site.rglob("*.html") if "<!-- generated" in path.read_text(encoding="utf-8")]

    assert left == []


def test_the_verdict_schema_is_a_file_of_the_site(site):
    schema = json.loads((site / "reference" / "verdict.schema.json").read_text(encoding="utf-8"))

    assert schema["title"] == "serverless-katas/verdict/1"
    assert {"outcome", "score", "scenarios"} <= set(schema["$defs"]["Verdict"]["properties"])


@pytest.fixture
def address(site):
    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")
def test_a_browser_asks_nobody_else_for_anything(site, address, tmp_path):
    log = tmp_path / "requests.json"
    pages = ["index.html", "patterns/queue-based-load-leveling.html", "reference/faults.html"]
    for page in pages:
        _browse(f"{address}/{page}", tmp_path, f"--log-net-log={log}")
        asked = set(re.findall(r'"url":"(https?://[^"]*)"', log.read_text(encoding="utf-8")))

        assert f"{address}/{page}" in asked
        assert {url for url in asked if not url.startswith(address)} == set()


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")
def test_no_page_is_wider_than_a_narrow_screen(site, address, tmp_path):
    pages = _pages(site)
    probe = PROBE.replace("PAGES", json.dumps(pages)).replace("NARROW", str(NARROW_PX))
    (site / "probe.htm").write_text(probe, encoding="utf-8")

    shown = _browse(f"{address}/probe.htm", tmp_path, "--dump-dom", "--virtual-time-budget=20000")
    widths = json.loads(re.search(r'<pre id="found">(.*?)</pre>', shown)[1])

    assert list(widths) == pages
    assert {page: width for page, width in widths.items() if width > NARROW_PX} == {}


def _browse(url, tmp_path, *options):
    command = [CHROMIUM, *QUIET, f"--user-data-dir={tmp_path / 'profile'}", *options]
    if "--dump-dom" not in options:
        command.append("--dump-dom")
    return subprocess.run([*command, url], capture_output=True, text=True, timeout=120, check=True).stdout
