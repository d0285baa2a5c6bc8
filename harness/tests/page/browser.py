# SPDX-License-Identifier: LGPL-2.1-or-later
"""A headless Chromium, driven through chromedriver: as much of WebDriver as the tests of pages need."""

import base64
import json
import pathlib
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

# It is to fetch nothing by itself, and to leave nothing behind.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
# A limit for what should not hang; nothing depends on it otherwise.
LIMIT = 120
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Home": "\ue011",
    "End": "\ue010",
    "Left": "\ue012",
    "Up": "\ue013",
    "Right": "\ue014",
    "Down": "\ue015",
    "Control": "\ue009",
}


def missing():
    """Which of the programs that are needed is not there, or None."""
    return next((name for name in ("chromium", "chromedriver") if shutil.which(name) is None), None)


class Browser:
    def __init__(self):
        self.home = tempfile.TemporaryDirectory(prefix="ipc-chromium-", ignore_cleanup_errors=True)
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        for line in self.driver.stdout:
            if "successfully" in line:
                self.url = f"http://127.0.0.1:{line.rstrip().rstrip('.').split()[-1]}/session"
                break
        options = {"binary": shutil.which("chromium"), "args": FLAGS + [f"--user-data-dir={self.home.name}"]}
        answer = self.send(
            "POST",
            "",
            {
                "capabilities": {
                    "alwaysMatch": {
                        "goog:chromeOptions": options,
                        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
                    }
                }
            },
        )
        self.url += "/" + answer["sessionId"]
        self.version = answer["capabilities"]["browserVersion"]
        self.size(1280, 900)

    def close(self):
        try:
            self.send("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(LIMIT)
            self.driver.stdout.close()
            self.home.cleanup()

    def send(self, method, path, body=None):
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=LIMIT) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def devtools(self, command, **parameters):
        return self.send("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    # --- looking ---

    def open(self, path, fragment=""):
        # Another fragment alone would not load the page anew.
        self.send("POST", "/url", {"url": "about:blank"})
        self.send("POST", "/url", {"url": pathlib.Path(path).resolve().as_uri() + fragment})
        self.wait("document.documentElement.dataset.shown !== undefined || document.querySelector('.matrix')")

    def run(self, script, *arguments):
        return self.send("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def get(self, expression):
        return self.run(f"return {expression}")

    def wait(self, expression):
        """Until it is true: looked at by the page itself, whenever it draws."""
        done = self.send(
            "POST",
            "/execute/async",
            {
                "script": f"""const done = arguments[0];
            const look = () => {{ if ({expression}) done(true); else requestAnimationFrame(look); }}; look();""",
                "args": [],
            },
        )
        assert done

    def text(self, selector="main"):
        return self.run("return document.querySelector(arguments[0])?.innerText", selector)

    def texts(self, selector):
        return self.run("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector)

    def count(self, selector):
        return self.run("return document.querySelectorAll(arguments[0]).length", selector)

    def errors(self):
        return [
            entry["message"]
            for entry in self.send("POST", "/se/log", {"type": "browser"})
            if entry["level"] in ("SEVERE", "WARNING")
        ]

    def requests(self):
        """What pages have asked for since the last call, files and data of their own apart."""
        entries = [
            json.loads(entry["message"])["message"] for entry in self.send("POST", "/se/log", {"type": "performance"})
        ]
        urls = [
            entry["params"]["request"]["url"] for entry in entries if entry["method"] == "Network.requestWillBeSent"
        ]
        return [
            url
            for url in urls
            if not (url.startswith(("data:", "about:", "blob:")) or url.startswith("file:") and ".html" in url)
        ]

    def screenshot(self, path, height=None):
        size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], height or 3000), "scale": 1}
        picture = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        pathlib.Path(path).write_bytes(base64.b64decode(picture["data"]))

    # --- doing ---

    def size(self, width, height, phone=False):
        self.devtools(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone
        )

    def dark(self, dark):
        self.devtools(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}],
        )

    def element(self, selector):
        return self.send("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        self.send("POST", f"/element/{self.element(selector)}/click")

    def type(self, selector, text):
        self.send("POST", f"/element/{self.element(selector)}/clear")
        self.send("POST", f"/element/{self.element(selector)}/value", {"text": text})

    def press(self, *names):
        """One key after the other."""
        actions = [{"type": kind, "value": KEYS.get(name, name)} for name in names for kind in ("keyDown", "keyUp")]
        self.send("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def pointer(self, *actions):
        """("move", x, y), ("down",), ("up",), in coordinates of the window."""
        kinds = {
            "move": lambda x, y: {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0},
            "down": lambda: {"type": "pointerDown", "button": 0},
            "up": lambda: {"type": "pointerUp", "button": 0},
        }
        self.send(
            "POST",
            "/actions",
            {
                "actions": [
                    {
                        "type": "pointer",
                        "id": "mouse",
                        "parameters": {"pointerType": "mouse"},
                        "actions": [kinds[name](*values) for name, *values in actions],
                    }
                ]
            },
        )

    def wheel(self, x, y, delta, control=False):
        key = {
            "type": "key",
            "id": "keys",
            "actions": [
                {"type": "keyDown", "value": KEYS["Control"]} if control else {"type": "pause"},
                {"type": "pause"},
                {"type": "keyUp", "value": KEYS["Control"]} if control else {"type": "pause"},
            ],
        }
        wheel = {
            "type": "wheel",
            "id": "wheel",
            "actions": [
                {"type": "pause"},
                {"type": "scroll", "x": round(x), "y": round(y), "deltaX": 0, "deltaY": delta, "duration": 0},
                {"type": "pause"},
            ],
        }
        self.send("POST", "/actions", {"actions": [key, wheel]})
