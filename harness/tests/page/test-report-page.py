#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The report's page, clicked through in a headless Chromium. Prints TAP.

Usage: test-report-page.py HARNESS [SCREENSHOT-FOLDER]

Runs are made up (made_run.py), so that everything is there that a page may have to show. With a folder, screenshots are
left in it, for people to look at.
"""

import pathlib
import subprocess
import sys
import tempfile
import time

import browser
import made_run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap

HARNESS = SHOTS = None


def expect(condition, what, *seen):
    tap.expect(condition, what, *(str(thing)[:2000] for thing in seen))


def make_page(*arguments):
    done = subprocess.run(
        [HARNESS, "report", *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    expect(done.returncode == 0, f"report: exit code {done.returncode}", done.stderr)


class Place:
    """The pages, made once."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.page = made_run.small(self.folder("small")) / "index.html"
        make_page("--html", self.page, self.page.parent)

    def folder(self, name):
        (self.path / name).mkdir()
        return self.path / name


def shoot(b, name, height=None):
    if SHOTS is not None:
        b.screenshot(SHOTS / f"{name}.png", height)


def case(name, round=1):
    """The fragment of a case, as the page writes it."""
    parts = "/".join(f"{''.join(f'%{ord(c):02X}' if c in '[]=' else c for c in part)}" for part in name.split("/"))
    return f"#case/{parts}" + (f"?round={round}" if round > 1 else "")


# --- overview ---


def test_overview(b, place):
    b.open(place.page)
    text = b.text()
    for words in (
        "Conformance of made-up",
        "8 results",
        "9.8.7",
        "1.22.0",
        "Linux made-up",
        "Why cases failed",
        "Flaky: 1 case",
        "Known failures: 1",
        "Slowest",
    ):
        expect(words in text, f"no {words}", text)
    expect(b.count("a[href='coverage.html']") == 1, "no link to the coverage")
    expect(b.count(".cases tbody tr") == 8, "not every result is listed")
    first = b.texts(".cases tbody tr .verdict")
    expect(first[0] == "crash" and first[-1] == "pass", "not the worst first", first)
    # Two reasons that differ in numbers only are one.
    expect(any("2 ×" in reason for reason in b.texts(".reasons li")), "reasons are not grouped", b.texts(".reasons li"))
    shoot(b, "overview")


def test_filter(b, place):
    b.open(place.page)
    b.click("button[data-verdict=fail]")
    expect(b.texts(".cases tbody .verdict") == ["fail", "fail"], "verdict filter", b.texts(".cases tbody .verdict"))
    b.click("button[data-verdict=crash]")
    expect(b.count(".cases tbody tr") == 3, "two verdicts are either of them")
    expect(b.text("[role=status]") == "3 of 8 results.", "the count is not told", b.text("[role=status]"))
    b.click("button[data-verdict=fail]")
    b.click("button[data-verdict=crash]")
    for words, n in (
        ("slave-killed", 1),
        ("SHOWS seek", 3),
        ("never worked", 1),
        ("life-3 fan", 1),
        ("nothing like it", 0),
    ):
        b.type("#search", words)
        b.wait(f"document.querySelectorAll('.cases tbody tr').length === {n}")
    b.type("#search", "seek")
    b.click("option[value=name]")
    expect(
        b.texts(".cases tbody a") == ["seek/flush[slaves=1]", "seek/flush[slaves=1] (round 2)", "seek/other"],
        "order by name",
        b.texts(".cases tbody a"),
    )


