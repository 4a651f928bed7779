"""A Chromium without a window, driven as its own developer tools drive it: through a pipe, so that no port is opened.

Its protocol is JSON with a zero byte behind each message (https://chromedevtools.github.io/devtools-protocol/).
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_FLAGS: Final = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",  # in a container there is no other, and the page is ours
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
)
_KEYS: Final = {
    "Enter": ("Enter", 13, "\r"),
    "Tab": ("Tab", 9, ""),
    "Escape": ("Escape", 27, ""),
    "/": ("Slash", 191, "/"),
}


@dataclass
class Browser:
    """One page, what it said on its console, and what it asked the network for."""

    to: IO[bytes]
    back: IO[bytes]
    session: str = ""
    said: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    loaded: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.to.write(json.dumps(message).encode() + b"\0")
        self.to.flush()
        while (answer := self._read()).get("id") != number:
            self._note(answer)
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def open(self, page: Path) -> None:
        loader = self.call("Page.navigate", url=page.as_uri())["loaderId"]
        while loader not in self.loaded:
            self._note(self._read())

    def run(self, script: str) -> Any:
        """The value of an expression in the page; the page's own rules do not hold for it."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """A key as a hand presses it: the page cannot tell."""
        code, number, text = _KEYS[key]
        down = {"text": text} if text else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, code=code, windowsVirtualKeyCode=number, **down)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=code, windowsVirtualKeyCode=number)

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def look(self, width: int, height: int = 1000, *, dark: bool = False) -> None:
        """How wide the window is, and whether its user likes it dark."""
        phone = width < 500
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def _read(self) -> dict[str, Any]:
        message = bytearray()
        while (byte := self.back.read(1)) != b"\0":
            assert byte, "Chromium has ended"
            message += byte
        answer: dict[str, Any] = json.loads(message)
        return answer

    def _note(self, event: dict[str, Any]) -> None:
        method, told = event.get("method", ""), event.get("params", {})
        if method == "Page.lifecycleEvent" and told["name"] == "load":
            self.loaded.add(told["loaderId"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method in {"Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"}:
            self.said.append(json.dumps(told))


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A Chromium with an empty page, that ends with the block. `profile` is an empty folder."""
    assert CHROMIUM, "there is no Chromium here: apt-get install chromium"
    theirs, to = os.pipe()
    back, ours = os.pipe()
    # Chromium reads from descriptor 3 and writes to 4; a shell need not know numbers above 9.
    become = (
        "import os, sys; here, there, *words = sys.argv[1:]\n"
        "os.dup2(int(here), 3); os.dup2(int(there), 4); os.execv(words[0], words)"
    )
    words = [
        sys.executable,
        "-c",
        become,
        str(theirs),
        str(ours),
        CHROMIUM,
        *_FLAGS,
        f"--user-data-dir={profile}",
        "about:blank",
    ]
    with subprocess.Popen(words, pass_fds=(theirs, ours), stderr=subprocess.DEVNULL) as process:
        os.close(theirs)
        os.close(ours)
        try:
            with os.fdopen(to, "wb") as writer, os.fdopen(back, "rb") as reader:
                found = Browser(writer, reader)
                # A page of our own: the one that Chromium opens may still be loading.
                target = found.call("Target.createTarget", url="about:blank")["targetId"]
                found.session = found.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
                for domain in ("Page", "Runtime", "Log", "Network"):
                    found.call(f"{domain}.enable")
                found.call("Page.setLifecycleEventsEnabled", enabled=True)
                yield found
        finally:
            process.terminate()


# The texts whose contrast is too low. WCAG 2.2, 1.4.3: 4.5 to 1.
CONTRASTS = """(() => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([red, green, blue]) => [red, green, blue].map((part) => part / 255)
    .map((part) => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [.2126, .7152, .0722][at], 0);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parts(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const faint = new Set();
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility()) continue;
    const [one, other] = [light(parts(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
    const name = `${element.tagName} ${element.className} in ${element.parentElement.className}`;
    if ((one + .05) / (other + .05) < 4.5) faint.add(name);
  }
  return [...faint];
})()"""
