#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The schema as editors use it: it takes every scenario of the suite and refuses what is wrong, naming the place.

Usage: test-schema.py SCHEMA GOOD-FILE-OR-FOLDER...
The first good file is broken in many ways."""

import copy
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    # as TAP says it: meson takes exit code 77 of a TAP test for an error
    print("1..0 # SKIP python3-jsonschema is not installed (apt-get install python3-jsonschema)")
    sys.exit(0)


def set_member(path, value):
    """Breaks a scenario by giving the member at `path` (keys and indices) another value."""
    def change(scenario):
        place = scenario
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
    return change


def remove(*path):
    def change(scenario):
        place = scenario
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]
    return change


def step(value):
    return set_member(["steps", 0], value)


# what is wrong -> the change, and where the schema has to see it
BROKEN = {
    "unknown member of the file": (set_member(["link"], {}), []),
    "shows is missing": (remove("shows"), []),
    "no requirement": (set_member(["requirements"], []), ["requirements"]),
    "requirement that is none": (set_member(["requirements", 0], "seek 1"), ["requirements", 0]),
    "no process": (set_member(["processes"], {}), ["processes"]),
    "process name": (set_member(["processes", "a b"], {"role": "slave", "pipeline": "x"}), ["processes"]),
    "role": (set_member(["processes", "master", "role"], "boss"), ["processes", "master", "role"]),
    "pipeline is a number": (set_member(["processes", "master", "pipeline"], 1), ["processes", "master", "pipeline"]),
    "empty pipeline list": (set_member(["processes", "master", "pipeline"], []), ["processes", "master", "pipeline"]),
    "observe": (set_member(["processes", "viewer", "observe"], ["sink"]), ["processes", "viewer", "observe", 0]),
    "unknown member of a process": (set_member(["processes", "viewer", "env"], []), ["processes", "viewer"]),
    "link end": (set_member(["links", "video", "to"], "viewer"), ["links", "video", "to"]),
    "transport": (set_member(["links", "video", "transport"], "udp"), ["links", "video", "transport"]),
    "within is nothing": (set_member(["within"], "none"), ["within"]),
    "no steps": (set_member(["steps"], []), ["steps"]),
    "step without a verb": (step({"process": "master"}), ["steps", 0]),
    "unknown kind": (step({"wait": "mesage"}), ["steps", 0, "wait"]),
    "kind of another verb": (step({"act": "message"}), ["steps", 0, "act"]),
    "two verbs": (step({"act": "mark", "name": "x", "wait": "state"}), ["steps", 0]),
    "member of another kind": (step({"act": "mark", "name": "x", "state": "paused"}), ["steps", 0]),
    "member missing": (step({"act": "set-state", "process": "master"}), ["steps", 0]),
    "state": (step({"act": "set-state", "process": "master", "state": "play"}), ["steps", 0, "state"]),
    "packet type": (step({"wait": "packet", "link": "video", "type": "BUF"}), ["steps", 0, "type"]),
    "count of 0": (step({"wait": "packet", "link": "video", "type": "ACK", "count": 0}), ["steps", 0, "count"]),
    "count is a fraction": (step({"wait": "packet", "link": "video", "type": "ACK", "count": 1.5}),
                            ["steps", 0, "count"]),
    "time": (step({"wait": "position", "process": "master", "at-least": "5"}), ["steps", 0, "at-least"]),
    "time is none": (step({"wait": "position", "process": "master", "at-least": "none"}), ["steps", 0, "at-least"]),
    "flag": (step({"act": "seek", "process": "master", "flags": ["flsh"]}), ["steps", 0, "flags", 0]),
    "flag twice": (step({"act": "seek", "process": "master", "flags": ["flush", "flush"]}), ["steps", 0, "flags"]),
    "pad": (step({"wait": "buffers", "process": "viewer", "pad": "sink"}), ["steps", 0, "pad"]),
    "match member": (step({"wait": "message", "process": "master", "type": "eos", "match": {"cod": 1}}),
                     ["steps", 0, "match"]),
    "match condition": (step({"wait": "message", "process": "master", "type": "eos", "match": {"code": {"min": 1}}}),
                        ["steps", 0, "match", "code"]),
    "match list": (step({"wait": "message", "process": "master", "type": "eos", "match": {"code": [1]}}),
                   ["steps", 0, "match", "code"]),
    "value is an object": (step({"act": "set-property", "process": "viewer", "element": "sink", "property": "sync",
                                 "value": {}}), ["steps", 0, "value"]),
    "order of one": (step({"check": "order", "items": [{"kind": "mark"}]}), ["steps", 0, "items"]),
    "order item without kind": (step({"check": "order", "items": [{"type": "x"}, {"kind": "mark"}]}),
                                ["steps", 0, "items", 0]),
    "parameter that is a scalar": (set_member(["parameters"], {"a": 1}), ["parameters", "a"]),
    "parameter without values": (set_member(["parameters"], {"a": []}), ["parameters", "a"]),
    "values without labels": (set_member(["parameters"], {"a": [{}]}), ["parameters", "a", 0]),
    "name of a parameter": (set_member(["parameters"], {"A b": [1]}), ["parameters"]),
    "exclude": (set_member(["exclude"], {"a": 1}), ["exclude"]),
    "for without do": (step({"for": {"i": [1, 2]}}), ["steps", 0]),
    "for to nowhere": (step({"for": {"i": [1]}, "do": []}), ["steps", 0, "for", "i"]),
    "for over a text": (step({"for": {"i": "abc"}, "do": []}), ["steps", 0, "for", "i"]),
    "for with more": (step({"for": {"i": [1, 2]}, "do": [], "to": 1}), ["steps", 0]),
    "step in a for": (step({"for": {"i": [1, 2]}, "do": [{"wait": "mesage"}]}), ["steps", 0, "do", 0, "wait"]),
    "for of a process": (set_member(["processes", "viewer", "for"], {"i": [1, "x"]}),
                         ["processes", "viewer", "for", "i", 1]),
    "reference that is none": (step({"wait": "packet", "link": "video", "type": "ACK", "count": "$n"}),
                               ["steps", 0, "count"]),
    "together of one": (step({"together": [[{"wait": "exit", "process": "viewer"}]]}), ["steps", 0, "together"]),
    "step in a together": (step({"together": [[{"wait": "exot"}], [{"act": "mark", "name": "x"}]]}),
                           ["steps", 0, "together", 0, 0, "wait"]),
    "until without steps": (step({"until": "x"}), ["steps", 0]),
    "until with more": (step({"until": "x", "steps": [{"act": "mark", "name": "x"}], "to": 1}), ["steps", 0]),
    "repeat less than nothing": (step({"repeat": -1, "steps": [{"act": "mark", "name": "x"}]}),
                                 ["steps", 0, "repeat"]),
    "comment is a number": (set_member(["steps", 0, "comment"], 1), ["steps", 0, "comment"]),
}


def scenario_files(arguments):
    for argument in map(pathlib.Path, arguments):
        if argument.is_file():
            yield argument
            continue
        for path in sorted(argument.rglob("*.json")):
            below = path.relative_to(argument)
            if below.parts[0] not in ("known-failures", "parameters") and str(below) != "scenario.schema.json":
                yield path


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    files = list(scenario_files(sys.argv[2:]))
    results = []

    for path in files:
        with open(path, encoding="utf-8") as file:
            scenario = json.load(file)
        errors = [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(scenario)]
        results.append((not errors, f"takes {path.name}", errors))

    with open(files[0], encoding="utf-8") as file:
        good = json.load(file)
    for name, (change, place) in BROKEN.items():
        scenario = copy.deepcopy(good)
        change(scenario)
        seen = [list(error.absolute_path) for error in validator.iter_errors(scenario)]
        results.append((place in seen, f"refuses {name}", [f"expected an error at {place}, there are: {seen}"]))

    print(f"1..{len(results)}")
    for number, (passed, name, why) in enumerate(results, 1):
        print(f"{'ok' if passed else 'not ok'} {number} {name}")
        if not passed:
            print("\n".join(f"# {line}" for line in why))
    return 0 if all(passed for passed, _, _ in results) else 1


sys.exit(main())