def test_open_case(b, place):
    b.open(place.page)
    b.click(".cases tbody tr:first-child a")
    b.wait("document.querySelector('.picture')")
    expect(b.text("h1") == "failure/slave-killed", "wrong case", b.text("h1"))
    expect(b.get("document.title").startswith("failure/slave-killed"), "title", b.get("document.title"))
    expect(b.get("document.activeElement.id") == "main", "a screen reader stays where it was")
    b.run("history.back()")
    b.wait("document.querySelector('.cases')")
    b.open(place.page, case("seek/flush[slaves=1]", 2))
    expect(b.text("h1") == "seek/flush[slaves=1] (round 2)", "link to a round", b.text("h1"))
    expect(b.text("[aria-current=page]") == "2 fail", "rounds", b.text())
    b.click("a[href='#']")
    b.wait("document.querySelector('.cases')")
    b.open(place.page, "#case/no/such")
    expect("No such case" in b.text(), "unknown case", b.text())


# --- a case ---


def test_failing_case(b, place):
    b.open(place.page, case("failure/slave-killed"))
    text = b.text()
    for words in (
        "Why it failed",
        "master: crashed by signal 13",
        "master was killed",
        "LIFE-3 (MUST) No process crashes",
        "Steps",
        "master.log",
        "To repeat it",
        "gst-ipc-harness run 'failure/slave-killed'",
    ):
        expect(words in text, f"no {words}", text)
    expect(b.count(".steps tr.bad") == 1, "the step that failed stands out")
    # It opens where it went wrong, with all that tells why in the picture.
    picture = " ".join(b.texts(".picture text"))
    for words in ("✗ 1, step", "crashed by signal 13", "cut", "PLAYING"):
        expect(words in picture, f"no {words} in the picture", picture)
    expect(b.count(".picture .unanswered .cross") == 1, "the packet that was never answered")
    expect(b.count(".picture .lost .cross") == 1, "the packet that a fault took")
    expect(b.get("window.timeline.view[0]") > 0.1, "opened where nothing happened", b.get("window.timeline.view"))
    hrefs = b.get("[...document.querySelectorAll('.files a')].map(a => a.getAttribute('href'))")
    expect("cases/failure/slave-killed/history.ndjson" in hrefs, "links are relative to the page", hrefs)
    shoot(b, "failing")
    b.open(
        place.page,
        case("hostile/x").replace("x", "")
        + b.run("return encodeURIComponent(arguments[0])", made_run.HOSTILE).replace("%2F", "/"),
    )
    expect("There is no picture" in b.text(), "a case that left nothing", b.text())


def test_eight_slaves(b, place):
    b.open(place.page, case("fan/tee-8"))
    names = b.texts(".picture .row-name")
    expect(names == ["scenario", "master", *[f"viewer{i}" for i in range(1, 9)]], "lanes", names)
    expect(b.count(".picture .g-buffer") > 8 * 10, "buffers are drawn")
    expect("Why it failed" not in b.text(), "nothing failed")
    shoot(b, "eight-slaves", 1300)
    before = b.count(".picture .packet")
    b.click(".legend button")
    expect(b.get("document.querySelector('.legend button').getAttribute('aria-pressed')") == "false", "switch")
    expect(b.count(".picture .packet.g-buffer") == 0 and b.count(".picture .packet") < before, "buffers can be hidden")


def box_of(b, selector):
    return b.run(
        "const r = document.querySelector(arguments[0]).getBoundingClientRect(); return [r.x, r.y, r.width, r.height]",
        selector,
    )


def test_zoom(b, place):
    b.open(place.page, case("fan/tee-8"))
    view = lambda: b.get("window.timeline.view")
    expect(view() == [0, 1], "all of it at first", view())
    b.click("[aria-label='Zoom in']")
    near = view()
    expect(abs(near[1] - near[0] - 0.5) < 1e-6, "zoom in", near)
    b.click("[aria-label=Later]")
    expect(view()[0] > near[0], "pan", view())
    x, y, width, height = box_of(b, ".picture")
    before = view()
    b.wheel(x + width * 0.75, y + 60, -120, control=True)
    after = view()
    expect(after[1] - after[0] < before[1] - before[0], "the wheel zooms with Ctrl", before, after)
    b.pointer(("move", x + 600, y + 60), ("down",), ("move", x + 500, y + 60), ("move", x + 400, y + 60), ("up",))
    expect(view()[0] > after[0], "dragging moves it", after, view())
    b.click("[title='Show all of it']")
    expect(view() == [0, 1], "whole", view())
    plain = "[...document.querySelectorAll('.controls button')].find(e => e.textContent === 'True scale')"
    b.run(f"{plain}.click()")
    expect(b.get(f"{plain}.getAttribute('aria-pressed')") == "true", "true scale")


