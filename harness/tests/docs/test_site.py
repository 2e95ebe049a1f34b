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

ELSEWHERE = re.compile(r"(?:url\(\s*[\"']?|@import\s+[\"'])(?:\w+:)?//[^)\"']*")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

QUIET = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

NARROW = """<!doctype html><iframe src="/PAGE" style="border: 0; width: 400px; height: 900px"></iframe>
<pre id="measured"></pre><script>addEventListener("load", () => setTimeout(() => {
  const inner = document.querySelector("iframe").contentWindow, root = inner.document.documentElement;
  const asked = inner.performance.getEntriesByType("resource").map((one) => one.name);
  document.getElementById("measured").textContent =
    JSON.stringify({width: root.scrollWidth, screen: inner.innerWidth, asked}).replaceAll("&", "%26");
}, 500));</script>"""
"""A page as wide as a telephone: a browser's own window cannot be made so narrow."""


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


def test_no_page_loads_anything_from_elsewhere(site):
    for path in site.rglob("*.html"):
        page = Loaded()
        page.feed(path.read_text(encoding="utf-8"))
        assert [one for one in page.addresses if re.match(r"(\w+:)?//", one)] == [], path.name


def test_no_style_sheet_loads_anything_from_elsewhere(site):
    for path in site.rglob("*.css"):
        assert ELSEWHERE.findall(path.read_text(encoding="utf-8")) == [], path.name


def test_every_marker_is_filled(site):
    left = [path.name for path in site.rglob("*.html") if "<!-- generated" in path.read_text(encoding="utf-8")]

    assert left == []


def test_the_verdict_schema_is_a_file_of_the_site(site):
    schema = json.loads((site / "reference" / "verdict.schema.json").read_text(encoding="utf-8"))

    assert schema["title"] == "serverless-katas/verdict/1"
    assert {"outcome", "score", "scenarios"} <= set(schema["$defs"]["Verdict"]["properties"])


@pytest.fixture(scope="module")
def address(site):
    """A server for the site; /narrow/PAGE is the page in a narrow frame that measures it."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            if not self.path.startswith("/narrow/"):
                return super().do_GET()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(NARROW.replace("PAGE", self.path.removeprefix("/narrow/")).encode())

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
@pytest.mark.parametrize(
    "page",
    ["index.html", "patterns/queue-based-load-leveling.html", "reference/faults.html", "reference/fidelity.html"],
)
def test_a_page_fits_a_narrow_screen_and_asks_nobody_else(page, address, tmp_path):
    assert CHROMIUM
    command = [CHROMIUM, *QUIET, f"--user-data-dir={tmp_path}", "--virtual-time-budget=5000"]
    command += ["--dump-dom", f"{address}/narrow/{page}"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    measured = json.loads(re.findall(r'<pre id="measured">(.+?)</pre>', shown)[0])

    assert measured["width"] <= measured["screen"] <= 400
    assert any(one.endswith("kata.css") for one in measured["asked"])
    assert [one for one in measured["asked"] if not one.startswith(address)] == []
