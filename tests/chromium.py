"""A headless Chromium, driven through the pipe of its developer tools: nothing but the browser is needed."""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless=new --remote-debugging-pipe --no-sandbox --disable-quic --no-first-run --no-default-browser-check "
    "--disable-background-networking --disable-component-update --disable-sync --disable-extensions "
    "--disable-dev-shm-usage --hide-scrollbars --mute-audio --use-angle=swiftshader --enable-unsafe-swiftshader"
).split()
PATIENCE = 30.0  # s; longer is a hang
NULL = b"\0"  # ends each message


def find_chromium():
    """Path of a browser, None without one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _high(handle):
    """The same end of a pipe under a number that is not 3 or 4, which the browser needs."""
    moved = fcntl.fcntl(handle, fcntl.F_DUPFD, 10)
    os.close(handle)
    return moved


class Browser:
    """One browser process; use as a context manager."""

    def __init__(self, program, profile: Path):
        theirs_in, self._out = (_high(end) for end in os.pipe())
        self._in, theirs_out = (_high(end) for end in os.pipe())

        def connect():
            os.dup2(theirs_in, 3)
            os.dup2(theirs_out, 4)

        self._process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(3, 4),
            preexec_fn=connect,  # noqa: PLW1509 - no other thread runs here
            start_new_session=True,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._buffer, self._number, self.events = b"", 0, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
            self._process.wait(10)
        except (OSError, RuntimeError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def call(self, method, session=None, **parameters):
        """Call a method of the protocol and return its result; events that come before it are kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + NULL)
        limit = time.monotonic() + PATIENCE
        while True:
            answer = self._next(limit)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def _next(self, limit):
        while NULL not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0.0, limit - time.monotonic()))
            piece = os.read(self._in, 1 << 20) if ready else b""
            if not piece:
                raise RuntimeError("the browser does not answer")
            self._buffer += piece
        message, self._buffer = self._buffer.split(NULL, 1)
        return json.loads(message)


class Page:
    """One page of a browser, with everything that it complained about in `complaints`."""

    def __init__(self, browser, width=1000, height=800, *, dark=False, script=True, phone=False):
        self.browser = browser
        context = browser.call("Target.createBrowserContext")["browserContextId"]
        self._target = browser.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        self._session = browser.call("Target.attachToTarget", targetId=self._target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.resize(width, height, phone=phone)
        self.media(dark=dark)
        self.call("Emulation.setScriptExecutionDisabled", value=not script)

    def call(self, method, **parameters):
        return self.browser.call(method, self._session, **parameters)

    def media(self, *, dark=False, kind=""):
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=kind, features=[scheme])

    def open(self, path: Path):
        self.call("Page.navigate", url=path.resolve().as_uri())
        self.until("document.readyState === 'complete'")

    def resize(self, width, height, *, phone=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self._target)

    def settle(self):
        """Wait until two frames have been drawn."""
        self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")

    def value(self, expression):
        """What an expression gives in the page, also where the page itself may not run scripts."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def until(self, expression):
        limit = time.monotonic() + PATIENCE
        while not self.value(expression):
            if time.monotonic() > limit:
                raise RuntimeError(f"never true: {expression}")
            time.sleep(0.02)

    def screenshot(self, selector=None):
        """A PNG of the window, or of one element."""
        if selector is None:
            return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])
        box = self.value(
            f"(() => {{ const b = document.querySelector({selector!r}).getBoundingClientRect();"
            " return {x: b.x + scrollX, y: b.y + scrollY, width: b.width, height: b.height, scale: 1}; })()"
        )
        answer = self.call("Page.captureScreenshot", format="png", clip=box, captureBeyondViewport=True)
        return base64.b64decode(answer["data"])

    def mouse(self, kind, x, y, **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def _mine(self, method):
        return [
            e["params"] for e in self.browser.events if e["method"] == method and e.get("sessionId") == self._session
        ]

    @property
    def complaints(self):
        """What the page wrote to the console as error or warning, what the browser calls an error, exceptions."""
        self.value("1")  # fetches what is on its way
        console = [e for e in self._mine("Runtime.consoleAPICalled") if e["type"] in ("error", "warning", "assert")]
        entries = [e["entry"] for e in self._mine("Log.entryAdded") if e["entry"]["level"] == "error"]
        return [*console, *entries, *self._mine("Runtime.exceptionThrown")]

    @property
    def requests(self):
        """Addresses that were asked for, but for data in the page itself."""
        found = [e["request"]["url"] for e in self._mine("Network.requestWillBeSent")]
        return [url for url in found if not url.startswith(("data:", "blob:"))]