def test_pointing(b, place):
    b.open(place.page, case("failure/slave-killed"))
    x, y, width, height = box_of(b, ".picture .unanswered .cross")
    b.pointer(("move", x + width / 2, y + height / 2))
    b.wait("!document.querySelector('.tip').hidden")
    tip = b.text(".tip")
    for words in ("BUFFER 8", "never answered", "master.sink-viewer", "viewer.src"):
        expect(words in tip, f"no {words} in the tip", tip)
    b.pointer(("down",), ("up",))
    words = b.text(".words")
    expect("BUFFER 8" in words and "700 bytes" in words and "line " in words, "what was chosen is told", words)
    expect(b.count(".picture .chosen") == 1, "and marked")
    b.wait("document.querySelector('.events tr[aria-current=true]')")
    # From the table to the picture.
    b.run("[...document.querySelectorAll('.events button')].find(e => e.textContent.startsWith('ACK')).click()")
    expect(b.text(".words").startswith("ACK"), "a row chooses", b.text(".words"))


def test_keyboard(b, place):
    b.open(place.page)
    b.press("Tab")
    expect(b.get("document.activeElement.id") == "skip", "the first stop skips to the content")
    b.press("Enter")
    expect(b.get("document.activeElement.id") == "main", "skipped")
    b.open(place.page, case("seek/flush[slaves=1]"))
    for _ in range(30):
        b.press("Tab")
        if b.get("document.activeElement.classList.contains('picture')"):
            break
    expect(b.get("document.activeElement.classList.contains('picture')"), "the picture cannot be reached by Tab")
    b.press("Right")
    first = b.text(".words")
    b.press("Right")
    second = b.text(".words")
    expect(first.startswith("NULL") and second.startswith("READY"), "the next thing of the lane", first, second)
    b.press("Up")
    expect(b.text(".words").startswith("set-state playing"), "the row above", b.text(".words"))
    b.press("Down")
    expect("READY" in b.text(".words"), "and back", b.text(".words"))
    b.press("End")
    expect(
        b.get("window.timeline.chosen.t") == b.get("window.timeline.items[window.timeline.items.length - 1].t"),
        "to the end",
    )
    b.press("+", "+")
    size = b.get("window.timeline.view[1] - window.timeline.view[0]")
    expect(abs(size - 0.25) < 1e-6, "zoomed twice", size)
    b.press("0", "Escape")
    expect(
        b.get("window.timeline.view") == [0, 1] and b.get("window.timeline.chosen") is None, "all of it, nothing chosen"
    )
    b.open(place.page, case("failure/slave-killed"))
    b.run("document.querySelector('.picture').focus()")
    b.press("0", "f")
    expect(
        "crashed" in b.text(".words") or "signal 13" in b.text(".words"), "F goes to what went wrong", b.text(".words")
    )


def test_large_case_is_cut(b, place):
    folder = place.folder("cut")
    made_run.passing(1, 3000).save(folder / "cases" / "a" / "long")
    made_run.save(folder, [made_run.result("a/long", "pass")])
    make_page("--html", folder / "index.html", folder)
    b.open(folder / "index.html", case("a/long"))
    b.wait("document.querySelector('.events tbody tr')")
    text = b.text()
    expect(
        "packets between" in text and "are left out of this page; history.ndjson has them" in text,
        "it is not said what is missing",
        text,
    )
    expect("The first 300 of " in text, "nor that the table is cut", text)
    expect(b.count(".picture .left-out") == 1, "nor shown in the picture")


