#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command line of gst-ipc-harness, tried from outside. Prints TAP.

Usage: test-cli.py HARNESS DATA [NAME...]

Nothing here waits for time to pass: the test learns that a case is under way from a byte that its slave writes into a
FIFO, and that a process is gone from its pidfd.
"""

import contextlib
import fcntl
import json
import os
import pathlib
import pty
import resource
import select
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import termios
import xml.dom.minidom

import tap
from tap import expect

HARNESS = DATA = None
# A limit for what should not hang; nothing depends on it otherwise.
LIMIT = 240


class Place:
    """A folder for one test: media, reports."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        (self.path / "media").mkdir()
        self.report = self.path / "report"

    def run(self, *arguments, scenarios="good", env=None):
        command = [HARNESS, "run", "--output", self.report, "--media", self.path / "media"]
        if scenarios is not None:
            command += ["--scenarios", DATA / scenarios]
        return call(*command, *arguments, env=env)

    def result(self):
        return json.loads((self.report / "result.json").read_text())


def call(*command, env=None):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=LIMIT,
                          stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})})


def expect_code(done, code):
    expect(done.returncode == code, f"exit code {done.returncode}, expected {code}", done.stdout, done.stderr)


# --- scenario files with mistakes ---

def mistake(file, line, *words):
    def test(place):
        done = call(HARNESS, "check", DATA / "broken" / file)
        expect_code(done, 1)
        expect(f"{file}:{line}: " in done.stderr, f"no {file}:{line}:", done.stderr)
        for word in words:
            expect(word in done.stderr, f"no {word}", done.stderr)
    return test


def test_missing_file(place):
    done = call(HARNESS, "check", place.path / "nowhere.json")
    expect_code(done, 1)
    expect("nowhere.json" in done.stderr and "No such file" in done.stderr, "no clear text", done.stderr)


def test_run_refuses_mistakes(place):
    done = place.run(scenarios="broken")
    expect_code(done, 2)
    for name in ("typo.json:11", "unknown-process.json:11", "duplicate-key.json:4", "empty.json:1"):
        expect(name in done.stderr, f"{name} is not named", done.stderr)
    expect(not place.report.exists(), "a report was begun")


def test_all_scenarios_are_fine(place):
    expect_code(call(HARNESS, "check"), 0)


# --- selection ---

def test_nothing_selected(place):
    for option in ((), ("--tap",), ("--list",)):
        done = place.run("no/such*", *option)
        expect_code(done, 2)
        expect('"no/such*"' in done.stderr, "the pattern is not named", done.stderr)
        expect(done.stdout == "", "something on standard output", done.stdout)


def test_what_was_meant_is_told(place):
    for pattern, words in (("shrot", '"short"'), ("good/short.json", "--scenarios"), ("short[x=1]", 'but "short" is one')):
        done = place.run(pattern)
        expect_code(done, 2)
        expect(pattern in done.stderr and words in done.stderr, f"no {words}", done.stderr)
    done = call(HARNESS, "check", DATA / "good")
    expect_code(done, 2)
    expect("check --scenarios" in done.stderr, "a folder of scenarios is not understood", done.stderr)


def test_short_option_with_its_value(place):
    done = place.run("-j1", "--list", "short")
    expect_code(done, 0)
    expect(done.stdout == "short\n", "not the list", done.stdout)
    done = place.run("-jx", "short")
    expect_code(done, 2)
    expect("“x” for -j" in done.stderr, "the value is not named", done.stderr)


def test_one_pattern_of_two_matches(place):
    expect_code(place.run("short", "shrot"), 2)


def test_empty_folder(place):
    empty = place.path / "empty"
    empty.mkdir()
    expect_code(place.run("--scenarios", empty, scenarios=None), 2)


def test_list(place):
    done = place.run("--list")
    expect_code(done, 0)
    expect(done.stdout.split() == ["again", "short"], "wrong list", done.stdout)
    expect(not place.report.exists(), "a list leaves no report")


PARAMETERS = ["play/few[n=2,slaves=1]", "play/few[n=2,slaves=2]", "play/few[n=3,slaves=1]"]
FULL = ["play/few[n=50,slaves=1]", "play/few[n=50,slaves=2]"]


def test_cases_with_parameters_are_selected_by_name(place):
    for arguments, expected in (
            ([], PARAMETERS), (["--full"], PARAMETERS + FULL), (["play/few"], PARAMETERS), (["play"], PARAMETERS),
            (["--full", "play/few"], PARAMETERS + FULL), (["play/few[n=2,slaves=1]"], PARAMETERS[:1]),
            (["play/few[slaves=1,n=2]"], PARAMETERS[:1]), (["play/few[n=2]"], PARAMETERS[:2]),
            (["play/few[n=50,slaves=2]"], FULL[1:]), (["play/few[n=3]", "play/few[n=50]"], PARAMETERS[2:] + FULL),
            # Who names no value that is kept for --full does not mean it.
            (["*[slaves=1]"], [PARAMETERS[0], PARAMETERS[2]]), (["--full", "*[slaves=1]"], [PARAMETERS[0], PARAMETERS[2], FULL[0]]),
            (["play/few[n=*]"], PARAMETERS), (["*[n=50]"], FULL), ([FULL[0]], FULL[:1])):
        for command in (["run", "--list"], ["list"]):
            done = call(HARNESS, *command, "--scenarios", DATA / "parameters", *arguments)
            expect_code(done, 0)
            expect(done.stdout.split() == expected, f"{command} {arguments}: expected {expected}", done.stdout)
    done = call(HARNESS, "list", "--scenarios", DATA / "parameters", "play/few[n=5*]")
    expect_code(done, 2)
    expect('"play/few[n=5*]" but 2 that are kept for --full' in done.stderr, "not said where they are", done.stderr)
    for arguments in (["play/few[n=4]"], ["play/few[]"], ["play/[f]ew"], ["play/few[n=2,slaves=1"]):
        expect_code(call(HARNESS, "list", "--scenarios", DATA / "parameters", *arguments), 2)
    done = call(HARNESS, "check", "--scenarios", DATA / "parameters")
    expect("3 case(s), 2 more with --full" in done.stdout, "check does not count", done.stdout)


