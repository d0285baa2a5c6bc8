#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files that are no JSON, or not what their author meant, given to the commands that read them: what is said.

Usage: test-json-files.py HARNESS DATA [NAME...]
"""

import pathlib
import subprocess
import sys

import tap
from tap import expect

HARNESS = DATA = None
LIMIT = 120

SCENARIO = """{
  "shows": "A few buffers come through.",
  "requirements": ["BUF-1"],
  "processes": {
    "master": {"role": "master", "pipeline": "audiotestsrc num-buffers=5 ! ipcpipelinesink name=sink"},
    "slave": {"role": "slave", "pipeline": "ipcpipelinesrc name=src ! fakesink"}
  },
  "links": {"audio": {"from": "master.sink", "to": "slave.src"}},
  "steps": [
    {"act": "set-state", "process": "master", "state": "playing"},
    {"wait": "message", "process": "master", "type": "eos"}
  ]
}
"""

KNOWN = """{
  "implementation": {"master": "reference", "slave": "reference"},
  "failures": [
    {"case": "short", "verdict": "fail", "message": "x", "why": "y", "since": "0"}
  ]
}
"""


def changed(text, *pairs):
    for old, new in pairs:
        expect(old in text, f"the text has no {old}")
        text = text.replace(old, new, 1)
    return text


def deep(brackets):
    return brackets[0] * 200000 + brackets[1] * 200000


DEEP_PATH = "$" + "[0]" * 64
NO_NUMBER = 'is not a number (times with a unit are texts: "1.5s")'

# name: (file, what is said of it: place and text, a line each). In each of them a second mistake is told in the same go
# where the rest can be read at all.
SCENARIOS = {
    "empty": (b"", ["1: $: the file is empty: expected an object"]),
    "deep": (deep("[]"), [f"1: {DEEP_PATH}: nested deeper than 64"]),
    "null": ("null", ["1: $: expected an object, found null"]),
    "duplicate-key": ((("\"shows\"", '"shows": "x",\n  "shows"'), ('"master", "type"', '"mastr", "type"')), [
        '3: $.shows: "shows" is given twice, first in line 2',
        '12: $.steps[1].process: unknown process "mastr": did you mean "master"?']),
    "comments": ((('"steps"', '// the steps\n  "steps" /* all */'), ('"eos"', '"eso"')), [
        '9: $: comments are not JSON: use a "comment" member', '10: $: comments are not JSON: use a "comment" member',
        '12: $.steps[1].type: unknown type "eso": did you mean "eos"?']),
    "octal-and-hexadecimal": ((('"eos"', '"eos", "count": 017, "deadline": 0x10, "soruce": "x"'),), [
        "11: $.steps[1].count: 017: a number does not begin with 0",
        "11: $.steps[1].deadline: 0x10: hexadecimal numbers are not JSON",
        '11: $.steps[1].soruce: unknown member of wait message "soruce": did you mean "source"?']),
    "numbers-out-of-range": ((('"eos"', '"eos", "count": 99999999999999999999, "deadline": -1'),), [
        "11: $.steps[1].count: 99999999999999999999 does not fit into 64 bits",
        "11: $.steps[1].deadline: -1 is out of range: expected 1 to 3600000000000"]),
    "beyond-a-double": ((('"eos"', '"eos", "match": {"seqnum": 1e999}'),), [
        "11: $.steps[1].match.seqnum: 1e999 is too large for a number"]),
    "no-numbers": ((('"eos"', '"eos", "count": NaN, "deadline": 5s'),), [
        "11: $.steps[1].count: unknown word NaN: texts are written in double quotes",
        f"11: $.steps[1].deadline: 5s {NO_NUMBER}"]),
    "single-quotes": ((('"role"', "'rol'"),), [
        "5: $.processes.master: texts are written in double quotes",
        '5: $.processes.master.rol: unknown member "rol": did you mean "role"?',
        '5: $.processes.master: "role" is missing']),
    "names-without-quotes": ((('"role"', "rol"),), [
        "5: $.processes.master: the member name rol needs double quotes",
        '5: $.processes.master.rol: unknown member "rol": did you mean "role"?',
        '5: $.processes.master: "role" is missing']),
    "trailing-commas": ((('"eos"}', '"eso",},'),), [
        "11: $.steps[1]: a comma before `}`: nothing follows it",
        '11: $.steps[1].type: unknown type "eso": did you mean "eos"?',
        "12: $.steps: a comma before `]`: nothing follows it"]),
    "missing-comma": ((('"playing"},', '"playin"}'),), [
        '10: $.steps[0].state: unknown state "playin": did you mean "playing"?',
        "11: $.steps: a comma is missing before this"]),
    "several-documents": (SCENARIO + "{}", ["14: $: expected nothing behind the end of the document, found `{`"]),
    "not-utf-8": (changed(SCENARIO, ("few", "f\xfc"), ("eos", "\xe4")).encode("latin-1"), [
        "2: $: byte 0xfc is not UTF-8", "11: $: byte 0xe4 is not UTF-8",
        '11: $.steps[1].type: unknown type "\ufffd": expected one of eos, *']),
    "utf-16": (SCENARIO.encode("utf-16"), ["1: $: byte 0xff is not UTF-8", "1: $: a NUL byte: this is no text file"]),
    "nul": (SCENARIO.replace("few", "\0"), ["2: $: a NUL byte: this is no text file"]),
    "byte-order-mark": ("\ufeff" + SCENARIO, [
        "1: $: the file begins with a byte order mark: save it as UTF-8 without one"]),
    "cut-off": (SCENARIO[:SCENARIO.index('"eos"')], [
        "11: $.steps[1].type: expected a value, found the end of the file"]),
    "text-over-two-lines": ((("few", "\n"),), [
        "2: $.shows: the text is not closed on its line (a line break within is written \\n)"]),
    "too-large": (SCENARIO + " " * 1048576, ["$: larger than the 1048576 bytes that are read"]),
}

KNOWN_FAILURES = {
    "empty": (b"", ["1: $: the file is empty: expected an object"]),
    "deep": (deep("[]"), [f"1: {DEEP_PATH}: nested deeper than 64"]),
    "duplicate-key": ((('"why"', '"case": "x", "whi"'),), [
        '4: $.failures[0].case: "case" is given twice, first in line 4',
        '4: $.failures[0].whi: unknown member "whi": did you mean "why"?',
        '4: $.failures[0]: "why" is missing']),
    "trailing-comma-and-comment": ((('"0"}', '"0"}, // all'), ('"fail"', '"pass"')), [
        '4: $.failures: comments are not JSON: use a "comment" member',
        "5: $.failures: a comma before `]`: nothing follows it",
        '4: $.failures[0].verdict: "pass" is not one of: fail, crash, timeout']),
    "number-that-is-none": ((('"short"', "017"),), [
        "4: $.failures[0].case: 017: a number does not begin with 0"]),
    "several-documents": (KNOWN + KNOWN, ["7: $: expected nothing behind the end of the document, found `{`"]),
}


def call(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=LIMIT,
                          stdin=subprocess.DEVNULL)


def write(folder, name, content, base=None):
    file = folder / name
    if isinstance(content, tuple):
        content = changed(base, *content)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def expect_said(done, code, file, lines):
    """@lines, and behind them only what the program says about the file as a whole. `*`: whatever follows."""
    seen = [line for line in done.stderr.splitlines() if not line.startswith("gst-ipc-harness: ")]
    wanted = [f"{file}:{'' if line[0].isdigit() else ' '}{line}" for line in lines]
    same = len(seen) == len(wanted) and all(
        one.startswith(other[:-1]) if other.endswith("*") else one == other for one, other in zip(seen, wanted))
    expect(same, "other words", "seen:", *seen, "expected:", *wanted)
    expect(done.returncode == code, f"exit code {done.returncode}, expected {code}", done.stdout, done.stderr)


def scenario(content, lines):
    def test(folder):
        file = write(folder, "trap.json", content, SCENARIO)
        expect_said(call(HARNESS, "check", file), 1, file, lines)
        # A run of such a file is no run.
        expect_said(call(HARNESS, "run", "--scenarios", folder, "--output", folder / "report"), 2, file, lines)
        expect(not (folder / "report").exists(), "a report was begun")
    return test


def known_failures(content, lines):
    def test(folder):
        file = write(folder, "known.json", content, KNOWN)
        done = call(HARNESS, "run", "--scenarios", DATA / "good", "--output", folder / "report", "--known-failures", file)
        expect_said(done, 2, file, lines)
    return test


def test_good_files(folder):
    """What the traps are made of is right."""
    done = call(HARNESS, "check", write(folder, "good.json", SCENARIO))
    expect(done.returncode == 0 and done.stderr == "", "the scenario has mistakes", done.stderr)


# What programs write, and what is said when it is something else.
PROGRAMS = (("", "not a JSON object"), ("[1]", "not a JSON object"), ("{", "not JSON: "), (b"{\"a\": \"\xfc\"}", "not JSON: "),
            (deep("[]"), "nested more than 64 deep"), (deep(("{\"a\":", "}")), "nested more than 64 deep"))


def reader(*command, code=2, name="file.json", before=lambda folder: None):
    def test(folder):
        before(folder)
        for content, words in PROGRAMS:
            file = write(folder, name, content)
            done = call(HARNESS, *(str(word).replace("FOLDER", str(folder)) for word in command))
            expect(done.returncode == code, f"exit code {done.returncode}, expected {code}", done.stdout, done.stderr)
            said = " ".join((done.stdout + done.stderr).split())
            expect(words in said and file.name in said, f"no {words}", content[:80], done.stdout, done.stderr)
    return test


def a_case(folder):
    (folder / "case.json").write_text("{}")


def a_line(folder):
    (folder / "history.ndjson").write_text('{"kind":"end"}\n')


def test_history(folder):
    a_case(folder)
    for content, words in PROGRAMS:
        content = content if isinstance(content, bytes) else content.encode()
        (folder / "history.ndjson").write_bytes(b'{"t":1,"kind":"x"}\n' + content + b"\n")
        done = call(HARNESS, "judge", folder)
        said = " ".join((done.stdout + done.stderr).split())
        expect(done.returncode == 3 and f"history.ndjson:2: {words}" in said, f"no {words}", done.returncode, said)


TESTS = {
    "the-good-ones": test_good_files,
    **{f"scenario/{name}": scenario(*trap) for name, trap in SCENARIOS.items()},
    **{f"known-failures/{name}": known_failures(*trap) for name, trap in KNOWN_FAILURES.items()},
    "program/report": reader("report", "--html=FOLDER/page.html", "FOLDER/file.json"),
    "program/merge": reader("merge", "FOLDER/whole", "FOLDER/file.json"),
    "program/coverage": reader("coverage", "FOLDER/file.json"),
    "program/terms-of-a-case": reader("judge", "FOLDER", code=3, name="case.json", before=a_line),
    "program/history": test_history,
}


def main():
    global HARNESS, DATA
    HARNESS, DATA = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    sys.exit(tap.run(TESTS, sys.argv[3:], "gst-ipc-harness-test-", pathlib.Path))


if __name__ == "__main__":
    main()