# --- for everybody ---

CHECKS = (pathlib.Path(__file__).parent / "checks.js").read_text()


def expect_contrast(b, what):
    mistakes = b.run(CHECKS + "return contrastMistakes();")
    expect(mistakes == [], f"too little contrast, {what}", *mistakes)


def expect_structure(b, what):
    mistakes = b.run(CHECKS + "return structureMistakes();")
    expect(mistakes == [], f"structure, {what}", *mistakes)


def test_contrast(b, place):
    grounds = set()
    for dark in (False, True):
        b.dark(dark)
        for fragment in ("", case("failure/slave-killed")):
            b.open(place.page, fragment)
            expect_contrast(b, f"dark={dark} {fragment}")
            grounds.add(b.get("getComputedStyle(document.body).backgroundColor"))
            if dark:
                shoot(b, "dark-case" if fragment else "dark")
    b.dark(False)
    expect(len(grounds) == 2, "light and dark are the same", grounds)


def test_phone(b, place):
    b.size(360, 740, phone=True)
    for name, fragment in (
        ("phone", ""),
        ("phone-case", case("failure/slave-killed")),
        ("phone-eight", case("fan/tee-8")),
    ):
        b.open(place.page, fragment)
        wide = b.get("[document.documentElement.scrollWidth, window.innerWidth]")
        expect(wide[0] <= wide[1] <= 360, f"scrolls sideways at {fragment}", wide)
        shoot(b, name, 2200)
    b.size(1280, 900)


def test_structure(b, place):
    for fragment in ("", case("failure/slave-killed"), case("fan/tee-8")):
        b.open(place.page, fragment)
        expect_structure(b, fragment)


def test_hostile(b, place):
    b.open(place.page)
    expect(made_run.HOSTILE in b.text(), "hostile text is shown as it is", b.text())
    b.run("[...document.querySelectorAll('.cases a')].find(a => a.textContent.startsWith('hostile')).click()")
    b.wait("document.querySelector('h1').textContent.startsWith('hostile')")
    expect(made_run.HOSTILE in b.text("h1"), "in a heading", b.text("h1"))
    b.open(place.page, case("failure/slave-killed"))
    expect(made_run.HOSTILE in b.text(".tail"), "in a log", b.text(".tail"))
    expect(b.get("window.hacked === undefined"), "it was run")
    expect(b.count("img") == 0, "it became an element")


def test_two_thousand(b, place):
    folder = made_run.large(place.folder("large"), 2000)
    page = folder / "index.html"
    make_page("--html", page, folder)
    size = page.stat().st_size
    b.open(page)
    timing = b.get("performance.getEntriesByType('navigation')[0].toJSON()")
    print(
        f"# 2000 results: {size / 1e6:.1f} MB, loaded in {timing['loadEventEnd']:.0f} ms, shown with {b.count('*')} elements"
    )
    expect(size < 12e6, f"the page has {size} bytes")
    expect(b.count(".cases tbody tr") < 500, "all rows are made at once", b.count(".cases tbody tr"))
    b.run("window.scrollTo(0, document.body.scrollHeight)")
    b.wait("document.querySelectorAll('.cases tbody tr').length > 150")
    b.type("#search", "case-1998")
    b.wait("document.querySelectorAll('.cases tbody tr').length === 1")
    b.click(".cases tbody a")
    b.wait("document.querySelector('.picture .packet')")
    expect(b.text("h1") == "many/case-1998", "the case", b.text("h1"))
    shoot(b, "two-thousand")


