#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""gst-ipc-bench from outside, on real processes for moments. Prints TAP.

Usage: test-bench.py BENCH [NAME...]

What is looked at is whether everything was measured that was asked for, and whether it can be true: counts, signs,
sums. How fast anything is, is nothing that a test could know.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
import tap
from tap import expect

BENCH = None
# A limit for what should not hang; nothing depends on it otherwise.
LIMIT = 240


class Place:
    """A folder for one test."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.tmp = self.path / "tmp"
        self.tmp.mkdir()
        self.json, self.html, self.markdown = (self.path / name for name in ("b.json", "b.html", "b.md"))
        self.env = {**os.environ, "TMPDIR": str(self.tmp)}

    def run(self, *arguments, code=0):
        done = subprocess.run([BENCH, *map(str, arguments)], capture_output=True, text=True, timeout=LIMIT,
                              stdin=subprocess.DEVNULL, env=self.env)
        expect(done.returncode == code, f"exit code {done.returncode}, expected {code}", done.stdout, done.stderr)
        self.expect_nothing_left()
        return done

    def start(self, *arguments):
        return subprocess.Popen([BENCH, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=self.env)

    def expect_nothing_left(self):
        left = list(self.tmp.iterdir())
        expect(not left, f"left in TMPDIR: {left}")

    def result(self):
        return json.loads(self.json.read_text())


def children(process):
    try:
        return list(map(int, pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()))
    except FileNotFoundError:
        return []


def wait_for_round(process, number):
    """Progress tells."""
    for line in process.stderr:
        if line.startswith(f"round {number}/"):
            return
        expect(line.startswith(("round", "gst-ipc-bench: this machine is busy")), f"unexpected: {line}")
    raise tap.Failed(f"it ended before round {number}")


def is_plausible(sample, seconds):
    """What must hold of a sample, however slow the machine."""
    start = sample["work"].startswith("start/")
    alone = sample["contestant"] in ("queue", "memcpy")
    problems = []
    if "failure" in sample:
        return [sample["failure"]]
    if sample["count"] < (1 if start else 5):
        problems.append("count")
    if sample["wall"] < (1 if start else seconds * 1e9):
        problems.append("wall")
    if sample["master-cpu"] <= 0 or (sample["slave-cpu"] > 0) == alone:
        problems.append("cpu")
    if sample["master-memory"] <= 0 or (sample["slave-memory"] > 0) == alone:
        problems.append("memory")
    # an answer that is waited for, asleep: who streams may look for it instead
    sleeps = sample["contestant"] == "ping-pong" or sample["work"] in ("round-trips/query", "round-trips/state")
    if sample["contestant"] in ("reference", "ping-pong") and sleeps and sample["waits"] < sample["count"]:
        problems.append("waits")
    return problems


def test_measures(place):
    works = ["buffers/64B", "buffers/1080p+fill+read", "buffers/1080p+system", "fan-out/64B/2", "round-trips/event",
             "round-trips/query", "round-trips/state", "start/2"]
    limits = {"ping-pong", "memcpy"}
    done = place.run(*works, "-r", 2, "-t", 0.005, "--json", place.json, "--html", place.html, "--markdown",
                     place.markdown, *(f"--contestant={name}" for name in ("reference", "queue", *limits)))
    result = place.result()
    expected = {(round_, contestant, work) for round_ in (1, 2) for contestant in ("reference", "queue", *limits)
                for work in works if not (contestant in limits and work != "buffers/64B")
                and (contestant, work) != ("queue", "start/2")}
    samples = {(s["round"], s["contestant"], s["work"]): s for s in result["samples"]}
    expect(len(samples) == len(result["samples"]), "a sample is there twice")
    expect(set(samples) == expected, f"samples that are too many or missing: {set(samples) ^ expected}")
    for key, sample in samples.items():
        problems = is_plausible(sample, 0.005)
        expect(not problems, f"{key}: {problems}", sample)
    expect(not result["interrupted"], "it says that it was interrupted")
    expect_reports(place, result, done)


def expect_reports(place, result, done):
    ratio = next(r for r in result["ratios"] if r["against"] == "bare socket ping-pong")
    expect(ratio["ratio"] > 0 and ratio["reached"] == (ratio["ratio"] <= ratio["at-most"]), "a ratio is wrong", ratio)
    ratio = next(r for r in result["ratios"] if r["against"] == "unixfd")
    expect("reached" not in ratio and ratio["missing"], "a ratio of what was not measured", ratio)
    page = place.html.read_text()
    expect(page.count("<svg") >= 3 and page.rstrip().endswith("</html>"), "the page is not whole")
    expect("| buffers/64B" in place.markdown.read_text(), "no table in Markdown")
    expect("buffers/64B" in done.stdout and "Ratios to reach" in done.stdout, "no table", done.stdout)
    expect("round 2/2" in done.stderr, "no progress", done.stderr)


def test_all_data_ways(place):
    """Every contestant that there is takes a few buffers, filled and read: what arrives is compared."""
    place.run("buffers/64KiB+fill+read", "buffers/4K+fill+read", "-r", 1, "-t", 0.001, "--json", place.json, "-q")
    result = place.result()
    there = {c["name"] for c in result["contestants"] if c["unavailable"] is None}
    seen = {s["contestant"] for s in result["samples"]}
    expect(seen == there - {"ping-pong", "stream", "memcpy"}, f"measured: {seen}, there are: {there}")


def test_load(place):
    first = place.run("buffers/64B", "-r", 2, "-t", 0.001, "--contestant=memcpy", "--contestant=queue", "--json",
                      place.json, "-q")
    again = place.run("--load", place.json, "--html", place.html)
    expect(first.stdout == again.stdout, "what was loaded looks different", first.stdout, again.stdout)
    expect("<svg" in place.html.read_text(), "no plot")
    place.json.write_text(re.sub(r'"wall" : (\d)', r'"wall" : -\1', place.json.read_text()))
    expect("samples[0]" in place.run("--load", place.json, code=2).stderr, "the mistake is not named")


def test_failed_measurement(place):
    """A state change that is not waited for fails; what follows is measured."""
    done = place.run("buffers/64B", "-r", 2, "-t", 0.001, "--with", "ack-time=0", "-c", "reference ack-time=0",
                     "--contestant=memcpy", "--json", place.json, code=1)
    samples = place.result()["samples"]
    expect([s["work"] for s in samples if "failure" in s] == ["buffers/64B"], "failures, once each", samples)
    expect(len([s for s in samples if s["contestant"] == "memcpy"]) == 2, "the others", samples)
    expect("Measurements that failed" in done.stdout and "master: " in done.stdout, "no reason", done.stdout)


def test_killed_process(place):
    process = place.start("buffers/64B", "-r", 50, "-t", 0.01, "--contestant=reference", "--json", place.json)
    wait_for_round(process, 1)
    while process.poll() is None:
        for child in children(process):
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass
    output, errors = process.communicate(timeout=LIMIT)
    expect(process.returncode == 1, f"exit code {process.returncode}", output, errors)
    expect("killed by signal 9" in errors, "not said", errors)
    place.expect_nothing_left()


def test_interrupt(place):
    process = place.start("buffers/64B", "-r", 50, "-t", 0.01, "--contestant=reference", "--contestant=memcpy",
                          "--json", place.json)
    wait_for_round(process, 3)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=LIMIT)
    expect(process.returncode == 130, f"exit code {process.returncode}", output, errors)
    result = place.result()
    kept = {(s["contestant"], s["round"]) for s in result["samples"]}
    expect({(c, r) for c in ("reference", "memcpy") for r in (1, 2)} <= kept, "rounds are lost", kept)
    expect(result["interrupted"] and "interrupted" in output, "not said", output)
    place.expect_nothing_left()


def test_crash_loses_little(place):
    process = place.start("buffers/64B", "-r", 50, "-t", 0.01, "--contestant=memcpy", "--json", place.json)
    wait_for_round(process, 3)
    process.kill()
    process.communicate(timeout=LIMIT)
    expect({s["round"] for s in place.result()["samples"]} >= {1, 2}, "rounds are lost")


def test_usage(place):
    for arguments, word in (
            (["nothing/like/it"], "--list"), (["--contestant", "nobody"], "--list"), (["--nothing"], "--help"),
            (["--rounds", "x"], "--help"), (["--implementation", place.path / "none"], "none"),
            (["--against", place.path / "none"], "none"), (["--load", place.path / "none"], "none"),
            (["buffers/64B", "--json", place.path / "none" / "b.json"], "none")):
        done = place.run(*arguments, code=2)
        expect(word in done.stderr and not done.stdout, f"{arguments}: not said", done.stderr)


def test_broken_worker(place):
    place.run("--worker", "false", code=3)
    place.run("--worker", "/nowhere/worker", code=3)


def test_list(place):
    done = place.run("--list", "--full")
    for name in ("buffers/4K+fill+read", "fan-out/1080p/16", "start/8", "reference: ", "memcpy: "):
        expect(any(line.startswith(name) for line in done.stdout.splitlines()), f"no {name}", done.stdout)
    expect("start/8" not in place.run("--list").stdout, "the short form is the full one")
    expect("Exit codes" in place.run("--help").stdout, "no help")


TESTS = {name[5:].replace("_", "-"): value for name, value in list(globals().items()) if name.startswith("test_")}


def main():
    global BENCH
    BENCH = sys.argv[1]
    return tap.run(TESTS, sys.argv[2:], "test-bench-", Place)


if __name__ == "__main__":
    sys.exit(main())
