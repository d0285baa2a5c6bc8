# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests of programs from outside: what they expect, and TAP of how they ended."""

import shutil
import tempfile
import traceback


class Failed(Exception):
    pass


def expect(condition, what, *outputs):
    if not condition:
        raise Failed("\n".join([what, *map(str, outputs)]))


def mistake_of(test, *arguments):
    """Runs a test. What is wrong, or None; a test that breaks is a test that fails."""
    try:
        test(*arguments)
        return None
    except Failed as failure:
        return str(failure)
    except Exception:
        return traceback.format_exc()


def tell(number, name, mistake):
    print(f"{'ok' if mistake is None else 'not ok'} {number} - {name}")
    for line in (mistake or "").splitlines():
        print(f"# {line}")
    print(end="", flush=True)


def run(tests, names, prefix, make_place):
    """Runs those of @tests (name: function) that are named, or all, each with make_place() of a folder of its own,
    whose name begins with @prefix. Returns the exit code."""
    chosen = names or list(tests)
    bad = 0
    print(f"1..{len(chosen)}", flush=True)
    for number, name in enumerate(chosen, 1):
        folder = tempfile.mkdtemp(prefix=prefix)
        try:
            mistake = mistake_of(lambda: tests[name](make_place(folder)))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        bad += mistake is not None
        tell(number, name, mistake)
    return 1 if bad else 0