def test_matrix(b, place):
    other = made_run.save(
        place.folder("other"),
        [
            made_run.result("fan/tee-8", "fail"),
            made_run.result("seek/other", "fail"),
            made_run.result("seek/new", "pass"),
        ],
        "other",
        "made-up",
    )
    page = place.path / "matrix.html"
    make_page("--html", page, "--markdown", place.path / "table.md", place.page.parent, other / "result.json")
    b.open(page)
    expect(b.texts(".run-name") == ["made-up", "other → made-up"], "columns", b.texts(".run-name"))
    rows = dict(
        zip(
            b.texts(".matrix tbody th[scope=row]"),
            b.get(
                "[...document.querySelectorAll('.matrix tbody tr')].filter(r => r.cells.length > 1).map(r => [...r.cells].slice(1).map(c => c.innerText))"
            ),
        )
    )
    expect(
        rows["tee-8"] == ["pass", "fail"]
        and rows["other"] == ["fail", "fail"]
        and rows["flush[slaves=1]"][0] == "fail ~",
        "cells",
        rows,
    )
    n = b.count(".matrix tbody th[scope=row]")
    b.click("#differing")
    expect(
        0 < b.count(".matrix tbody th[scope=row]") < n and "other" not in b.texts(".matrix tbody th[scope=row]"),
        "only what differs",
        b.texts(".matrix tbody th"),
    )
    b.click("#differing")
    b.type("#search", "tee")
    expect(b.texts(".matrix tbody th[scope=row]") == ["tee-8"], "search", b.texts(".matrix tbody th"))
    expect(
        b.get("document.querySelector('.matrix td a').getAttribute('href')") == "small/index.html#case/fan/tee-8",
        "link to the case",
    )
    expect_structure(b, "table")
    expect_contrast(b, "table")
    expect("| fan/tee-8 | pass | **fail** |" in (place.path / "table.md").read_text(), "Markdown")
    shoot(b, "matrix")
    b.size(360, 740, phone=True)
    wide = b.get("[document.documentElement.scrollWidth, window.innerWidth]")
    b.size(1280, 900)
    expect(wide[0] <= 360, "scrolls sideways on a phone", wide)


TESTS = [
    ("the overview tells what there is to know", test_overview),
    ("cases are filtered, searched and ordered", test_filter),
    ("each case can be opened and linked to", test_open_case),
    ("a case that failed says why", test_failing_case),
    ("eight slaves have a lane each", test_eight_slaves),
    ("the picture is zoomed and moved", test_zoom),
    ("what is pointed at is told", test_pointing),
    ("everything can be done by keys", test_keyboard),
    ("what is left out is said", test_large_case_is_cut),
    ("all text has contrast, in light and dark", test_contrast),
    ("nothing scrolls sideways on a phone", test_phone),
    ("a screen reader finds names and structure", test_structure),
    ("hostile text stays text", test_hostile),
    ("two thousand results are quick", test_two_thousand),
    ("several runs are a table", test_matrix),
]


def undisturbed(b, place, test):
    """A test, and that the page did nothing behind its back."""
    test(b, place)
    requests, errors = b.requests(), b.errors()
    expect(requests == [], "something was fetched", *requests)
    expect(errors == [], "errors on the console", *errors)


def main():
    global HARNESS, SHOTS
    HARNESS = sys.argv[1]
    missing = browser.missing()
    if missing is not None:
        print(f"1..0 # SKIP {missing} is not installed (ci/setup ci installs it)")
        return 0
    if len(sys.argv) > 2:
        SHOTS = pathlib.Path(sys.argv[2])
        SHOTS.mkdir(parents=True, exist_ok=True)
    print(f"1..{len(TESTS)}")
    n_bad = 0
    with tempfile.TemporaryDirectory(prefix="ipc-page-") as path:
        b = browser.Browser()
        try:
            print(f"# Chromium {b.version}")
            place = Place(path)
            b.requests()
            for number, (name, test) in enumerate(TESTS, 1):
                start = time.monotonic()
                mistake = tap.mistake_of(undisturbed, b, place, test)
                n_bad += mistake is not None
                print(f"# {time.monotonic() - start:.1f} s")
                tap.tell(number, name, mistake)
        finally:
            b.close()
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main())
