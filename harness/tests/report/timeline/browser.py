"""A Chromium that does as it is told, over a pipe: keys, sizes, colours, pictures, and what it complained about."""

import base64
import contextlib
import fcntl
import json
import os
import shutil
import subprocess
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

QUIET = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
KEYS = {"ArrowRight": 39, "ArrowLeft": 37, "ArrowDown": 40, "ArrowUp": 38, "Home": 36, "End": 35, "Tab": 9, "Enter": 13}


class Browser:
    """One page in one browser.

    Attributes:
        complaints: what was written to the console, thrown, or refused by the page's policy.
        asked: every address that was asked for.
    """

    def __init__(self, profile: Path):
        down, up = os.pipe(), os.pipe()
        theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (down[0], up[1])]

        def at_the_numbers_it_knows():
            os.dup2(theirs[0], 3)
            os.dup2(theirs[1], 4)

        self._process = subprocess.Popen(
            [str(CHROMIUM), *QUIET, f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"],
            preexec_fn=at_the_numbers_it_knows,
            pass_fds=(3, 4),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for end in (down[0], up[1], *theirs):
            os.close(end)
        self._out, self._in = os.fdopen(down[1], "wb", buffering=0), os.fdopen(up[0], "rb")
        self._buffer, self._number, self._session = b"", 0, ""
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page = next(one for one in self.tell("Target.getTargets")["targetInfos"] if one["type"] == "page")
        self._session = self.tell("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.tell(f"{domain}.enable")

    def tell(self, method, **parameters):
        """Gives a command and returns its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        while (heard := self._hear()).get("id") != self._number:
            pass
        assert "error" not in heard, (method, heard["error"])
        return heard["result"]

    def _hear(self):
        while b"\0" not in self._buffer:
            read = os.read(self._in.fileno(), 1 << 20)
            assert read, "the browser has gone"
            self._buffer += read
        line, _, self._buffer = self._buffer.partition(b"\0")
        heard = json.loads(line)
        said, about = heard.get("method"), heard.get("params", {})
        if said == "Runtime.consoleAPICalled":
            self.complaints.append(str(about["args"]))
        elif said == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(about["exceptionDetails"]))
        elif said == "Log.entryAdded":
            self.complaints.append(about["entry"]["text"])
        elif said == "Page.javascriptDialogOpening":
            self.complaints.append(f"dialog: {about['message']}")
        elif said == "Network.requestWillBeSent":
            self.asked.append(about["request"]["url"])
        return heard

    def show(self, address, width=1400, height=1000, *, dark=False, still=False):
        """Opens the address in a window of this size."""
        features = [("prefers-color-scheme", "dark" if dark else "light")]
        features += [("prefers-reduced-motion", "reduce")] if still else []
        self.tell("Emulation.setEmulatedMedia", features=[{"name": name, "value": value} for name, value in features])
        self.tell(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.tell("Page.navigate", url="about:blank")
        self.complaints.clear()
        self.asked.clear()
        self.tell("Page.navigate", url=address)
        self.js("new Promise((done) => document.readyState === 'complete' ? done() : addEventListener('load', done))")

    def js(self, expression):
        """The value of an expression in the page; a promise is awaited."""
        told = self.tell("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def press(self, *names):
        """Presses keys, one after the other."""
        for name in names:
            key = {"key": name, "code": name, "windowsVirtualKeyCode": KEYS.get(name, ord(name[0].upper()))}
            text = {"Enter": "\r"}.get(name, name if len(name) == 1 else "")
            self.tell("Input.dispatchKeyEvent", type="keyDown", text=text, **key)
            self.tell("Input.dispatchKeyEvent", type="keyUp", **key)

    def picture(self, file, *, whole=False):
        """A picture of the window, or of the whole page."""
        data = self.tell("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        Path(file).write_bytes(base64.b64decode(data))

    def close(self):
        """The browser is gone."""
        with contextlib.suppress(OSError, AssertionError):
            self.tell("Page.navigate", url="about:blank")
        self._process.terminate()
        self._process.wait()
        self._out.close()
        self._in.close()