def test_cases_with_parameters_are_told_by_name(place):
    """In the report, in the artifacts and in a list of known failures."""
    known = place.path / "known.json"
    entry = {"verdict": "fail", "message": ".", "why": "it does not", "since": "1"}
    known.write_text(json.dumps({"implementation": {"master": "reference", "slave": "reference"}, "failures": [
        {**entry, "case": "play/few[n=2]"}, {**entry, "case": "play/few[n=50,slaves=1]"},
        {**entry, "case": "play/fw[n=2]"}]}))
    done = place.run("--known-failures", known, scenarios="parameters")
    expect_code(done, 1)
    verdicts = {case["case"]: case["verdict"] for case in place.result()["cases"]}
    expect(verdicts == {PARAMETERS[0]: "xpass", PARAMETERS[1]: "xpass", PARAMETERS[2]: "pass"}, "verdicts", verdicts)
    expect('"play/fw[n=2]"' in done.stdout + done.stderr, "an entry of no case is not told", done.stdout, done.stderr)
    expect('"play/few[n=50' not in done.stdout + done.stderr, "an entry of a case for --full is complained of")
    expect((place.report / "cases" / PARAMETERS[0] / "history.ndjson").exists(), "no artifacts under the name")
    names = [case.getAttribute("name") for case in
             xml.dom.minidom.parse(str(place.report / "junit.xml")).getElementsByTagName("testcase")]
    expect(sorted(names) == [name.partition("/")[2] for name in PARAMETERS], "names in JUnit", names)


def test_what_is_not_there_is_no_pass(place):
    done = place.run("--tap", scenarios="needs")
    expect_code(done, 0)
    verdicts = {case["case"]: case["verdict"] for case in place.result()["cases"]}
    expect(verdicts == {"needs[what=nothing]": "pass", "needs[what=fine]": "pass", "version": "skip",
                        "needs[what=capability]": "unsupported", "needs[what=element]": "skip"}, "verdicts", verdicts)
    for line in ("needs[what=capability] # SKIP unsupported: the implementation of slave has no ipcpipelinesrc.telepathy",
                 "needs[what=element] # SKIP skip: this machine has no element nosuchsrc for master",
                 "version # SKIP skip: master has GStreamer 1."):
        expect(line in done.stdout, f"no {line}", done.stdout)
    junit = xml.dom.minidom.parse(str(place.report / "junit.xml"))
    expect(len(junit.getElementsByTagName("skipped")) == 3, "JUnit does not say skipped")


def test_wrong_arguments(place):
    for arguments in (["--jobs", "0"], ["--repeat", "-1"], ["--timeout-scale", "nan"], ["--no-such-option"],
                      ["--worker", "'"], ["--shuffle=x"], ["--shard", "3/2"], ["--implementation", "/nowhere"],
                      ["--known-failures", "/nowhere"]):
        done = place.run(*arguments)
        expect_code(done, 2)
        expect(done.stderr.strip() != "", f"{arguments}: no text")
    expect_code(call(HARNESS), 2)
    expect_code(call(HARNESS, "frobnicate"), 2)


def test_help(place):
    for command in ("run", "check", "explain", "list", "judge", "merge", "requirements", "decode"):
        done = call(HARNESS, command, "--help")
        expect_code(done, 0)
        expect("Exit codes:" in done.stdout and "Examples:" in done.stdout, "help is thin", done.stdout)
        wide = [line for line in done.stdout.splitlines() if len(line) > 110]
        expect(not wide, f"{command}: lines that are too long", *wide)
    expect_code(call(HARNESS, "--help"), 0)
    done = call(HARNESS, "--version")
    expect(done.stdout.startswith("gst-ipc-harness "), "no version", done.stdout)
    expect_code(call(HARNESS, "explain", "set-state"), 0)
    expect_code(call(HARNESS, "explain", "no-such-step"), 2)


def test_requirements(place):
    """What names nothing is told, what is excused without need too."""
    folder = place.path / "scenarios"
    shutil.copytree(DATA / "good", folder)
    excuses = folder / "requirements-not-shown.txt"

    def survey(text, *arguments):
        excuses.write_text(text)
        return call(HARNESS, "requirements", "--scenarios", folder, *arguments)

    done = survey("", "--missing", "SEEK-1", "FRAME-1")
    expect_code(done, 1)
    expect("SEEK-1" in done.stdout and "NOT SHOWN" in done.stdout, "the missing one is not named", done.stdout)
    expect("FRAME-1" not in done.stdout, "an always-on rule shows it", done.stdout)
    done = survey("# comment\nSEEK-1: far too\n  dangerous\n", "SEEK-*")
    expect_code(done, 1)
    expect("not shown: far too dangerous" in done.stdout, "no reason", done.stdout)
    expect_code(survey("SEEK-1: why\n", "SEEK-1"), 0)
    done = survey("FRAME-1: why\n", "FRAME-1")
    expect_code(done, 1)
    expect("requirements-not-shown.txt:1: FRAME-1" in done.stderr, "the stale entry is not named", done.stderr)
    for text, word in (("SEEK-1\n", "ID: reason"), ("SEEK-1: \n", "ID: reason"), ("NO-SUCH-1: x\n", "no such"),
                       ("SEEK-1: x\nSEEK-1: y\n", "twice")):
        done = survey(text)
        expect_code(done, 2)
        expect(word in done.stderr, f"no {word}", done.stderr)
    expect_code(survey("", "NO-SUCH-*"), 2)
    excuses.unlink()
    expect_code(call(HARNESS, "requirements", "--scenarios", folder), 2)


# --- reports ---

def expect_junit(path, **counts):
    if shutil.which("xmllint"):
        schema = pathlib.Path(__file__).resolve().parent.parent / "report" / "junit.xsd"
        done = call("xmllint", "--noout", "--schema", schema, path)
        expect(done.returncode == 0, "it is not what the schema says", done.stderr)
    suite = xml.dom.minidom.parse(str(path)).getElementsByTagName("testsuite")[0]
    for name, value in counts.items():
        expect(suite.getAttribute(name) == str(value), f"{name} is not {value}", suite.toxml())
    return suite


def test_tap_of_a_good_run(place):
    extra = place.path / "extra.xml"
    done = place.run("--tap", "--junit", extra, "--jobs", "2")
    expect_code(done, 0)
    lines = [line for line in done.stdout.splitlines() if not line.startswith("#")]
    expect(lines[:2] == ["TAP version 13", "1..2"], "the plan is not first", done.stdout)
    expect(sorted(line.split(" - ")[1] for line in lines[2:]) == ["again", "short"], "wrong tests", done.stdout)
    expect(all(line.startswith("ok ") for line in lines[2:]), "not ok", done.stdout)
    for path in (extra, place.report / "junit.xml"):
        expect_junit(path, tests=2, failures=0, errors=0, skipped=0)
    result = place.result()
    expect(result["verdict"] == "pass" and result["counts"]["pass"] == 2, "wrong result", result)
    expect(result["master"]["plugin"].endswith("libgstipcpipeline.so"), "no plugin", result)
    expect(not list((place.report / "cases").rglob("*.bin")), "captures of passing cases were kept")
    expect_code(call(HARNESS, "judge", place.report / "cases" / "short"), 0)


