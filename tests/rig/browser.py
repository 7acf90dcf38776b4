"""A headless Chromium, driven over its debugging pipe: what a page shows, asks for and complains of."""

import base64
import json
import os
import select
import shutil
import time

from . import process
from .waiting import TimedOut, patience, wait_until
from .workdir import Workdir

PHONE, DESK = (390, 844), (1280, 900)
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# Its own services would ask the network for things.
_OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
            "--hide-scrollbars", "--force-device-scale-factor=1", "--remote-debugging-pipe")


def program():
    """The browser's name; None when there is none."""
    return next((name for name in _PROGRAMS if shutil.which(name)), None)


class Browser:
    """One browser with one page. Use as a context manager.

    `complaints` are what the page's console and the browser's log told as errors or warnings;
    `requests` every address that was asked for.
    """

    def __init__(self):
        self._workdir = Workdir("browser")
        self._number = 0
        self._rest = b""
        self._session = None
        self.complaints = []
        self.requests = []

    def __enter__(self):
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        # The pipe's ends are descriptors 3 and 4 of the browser; a shell puts them there.
        command = f"exec {program()} \"$@\" 3<&{to_browser} 4>&{from_browser}"
        self._process = process.Process(
            ["/bin/bash", "-c", command, "browser", *_OPTIONS, f"--user-data-dir={self._workdir.path / 'profile'}",
             "about:blank"], log=self._workdir.path / "log", inherits=(to_browser, from_browser))
        os.close(to_browser)
        os.close(from_browser)
        try:
            self._open_page()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._process.kill9_all()
        os.close(self._write)
        os.close(self._read)
        self._workdir.remove()

    def _open_page(self):
        made = self.ask("Target.createTarget", url="about:blank")
        attached = self.ask("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method, **parameters):
        """Sends a command of the DevTools protocol and returns its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + patience(60)
        while True:
            answer = self._next(deadline, method)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self._note(answer)

    def _next(self, deadline, what):
        """The next message of the browser's."""
        while b"\0" not in self._rest:
            if not select.select([self._read], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimedOut(f"the browser did not answer {what}:\n{self._process.log_tail()}")
            more = os.read(self._read, 1 << 16)
            if not more:
                raise RuntimeError(f"the browser ended:\n{self._process.log_tail()}")
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def _note(self, event):
        told = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(told["request"]["url"])
            case "Runtime.exceptionThrown":
                self.complaints.append(told["exceptionDetails"]["text"])
            case "Runtime.consoleAPICalled" if told["type"] in ("error", "warning", "assert"):
                self.complaints.append(" ".join(str(one.get("value")) for one in told["args"]))
            case "Log.entryAdded" if told["entry"]["level"] in ("error", "warning"):
                self.complaints.append(told["entry"]["text"])

    def look_like(self, size, dark=False, mobile=False):
        """Gives the page this size and the user's wish for dark colours, or not."""
        self.ask("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1,
                 mobile=mobile)
        self.ask("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def open(self, address):
        done = self.ask("Page.navigate", url=address)
        if "errorText" in done:
            raise RuntimeError(f"{address}: {done['errorText']}")
        wait_until(lambda: self.value("document.readyState") == "complete", f"{address} was loaded")

    def value(self, script):
        """The value of a JavaScript expression; a promise is waited for."""
        done = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise RuntimeError(f"{script}: {done['exceptionDetails']}")
        return done["result"].get("value")

    def text(self, selector):
        return self.value(f"document.querySelector({json.dumps(selector)})?.innerText ?? null")

    def picture(self, file):
        """Writes the visible part of the page as PNG."""
        shot = self.ask("Page.captureScreenshot", format="png")
        file.write_bytes(base64.b64decode(shot["data"]))