def test_junit_of_a_failure(place):
    """What GitLab and Jenkins show: where the case is written, the text of its failure, and what it left."""
    expect_code(place.run(scenarios="bad"), 1)
    case, = expect_junit(place.report / "junit.xml", tests=1, failures=1).getElementsByTagName("testcase")
    expect(case.getAttribute("file").endswith("bad/fails.json"), "no file", case.toxml())
    text = case.getElementsByTagName("system-out")[0].firstChild.data
    for word in ("expected ", "seen ", "last packets of link", "repeat "):
        expect(word in text, f"no {word}", text)
    files = [line.split("|")[1].rstrip("]") for line in text.splitlines() if line.startswith("[[ATTACHMENT|")]
    expect(len(files) > 3 and all(pathlib.Path(path).is_file() for path in files), "no attachments", text)
    expect("seen: " in case.getElementsByTagName("failure")[0].firstChild.data, "nothing seen", case.toxml())


def read_by_meson(place, **outputs):
    """What meson makes of each output, which comes with an exit code: its verdict."""
    project, build = place.path / "project", place.path / "project" / "build"
    project.mkdir()
    tests = []
    for name, (output, code) in outputs.items():
        (project / name).write_text(output)
        tests.append(f"test('{name}', sh, args: ['-c', 'cat \"$0\"; exit {code}', files('{name}')], protocol: 'tap')")
    (project / "meson.build").write_text("\n".join(["project('t')", "sh = find_program('sh')", *tests]))
    done = call("meson", "setup", build, project)
    expect_code(done, 0)
    call("meson", "test", "-C", build)
    lines = (build / "meson-logs" / "testlog.json").read_text().splitlines()
    return {test["name"].split(" / ")[-1].split(":")[-1]: test["result"] for test in map(json.loads, lines)}


def test_tap_is_read_by_meson(place):
    def played(*arguments, **options):
        done = place.run("--tap", *arguments, **options)
        return done.stdout, done.returncode

    listed = known(place, ENTRY)
    # Exit codes alone would do for what is bad: the reader is to see it as well.
    outputs = {"good": played(), "bad": (played(scenarios="bad")[0], 0),
               "xfail": played("--known-failures", listed, scenarios="bad")}
    listed = known(place, {**ENTRY, "case": "short"})
    outputs["xpass"] = (played("short", "--known-failures", listed)[0], 0)
    running = Running(place, "--tap")
    running.process.send_signal(signal.SIGINT)
    outputs["interrupted"] = (running.process.communicate(timeout=LIMIT)[0], running.process.returncode)
    running.expect_gone()
    # Killed after its first case, and nobody saw the status.
    outputs["died"] = (outputs["good"][0][:outputs["good"][0].index("ok 2")], 0)
    results = read_by_meson(place, **outputs)
    expect(results == {"good": "OK", "bad": "FAIL", "xfail": "OK", "xpass": "FAIL", "interrupted": "ERROR",
                       "died": "ERROR"}, "read otherwise", results)


def test_tap_is_read_by_prove(place):
    if not shutil.which("prove"):
        return
    for scenarios, code in (("good", 0), ("bad", 1)):
        output = place.path / f"{scenarios}.tap"
        output.write_text(place.run("--tap", scenarios=scenarios).stdout)
        done = call("prove", "--exec", "cat", output)
        expect_code(done, code)


def test_hash_in_a_name(place):
    """A reader that looks for the first # must find the directive."""
    folder = place.path / "scenarios"
    folder.mkdir()
    shutil.copy(DATA / "bad" / "fails.json", folder / "a#b.json")
    done = place.run("--scenarios", folder, "--tap", "--known-failures", known(place, {**ENTRY, "case": "a#b"}),
                     scenarios=None)
    expect_code(done, 0)
    expect("not ok 1 - a%23b # TODO known failure: on purpose" in done.stdout, "no directive", done.stdout)


def test_keep(place):
    expect_code(place.run("short", "--keep"), 0)
    expect(list((place.report / "cases").rglob("*.bin")), "no captures")


def test_tap_of_a_bad_run(place):
    done = place.run("--tap", scenarios="bad")
    expect_code(done, 1)
    expect("\nnot ok 1 - fails\n" in done.stdout, "no `not ok`", done.stdout)
    suite = expect_junit(place.report / "junit.xml", tests=1, failures=1, errors=0)
    expect("expected" in suite.getElementsByTagName("failure")[0].getAttribute("message"), "no reason", suite.toxml())


def test_failure_tells_all(place):
    done = place.run(scenarios="bad")
    expect_code(done, 1)
    case = place.result()["cases"][0]
    for words in ("expected ", "seen ", "last packets of link audio", "before the teardown", "artifacts ", "repeat "):
        expect(words in done.stdout, f"no {words}", done.stdout)
    expect("from=playing to-state=paused" not in done.stdout, "packets of the teardown", done.stdout)
    expect("\033" not in done.stdout, "colour without a terminal", done.stdout)
    expect(case["verdict"] == "fail" and case["reason"], "wrong result", case)
    judged = call(HARNESS, "judge", case["folder"])
    expect_code(judged, 1)
    expect(judged.stdout.count("FAIL ") == 1, "it is not told once", judged.stdout)
    # The command that it names repeats it.
    again = call(*shlex.split(case["command"]), "--output", place.path / "second")
    expect_code(again, 1)
    expect("FAIL fails" in again.stdout, "it was not repeated", again.stdout)


def test_repeat_and_shuffle(place):
    done = place.run("--repeat", "3", "--shuffle=7", "--tap")
    expect_code(done, 0)
    expect("1..6" in done.stdout, "not 6 tests", done.stdout)
    expect("short (round 3)" in done.stdout, "no third round", done.stdout)
    first = [line.split(" - ")[1] for line in place.run("--shuffle=7", "--jobs", "1", "--tap").stdout.splitlines()
             if line.startswith("ok")]
    second = [line.split(" - ")[1] for line in place.run("--shuffle=7", "--jobs", "1", "--tap").stdout.splitlines()
              if line.startswith("ok")]
    expect(first == second and len(first) == 2, "the same seed gives another order", first, second)


def test_until_fail(place):
    done = place.run("--until-fail", "--tap", scenarios="bad")
    expect_code(done, 1)
    expect(done.stdout.rstrip().splitlines()[-1] == f"1..{len(place.result()['cases'])}", "no plan", done.stdout)


def test_output_folder(place):
    place.report.mkdir()
    mine = place.report / "precious"
    mine.write_text("x")
    done = place.run("short")
    expect_code(done, 2)
    expect(mine.read_text() == "x" and "--output" in done.stderr, "no clear refusal", done.stderr)
    mine.unlink()
    expect_code(place.run("short"), 0)
    outside = place.path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    (place.report / "link").symlink_to(outside)
    expect_code(place.run("again"), 0)
    expect((outside / "kept").exists(), "a link was followed")
    expect(not (place.report / "cases" / "short").exists(), "the older report is still there")


def on_a_terminal(place, *arguments, columns=0, **env):
    """What a run of good scenarios writes to a terminal."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen([HARNESS, "run", *arguments, "--scenarios", DATA / "good", "--output", place.report],
                               stdout=slave, stdin=subprocess.DEVNULL, env={**os.environ, "TERM": "xterm", **env})
    os.close(slave)
    output = b""
    with contextlib.suppress(OSError):  # the end of a terminal is EIO
        while chunk := os.read(master, 65536):
            output += chunk
    os.close(master)
    expect(process.wait(LIMIT) == 0, "not 0", output)
    return output


def test_progress_line(place):
    output = on_a_terminal(place, "--repeat", "8", "--jobs", "2", columns=60, NO_COLOR="1").decode()
    # Lines that are drawn over begin with a carriage return and clear what was there.
    drawn = [line.split("\r\n")[0] for line in output.split("\r\033[K")[1:]]
    progress = [line for line in drawn if line.startswith("[")]
    expect(all(len(line) < 60 for line in progress), "wider than the terminal", progress)
    expect(any(line.startswith("[0/16] 00:0") and "again" in line for line in progress), "no start", progress)
    expect(any(line.startswith("[12/16] 12 pass  00:") and " left" in line for line in progress), "no time left", progress)
    expect("\033[3" not in output, "colour in spite of NO_COLOR", output)


def test_colour_on_a_terminal(place):
    for env, wanted in (({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False)):
        output = on_a_terminal(place, "short", **env)
        expect((b"\033[32m" in output) == wanted, f"colour is not {wanted}", output)
        expect(b"[0/1]" in output, "no progress line", output)


def test_a_run_leaves_a_page(place):
    copy, moved = place.path / "copy.html", place.path / "moved"
    expect_code(place.run("--html", copy, scenarios="bad"), 1)
    page = (place.report / "index.html").read_text()
    expect("<title>Conformance of reference</title>" in page and '"case":"fails"' in page, "not the page of this run", page)
    expect(copy.exists(), "no copy")
    # Made again from what was left, wherever that is now, it is the same.
    place.report.rename(moved)
    expect_code(call(HARNESS, "report", "--html", moved / "again.html", moved), 0)
    expect((moved / "again.html").read_text() == page, "it is another page")
    for arguments, words in ((["--html", copy], "a RESULT"), ([moved], "--html FILE"),
                             (["--html", copy, place.path / "nowhere"], "nowhere"),
                             (["--html", place.path / "no" / "folder.html", moved], "folder.html")):
        done = call(HARNESS, "report", *arguments)
        expect_code(done, 2)
        expect(words in done.stderr, f"no {words}", done.stderr)


def test_last_line_names_the_report(place):
    for scenarios, code in (("good", 0), ("bad", 1)):
        done = place.run(scenarios=scenarios)
        expect_code(done, code)
        expect(done.stdout.splitlines()[-1] == f"report: {place.report}", "the last line is another", done.stdout)


def packets(output):
    """What stands behind the arrow of each line."""
    return [line.split(" -> ")[-1].split(" <- ")[-1] for line in output.splitlines()[:-1]]


def test_decode(place):
    expect_code(place.run("short", "--keep"), 0)
    folder = place.report / "cases" / "short"
    down, = folder.glob("*.to-slave.bin")
    up, = folder.glob("*.to-master.bin")
    both, ways = call(HARNESS, "decode", folder), [call(HARNESS, "decode", path) for path in (down, up)]
    for done in (both, *ways):
        expect_code(done, 0)
    expect(sorted(packets(both.stdout)) == sorted(packets(ways[0].stdout) + packets(ways[1].stdout)),
           "the folder has other packets than its files", both.stdout, ways[0].stdout, ways[1].stdout)
    times = [float(line.split()[0]) for line in both.stdout.splitlines()[:-1]]
    expect(times == sorted(times) and times[-1] > times[0], "not in order of time", both.stdout)
    done = call(HARNESS, "decode", down, "--type", "state-change,buffer", "--id", "2-10")
    expect(packets(done.stdout) and all(line.startswith(("STATE_CHANGE ", "BUFFER ")) for line in packets(done.stdout)),
           "the filter lets others through", done.stdout)
    done = call(HARNESS, "decode", down, "--to", "1", "--verbose", "--hex")
    expect("1 line(s) shown" in done.stdout and "structure: gst-ipc-greeting" in done.stdout
           and "QUERY id 1" in done.stdout and " 06 01 00 00 00 " in done.stdout, "not all fields", done.stdout)


def test_decode_damage(place):
    expect_code(place.run("short", "--keep"), 0)
    down, = (place.report / "cases" / "short").glob("*.to-slave.bin")
    whole = packets(call(HARNESS, "decode", down).stdout)
    data = bytearray(down.read_bytes())
    second = 9 + int.from_bytes(data[5:9], "little")
    data[second] = 77
    down.write_bytes(data[:-1])
    done = call(HARNESS, "decode", down)
    expect_code(done, 1)
    expect("damaged in 2 place(s)" in done.stdout, "wrong count", done.stdout)
    lines = packets(done.stdout)
    expect(lines[1].startswith("?? ") and "77" in lines[1] and lines[-1].startswith("?? ") and "ends within" in lines[-1],
           "it is not said where", done.stdout)
    expect([line for line in lines if not line.startswith("?? ")] == whole[:1] + whole[2:-1], "packets are missing",
           done.stdout)
    nameless = place.path / "bytes"
    nameless.write_bytes(data)
    done = call(HARNESS, "decode", nameless)
    expect_code(done, 2)
    expect("--direction" in done.stderr, "no hint", done.stderr)
    expect_code(call(HARNESS, "decode", nameless, "--direction", "slave"), 1)
    for arguments in ((), (place.path / "gone.to-slave.bin",), (place.path,), (down, "--type", "BUFER"),
                      (down, "--id", "2-1"), (down, "--direction", "up")):
        expect_code(call(HARNESS, "decode", *arguments), 2)


# --- shards ---

def shards(place, *numbers, scenarios="good", options=()):
    """Plays those of two shards; their folders."""
    folders = []
    for number in numbers:
        folders.append(place.path / f"shard-{number}")
        done = place.run("--shard", f"{number}/2", "--output", folders[-1], *options, scenarios=scenarios)
        expect_code(done, 0)
    return folders


def merge(place, *arguments):
    return call(HARNESS, "merge", *arguments)


def test_shards_are_the_whole(place):
    listed = [place.run("--shard", f"{n}/2", "--list").stdout.split() for n in (1, 2)]
    expect(sorted(sum(listed, [])) == ["again", "short"] and all(len(part) == 1 for part in listed),
           "not each case once", listed)
    folders = shards(place, 1, 2, options=("--keep",))
    whole = place.path / "whole"
    done = merge(place, whole, *folders)
    expect_code(done, 0)
    expect("2 pass" in done.stdout and done.stdout.splitlines()[-1] == f"report: {whole}", "no summary", done.stdout)
    result = json.loads((whole / "result.json").read_text())
    expect(result["verdict"] == "pass" and len(result["parts"]) == 2 and result["incomplete"] is None, "wrong", result)
    for case in result["cases"]:
        folder = pathlib.Path(case["folder"])
        expect(folder.is_relative_to(whole) and (folder / "history.ndjson").exists(), "no artifacts", case)
        expect(list(folder.glob("*.bin")), "no captures", case)
        expect_code(call(HARNESS, "judge", folder), 0)
    expect_junit(whole / "junit.xml", tests=2, failures=0, errors=0, skipped=0)
    # The parts may go.
    for folder in folders:
        shutil.rmtree(folder)
    expect_code(merge(place, place.path / "again", whole), 0)
    # A result.json alone has no artifacts to bring.
    expect_code(merge(place, place.path / "file", whole / "result.json"), 0)


def test_missing_shard_is_no_pass(place):
    folders = shards(place, 2)
    done = merge(place, place.path / "whole", *folders)
    expect_code(done, 3)
    expect("a shard is missing: 1/2" in done.stdout and "1 not run" in done.stdout, "it is not named", done.stdout)
    suite = expect_junit(place.path / "whole" / "junit.xml", tests=2, errors=1)
    expect("a shard is missing: 1/2" in suite.getElementsByTagName("error")[0].getAttribute("message"), "not in JUnit",
           suite.toxml())


def test_parts_that_do_not_fit(place):
    one, = shards(place, 1)
    whole = place.path / "whole"
    expect_code(place.run(), 0)
    for arguments, word in (((one, one), "both"), ((one, place.report), "parts of one run"),
                            ((one, place.path / "gone"), "gone"), ((one, DATA / "good" / "short.json"), "result.json")):
        done = merge(place, whole, *arguments)
        expect_code(done, 2)
        expect(word in done.stderr and not whole.exists(), f"no {word}", done.stderr)
    expect_code(merge(place, whole, place.report, place.report), 2)
    expect_code(merge(place, whole, "--rounds", place.report, place.report), 0)
    expect(sorted(case["round"] for case in json.loads((whole / "result.json").read_text())["cases"]) == [1, 1, 2, 2],
           "wrong rounds")
    expect((whole / "cases" / "short.round-2" / "history.ndjson").exists(), "no artifacts of the second round")
    # What lies in OUT would be gone before it is read.
    expect_code(merge(place, whole, whole, "--rounds"), 2)
    expect((whole / "result.json").exists(), "the report is gone")
    expect_code(merge(place, place.path, place.report), 2)
    expect_code(merge(place, whole), 2)


def test_shard_without_cases(place):
    done = place.run("short", "--shard", "2/2")
    other = place.run("short", "--shard", "1/2", "--list")
    expect({done.returncode, other.returncode} == {0, 2}, "an empty shard is no error", done, other)


# --- known failures ---

def known(place, *entries, **top):
    path = place.path / "known.json"
    path.write_text(json.dumps({"implementation": {"master": "reference", "slave": "reference"},
                                "failures": list(entries), **top}, indent=1))
    return path


ENTRY = {"case": "fail*", "verdict": "fail", "message": "expected", "why": "on purpose", "since": "0"}


def test_known_failure(place):
    done = place.run("--tap", "--known-failures", known(place, ENTRY), scenarios="bad")
    expect_code(done, 0)
    expect("not ok 1 - fails # TODO" in done.stdout, "no xfail", done.stdout)
    expect_junit(place.report / "junit.xml", tests=1, failures=0, errors=0, skipped=1)
    expect(place.result()["cases"][0]["verdict"] == "xfail", "no xfail", place.result())


def test_unexpected_pass(place):
    list_ = known(place, {**ENTRY, "case": "short"})
    done = place.run("short", "--tap", "--known-failures", list_)
    expect_code(done, 1)
    expect("ok 1 - short # TODO" in done.stdout, "no xpass", done.stdout)
    expect_junit(place.report / "junit.xml", tests=1, failures=1)
    list_ = known(place, {**ENTRY, "case": "short", "sometimes": True})
    expect_code(place.run("short", "--known-failures", list_), 0)


CAUSE = {"why": "on purpose", "shortest": "fails", "since": "0"}
FAILS = {"case": "fail*", "verdict": "fail", "message": "expected"}


def test_known_cause_of_several_failures(place):
    fails = [{"case": ["gone", "fails"], "verdict": "crash", "message": "signal"},
             {"case": ["gone", "fail*"], "verdict": "fail", "message": "expected"}]
    done = place.run("--known-failures", known(place, {**CAUSE, "fails": fails}), scenarios="bad")
    expect_code(done, 0)
    expect("on purpose Shortest: fails." in done.stdout, "no cause", done.stdout)
    # Each way of failing is one of its own.
    expect_code(place.run("--known-failures", known(place, {**CAUSE, "fails": fails[:1]}), scenarios="bad"), 1)
    passes = [{**FAILS, "case": ["gone", "short"]}, {**FAILS, "case": "short", "sometimes": True}]
    expect_code(place.run("short", "--known-failures", known(place, {**CAUSE, "fails": passes})), 1)
    expect_code(place.run("short", "--known-failures", known(place, {**CAUSE, "fails": passes[1:]})), 0)


def test_another_failure_than_listed(place):
    for change in ({"message": "something else"}, {"verdict": "crash"}):
        expect_code(place.run("--known-failures", known(place, {**ENTRY, **change}), scenarios="bad"), 1)


def test_known_failures_are_read_strictly(place):
    for entry, word in (({**ENTRY, "verdict": "pass"}, "fail, crash, timeout"), ({**ENTRY, "mesage": "x"}, "message"),
                        ({**ENTRY, "message": "("}, "regular expression"), ({"case": "x"}, "missing"),
                        ({**ENTRY, "case": []}, "must name a case"), ({**ENTRY, "case": ["a", 1]}, "must be a text"),
                        ({**CAUSE, "fails": []}, "not empty"), ({**CAUSE, "fails": [ENTRY]}, '"why"'),
                        ({**ENTRY, "fails": [FAILS]}, '"case"'), ({"fails": [FAILS], "why": "x"}, "since")):
        done = place.run("--known-failures", known(place, entry), scenarios="bad")
        expect_code(done, 2)
        expect("known.json:" in done.stderr and word in done.stderr, f"no {word}", done.stderr)
    other = known(place, ENTRY, implementation={"master": "reference", "slave": "gst-plugins-bad"})
    expect_code(place.run("--known-failures", other, scenarios="bad"), 2)


def test_entry_of_no_case_is_told(place):
    for entry in ({**ENTRY, "case": "gone"}, {**ENTRY, "case": ["short", "gone"]}, {**ENTRY, "shortest": "gone"}):
        done = place.run("short", "--known-failures", known(place, {**entry, "sometimes": True}))
        expect('no case is called "gone"' in done.stdout, "no warning", done.stdout)


def test_printed_entry_can_be_pasted(place):
    done = place.run("--known-failures", known(place), scenarios="bad")
    expect_code(done, 1)
    text = done.stdout
    entry, _ = json.JSONDecoder().raw_decode(text[text.index("{\n  \"case\""):])
    expect_code(place.run("--known-failures", known(place, entry), scenarios="bad"), 0)


# --- a run that is ended ---

class Running:
    """A run of `hang` of which the slave has data: both workers are in full swing."""

    def __init__(self, place, *arguments):
        fifo = place.path / "media" / "fifo"
        os.mkfifo(fifo)
        self.reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.process = subprocess.Popen(
            [HARNESS, "run", "--scenarios", DATA / "hang", "--output", place.report, "--media", place.path / "media",
             *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)
        ended = os.pidfd_open(self.process.pid)
        ready = select.select([self.reader, ended], [], [], LIMIT)[0]
        os.close(ended)
        if self.reader not in ready:
            self.process.kill()
            raise tap.Failed("the slave wrote nothing\n" + self.process.communicate()[0])
        self.workers = [os.pidfd_open(pid) for pid in descendants(self.process.pid)]
        expect(len(self.workers) >= 2, "there are no workers")

    def expect_gone(self):
        for fd in self.workers:
            expect(select.select([fd], [], [], LIMIT)[0], "a worker is still there")
            os.close(fd)
        os.close(self.reader)


def descendants(pid):
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *descendants(child)]
    return found


def ended_by(number):
    def test(place):
        running = Running(place)
        running.process.send_signal(number)
        output, _ = running.process.communicate(timeout=LIMIT)
        expect(running.process.returncode == 130, f"exit code {running.process.returncode}", output)
        running.expect_gone()
        expect("INTERRUPTED" in output, "no report", output)
        result = place.result()
        expect(result["verdict"] == "interrupted" and result["cases"] == [], "wrong result", result)
    return test


def test_interrupted_tap_bails_out(place):
    running = Running(place, "--tap")
    running.process.send_signal(signal.SIGINT)
    output, _ = running.process.communicate(timeout=LIMIT)
    expect("Bail out!" in output, "no Bail out!", output)
    running.expect_gone()


def test_killed_harness_leaves_nobody(place):
    running = Running(place)
    running.process.kill()
    running.process.communicate(timeout=LIMIT)
    running.expect_gone()


def test_time_out(place):
    os.mkfifo(place.path / "media" / "fifo")
    reader = os.open(place.path / "media" / "fifo", os.O_RDONLY | os.O_NONBLOCK)
    done = place.run("--timeout-scale", "0.05", scenarios="hang")
    os.close(reader)
    expect_code(done, 1)
    expect("TIMEOUT flows" in done.stdout, "no timeout", done.stdout)


def crash(place, *options):
    """A run in which the slave is hit by a signal that nobody sent, as soon as data flow."""
    fifo = place.path / "media" / "fifo"
    os.mkfifo(fifo)
    wrapper = place.path / "wrapper"
    # ABRT, because sanitizers catch SEGV. The fifo stays open until the slave has ended, not only until the signal is
    # sent: the slave writes to it, and is not to die of that.
    wrapper.write_text(
        f"#!/bin/sh\n(exec 3<{shlex.quote(str(fifo))}; head -c 1 <&3 >/dev/null; kill -ABRT $$; cat <&3 >/dev/null) &\n"
        "exec \"$@\"\n")
    wrapper.chmod(0o755)
    done = place.run("--wrap-slave", wrapper, *options, scenarios="hang")
    expect_code(done, 1)
    expect("CRASH flows" in done.stdout and "slave: crashed by signal 6 " in done.stdout, "no crash", done.stdout)
    expect_junit(place.report / "junit.xml", tests=1, failures=0, errors=1)
    return done


def test_crash(place):
    crash(place)


def test_allowed_in_one_process(place):
    """Who breaks a rule on purpose is not told; the same in another process is, also when it is judged again."""
    scenario = json.loads((DATA / "good" / "short.json").read_text())
    scenario["processes"]["master"]["pipeline"] = "ipctestsrc length=5 ! ipcpipelinesink name=sink"
    scenario["processes"]["slave"]["pipeline"] = "ipcpipelinesrc name=src ! ipctestsink actions='at buffer 2: exit 3'"
    scenario["steps"] = [{"act": "set-state", "process": "master", "state": "playing", "expect": "any"},
                         {"wait": "exit", "process": "slave", "status": 3, "since": "start"}]
    for who, code in (("slave", 0), ("master", 1)):
        scenario["processes"] = {name: {**process, "allow": ["process-exit"] if name == who else []}
                                 for name, process in scenario["processes"].items()}
        folder = place.path / who
        folder.mkdir()
        (folder / "leaves.json").write_text(json.dumps(scenario))
        expect_code(place.run("--scenarios", folder, scenarios=None), code)
        expect_code(call(HARNESS, "judge", place.report / "cases" / "leaves"), code)


def cores_are_plain_files():
    """Not where the system hands them to a program, nobody may have one, or a sanitizer sees to it that there is none."""
    if "ASAN_OPTIONS" in os.environ or "TSAN_OPTIONS" in os.environ:
        return False
    pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text()
    return not pattern.startswith(("|", "/")) and resource.getrlimit(resource.RLIMIT_CORE)[1] != 0


def test_core(place):
    done = crash(place, "--cores")
    if not cores_are_plain_files():
        return
    folder = place.report / "cases" / "flows"
    log, = folder.glob("core*.backtrace.log")
    expect(f"end of {log.name}" in done.stdout, "the backtrace is not shown", done.stdout)
    if shutil.which("gdb"):
        expect("The thread that crashed" in log.read_text() and "#0 " in log.read_text(), "no backtrace", log.read_text())
    else:
        expect("gdb" in log.read_text(), "not said why there is none", log.read_text())


def test_debug_of_a_side(place):
    """Each side's log has what was asked for, and the other's has not."""
    for side, other, log in (("master", "slave", "master.log"), ("slave", "master", "slave.log")):
        expect_code(place.run("short", f"--{side}-debug", "GST_STATES:4"), 0)
        logs = {path.name: path.read_text() for path in (place.report / "cases" / "short").glob("*.log")}
        expect(len(logs) == 2, "not two logs", logs)
        expect([name for name, text in logs.items() if "GST_STATES" in text] == [log], f"{side} is not in its log", logs)


def test_interactive(place):
    """What wraps a worker can ask the user, and the harness has its terminal back afterwards."""
    wrapper = place.path / "wrapper"
    wrapper.write_text('#!/bin/sh\necho "say go"\nread -r word && test "$word" = go && exec "$@"\n')
    wrapper.chmod(0o755)
    command = [HARNESS, "run", "short", "--scenarios", DATA / "good", "--output", place.report, "--interactive",
               "--wrap-slave", wrapper]
    expect_code(call(*command), 2)  # no terminal
    expect_code(call(*command[:-2]), 2)
    pid, terminal = pty.fork()
    if pid == 0:
        # The shell that a user has: in the foreground again when the harness is done, or `read` is stopped.
        os.execvp("sh", ["sh", "-c", '"$@"; echo "code $?"; read -r word; echo "heard $word"', "sh", *map(str, command)])
    output = b""
    said = {b"say go": b"go\n", b"code 0": b"thanks\n"}
    with contextlib.suppress(OSError):  # the end of a terminal is EIO
        while select.select([terminal], [], [], LIMIT)[0]:
            output += os.read(terminal, 65536)
            for word in [word for word in said if word in output]:
                os.write(terminal, said.pop(word))
    os.close(terminal)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    expect(b"heard thanks" in output, "it did not go through", output.decode())


def test_failure_names_the_files(place):
    done = place.run(scenarios="bad")
    expect_code(done, 1)
    for path in pathlib.Path(place.result()["cases"][0]["folder"]).iterdir():
        expect(path.name in done.stdout, f"{path.name} is not named", done.stdout)
    expect(list((place.report / "cases").rglob("*.dot")), "no graph of a pipeline")


def test_no_worker(place):
    done = place.run("--worker", "/nowhere/worker")
    expect_code(done, 3)
    expect("/nowhere/worker" in done.stderr, "no clear text", done.stderr)


def test_worker_of_slaves(place):
    """A worker for one side is used there, also to look at the implementation, and nowhere else."""
    started, script = place.path / "started", place.path / "worker"
    script.write_text(f'#!/bin/sh\necho "$$ $*" >>{started}\nexec {pathlib.Path(HARNESS).parent}/gst-ipc-worker "$@"\n')
    script.chmod(0o755)
    done = place.run("short", "--slave-worker", script, "--keep")
    expect_code(done, 0)
    lines = [line.split() for line in started.read_text().splitlines()]
    expect(len(lines) == 2 and lines[0][1:] == ["--probe"], "not started for a probe and for a slave", lines)
    history = (place.report / "cases" / "short" / "history.ndjson").read_text().splitlines()
    pids = {record["process"]: record["pid"] for record in map(json.loads, history) if record["kind"] == "hello"}
    expect(int(lines[1][0]) == pids["slave"], "another process than the slave was started so", lines, pids)
    expect_code(place.run("short", "--master-worker", "/nowhere/worker"), 3)


# --- coverage ---

def test_lost_coverage(place):
    """What a case reached alone is lost without it, and named."""
    baseline = place.path / "baseline.json"
    expect_code(place.run(), 0)
    all_of_it = json.loads((place.report / "coverage.json").read_text())
    expect_code(call(HARNESS, "coverage", "--update-baseline", "--baseline", baseline, place.report), 0)
    done = call(HARNESS, "coverage", "--check", "--baseline", baseline, place.report)
    expect_code(done, 0)
    expect(f"{all_of_it['reached']} of {all_of_it['possible']} " in done.stdout, "no count", done.stdout)

    expect_code(place.run("short"), 0)
    left = json.loads((place.report / "coverage.json").read_text())
    lost = sorted(set(json.loads(baseline.read_text())["covered"]) - set(left["cells"]))
    expect(lost, "the other case reaches nothing of its own: this shows nothing", left)
    done = call(HARNESS, "coverage", "--check", "--baseline", baseline, place.report)
    expect_code(done, 1)
    for cell in lost:
        expect(f"lost: {cell}\n" in done.stdout, f"{cell} is not named", done.stdout)


def test_coverage_of_several(place):
    """Runs are taken together, as text, a page and JSON."""
    expect_code(place.run("again"), 0)
    first = place.path / "first"
    place.report.rename(first)
    expect_code(place.run("short"), 0)
    both, page = place.path / "both.json", place.path / "both.html"
    expect_code(call(HARNESS, "coverage", "--json", both, "--html", page, first, place.report / "coverage.json"), 0)
    cells = json.loads(both.read_text())["cells"]
    expect(set(cells) == set(json.loads((first / "coverage.json").read_text())["cells"])
           | set(json.loads((place.report / "coverage.json").read_text())["cells"]), "not the union", cells)
    expect("<h1>Protocol coverage: " in page.read_text(), "no page")
    done = call(HARNESS, "coverage", first, place.report)
    expect_code(done, 0)
    expect("missing: " in done.stdout and "sink-message" in done.stdout, "nothing is missing", done.stdout)


def test_coverage_of_nothing(place):
    expect_code(call(HARNESS, "coverage"), 2)
    done = call(HARNESS, "coverage", place.path / "nowhere")
    expect_code(done, 2)
    expect("nowhere" in done.stderr, "the path is not named", done.stderr)
    expect_code(place.run("short"), 0)
    done = call(HARNESS, "coverage", "--check", "--baseline", place.path / "none.json", place.report)
    expect_code(done, 2)
    expect("none.json" in done.stderr, "the baseline is not named", done.stderr)


TESTS = {
    "a-typo-is-named-by-file-and-line": mistake("typo.json", 11, '"mesage"', '"message"'),
    "an-unknown-process-is-named-by-file-and-line": mistake("unknown-process.json", 11, '"mastr"', '"master"'),
    "an-unknown-member-is-named-by-file-and-line": mistake("unknown-member.json", 3, "requirments", "requirements"),
    "a-key-given-twice-is-named-by-file-and-line": mistake("duplicate-key.json", 4, "shows", "twice"),
    "an-empty-file-is-named-by-file-and-line": mistake("empty.json", 1, "empty"),
    "an-unknown-rule-is-named-by-file-and-line": mistake("unknown-rule.json", 4, '"data-intakt"', '"data-intact"'),
    "an-unknown-requirement-is-named-by-file-and-line": mistake("unknown-requirement.json", 3, '"BUFF-1"', '"BUF-1"'),
    "a-missing-file-is-named": test_missing_file,
    "a-run-refuses-scenarios-with-mistakes": test_run_refuses_mistakes,
    "the-scenarios-of-the-project-have-no-mistakes": test_all_scenarios_are_fine,
    "a-run-leaves-a-page-that-can-be-made-again": test_a_run_leaves_a_page,
    "a-selection-of-nothing-is-an-error": test_nothing_selected,
    "what-was-meant-by-a-pattern-is-told": test_what_was_meant_is_told,
    "a-short-option-takes-its-value-in-one-word": test_short_option_with_its_value,
    "every-pattern-must-match": test_one_pattern_of_two_matches,
    "a-folder-without-scenarios-is-an-error": test_empty_folder,
    "list-names-cases-and-runs-nothing": test_list,
    "cases-with-parameters-are-selected-by-name": test_cases_with_parameters_are_selected_by_name,
    "cases-with-parameters-are-told-by-name": test_cases_with_parameters_are_told_by_name,
    "what-is-not-there-is-no-pass": test_what_is_not_there_is_no_pass,
    "wrong-arguments-are-refused": test_wrong_arguments,
    "help-is-there": test_help,
    "requirements-that-nothing-shows-are-told": test_requirements,
    "a-good-run-is-0-with-the-plan-first": test_tap_of_a_good_run,
    "junit-shows-a-failure": test_junit_of_a_failure,
    "tap-is-read-by-meson": test_tap_is_read_by_meson,
    "tap-is-read-by-prove": test_tap_is_read_by_prove,
    "a-hash-in-a-name-hides-no-directive": test_hash_in_a_name,
    "keep-keeps-captures": test_keep,
    "a-bad-run-is-1-and-not-ok": test_tap_of_a_bad_run,
    "a-failure-tells-all-and-can-be-repeated": test_failure_tells_all,
    "rounds-and-orders": test_repeat_and_shuffle,
    "until-fail-stops-at-a-failure": test_until_fail,
    "only-our-own-report-is-replaced": test_output_folder,
    "the-progress-line-has-counts-cases-and-time-left": test_progress_line,
    "colour-only-on-a-terminal-that-wants-it": test_colour_on_a_terminal,
    "the-last-line-names-the-report": test_last_line_names_the_report,
    "captures-are-decoded": test_decode,
    "a-damaged-capture-is-decoded-as-far-as-can-be": test_decode_damage,
    "shards-are-the-whole": test_shards_are_the_whole,
    "a-missing-shard-is-no-pass": test_missing_shard_is_no_pass,
    "parts-that-do-not-fit-are-refused": test_parts_that_do_not_fit,
    "a-shard-without-cases-is-an-error": test_shard_without_cases,
    "lost-coverage-is-named": test_lost_coverage,
    "coverage-of-several-runs-is-taken-together": test_coverage_of_several,
    "coverage-of-nothing-is-an-error": test_coverage_of_nothing,
    "a-known-failure-is-fine-but-no-pass": test_known_failure,
    "a-known-cause-may-have-several-failures": test_known_cause_of_several_failures,
    "an-unexpected-pass-is-bad": test_unexpected_pass,
    "another-failure-than-the-listed-one-is-bad": test_another_failure_than_listed,
    "known-failures-are-read-strictly": test_known_failures_are_read_strictly,
    "an-entry-of-no-case-is-told": test_entry_of_no_case_is_told,
    "the-printed-entry-can-be-pasted": test_printed_entry_can_be_pasted,
    "ctrl-c-ends-all-with-a-report": ended_by(signal.SIGINT),
    "sigterm-ends-all-with-a-report": ended_by(signal.SIGTERM),
    "an-interrupted-tap-bails-out": test_interrupted_tap_bails_out,
    "a-killed-harness-leaves-no-process": test_killed_harness_leaves_nobody,
    "a-case-without-progress-is-a-timeout": test_time_out,
    "a-signal-that-nobody-sent-is-a-crash": test_crash,
    "what-is-allowed-in-one-process-is-not-in-another": test_allowed_in_one_process,
    "a-core-becomes-a-backtrace": test_core,
    "gst-debug-is-set-for-one-side": test_debug_of_a_side,
    "a-wrapper-can-talk-with-the-user": test_interactive,
    "a-failure-names-its-files": test_failure_names_the_files,
    "a-worker-that-is-not-there-is-a-harness-error": test_no_worker,
    "a-worker-for-one-side-serves-that-side-only": test_worker_of_slaves,
}


def main():
    global HARNESS, DATA
    HARNESS, DATA = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    sys.exit(tap.run(TESTS, sys.argv[3:], "gst-ipc-harness-test-", Place))


if __name__ == "__main__":
    main()
