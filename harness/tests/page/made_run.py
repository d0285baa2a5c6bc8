# SPDX-License-Identifier: LGPL-2.1-or-later
"""Report folders as runs leave them, made up: as large, as broken and as hostile as the tests of pages want them."""

import json
import pathlib

HOSTILE = "<img src=x onerror=hacked=1></script><script>hacked=1</script>&amp; \"'`{{script}}"
MS = 1000000


class History:
    """Writes history.ndjson. Times are in nanoseconds."""

    def __init__(self):
        self.records = []
        self.ids = {}

    def add(self, t, kind, **members):
        self.records.append(
            {"t": 5000 * MS + t, "kind": kind, **{name.replace("_", "-"): value for name, value in members.items()}}
        )
        return len(self.records) - 1

    def spawn(self, t, name, role):
        self.add(t, "process", process=name, role=role, event="spawned", pid=1)

    def state(self, t, process, old, new):
        self.add(
            t,
            "message",
            type="state-changed",
            source="pipeline",
            source_path="/GstPipeline:pipeline",
            old=old,
            new=new,
            pending="void-pending",
            process=process,
            structure=None,
        )

    def packet(self, t, link, to, type, reply_to=None, **members):
        key = (link, to)
        id = reply_to if reply_to is not None else self.ids.get(key, 0) + 1
        if reply_to is None:
            self.ids[key] = id
        self.add(
            t,
            "packet",
            link=link,
            generation=1,
            to=to,
            type=type,
            id=id,
            size=10,
            file="x.bin",
            capture_offset=0,
            **members,
        )
        return id

    def step(self, index, t, until, text, event="done", **members):
        about = {
            "index": index,
            "path": f"steps[{index}]",
            "line": 20 + index,
            "action": " ".join(text.split()[:2]),
            "text": text,
        }
        self.add(t, "step", event="started", **about)
        self.add(until, "step", event=event, **about, **members)

    def call(self, id, t, until, process, command, **members):
        self.add(t, "command", process=process, id=id, command=command, **members)
        if until is not None:
            self.add(until, "reply", process=process, reply=id, ok=True, result="success")

    def save(self, folder):
        folder.mkdir(parents=True)
        (folder / "history.ndjson").write_text("".join(json.dumps(record) + "\n" for record in self.records))
        (folder / "case.json").write_text("{}")


STATES = ["null", "ready", "paused", "playing"]


def begin(slaves):
    history = History()
    history.add(0, "case", case="made")
    history.spawn(1 * MS, "master", "master")
    for name in slaves:
        history.spawn(2 * MS, name, "slave")
        history.add(
            50 * MS,
            "link",
            link=f"to-{name}",
            event="connected",
            master=f"master.sink-{name}",
            slave=f"{name}.src",
            generation=1,
            transport="socketpair",
            relayed=True,
        )
    history.step(0, 60 * MS, 160 * MS, "act set-state process=master state=playing")
    history.call(1, 60 * MS, 160 * MS, "master", "set-state", state="playing")
    for i in range(3):
        t = (70 + 30 * i) * MS
        for j, name in enumerate(slaves):
            id = history.packet(
                t + j * MS, f"to-{name}", "slave", "STATE_CHANGE", **{"from": STATES[i], "to_state": STATES[i + 1]}
            )
            history.state(t + j * MS + MS // 2, name, STATES[i], STATES[i + 1])
            history.packet(t + j * MS + MS, f"to-{name}", "master", "ACK", id, result=1)
        history.state(t + 20 * MS, "master", STATES[i], STATES[i + 1])
    return history


def passing(slaves, buffers):
    """A tee to some slaves: each gets every buffer."""
    names = [f"viewer{i + 1}" for i in range(slaves)]
    history = begin(names)
    for name in names:
        id = history.packet(
            171 * MS,
            f"to-{name}",
            "slave",
            "EVENT",
            event="stream-start",
            direction="downstream",
            seqnum=12,
            structure="stream-start",
        )
        history.packet(172 * MS, f"to-{name}", "master", "ACK", id, result=1)
    for i in range(buffers):
        for j, name in enumerate(names):
            t = (180 + 40 * i) * MS + j * MS // 3
            id = history.packet(t, f"to-{name}", "slave", "BUFFER", pts=i * 40 * MS, data_size=700 + i)
            history.packet(t + 2 * MS + j * 100000, f"to-{name}", "master", "ACK", id, result=0)
            history.add(t + 2 * MS, "render", process=name, pad="sink.sink", pts=i * 40 * MS)
    end = (200 + 40 * buffers) * MS
    history.step(1, 170 * MS, end, "wait message process=master type=eos")
    history.add(end, "message", type="eos", source="pipeline", process="master")
    history.add(end + MS, "teardown", event="started")
    for name in [*names, "master"]:
        history.state(end + 5 * MS, name, "playing", "null")
        history.add(end + 9 * MS, "process", process=name, event="exited", status=0, sent=True)
    history.add(end + 10 * MS, "end", outcome="done", text="")
    return history


def failing():
    """A slave is killed, a buffer is never answered, the master dies. Returns also where the crash is."""
    history = begin(["viewer"])
    for i in range(4):
        id = history.packet((180 + 40 * i) * MS, "to-viewer", "slave", "BUFFER", pts=i * 40 * MS, data_size=700)
        history.packet((182 + 40 * i) * MS, "to-viewer", "master", "ACK", id, result=0)
    history.packet(330 * MS, "to-viewer", "master", "MESSAGE", message="tag", structure="taglist")
    history.add(
        335 * MS,
        "fault",
        link="to-viewer",
        name="cut",
        event="struck",
        do="drop",
        effect="lost",
        generation=1,
        to="slave",
        type="BUFFER",
    )
    history.packet(334 * MS, "to-viewer", "master", "STATE_LOST", lost="cut")
    history.packet(340 * MS, "to-viewer", "slave", "BUFFER", pts=160 * MS, data_size=700)
    history.step(1, 341 * MS, 342 * MS, "act signal-process process=viewer signal=kill")
    history.add(343 * MS, "process", process="viewer", event="exited", signal=9, core=False, sent=True)
    history.add(343 * MS, "link", link="to-viewer", event="closed", generation=1, end="slave", how="eof")
    history.add(
        344 * MS,
        "message",
        type="error",
        source="sink-viewer",
        process="master",
        domain="gst-resource-error-quark",
        code=9,
        text=f"Could not read {HOSTILE}",
    )
    history.call(2, 345 * MS, None, "master", "set-state", state="null")
    crash = history.add(3346 * MS, "process", process="master", event="exited", signal=13, core=False, sent=False)
    history.step(
        2,
        345 * MS,
        3346 * MS,
        "act set-state process=master state=null expect=success",
        "failed",
        expected="set_state (null) of master to return with success",
        seen="master was killed by signal 13 (Broken pipe)",
    )
    history.add(3347 * MS, "end", outcome="failed", expected="x", seen="y")
    return history, crash


def result(name, verdict, **members):
    return {
        "case": name,
        "round": 1,
        "file": f"/somewhere/scenarios/{name}.json",
        "shows": f"What {name} shows.",
        "requirements": ["ACK-1", "LIFE-3"],
        "verdict": verdict,
        "reason": "" if verdict == "pass" else f"because of {name}",
        "expected": None,
        "seen": None,
        "known-failure": None,
        "findings": [],
        "measurements": [],
        "folder": f"/nowhere/{name}",
        "command": f"gst-ipc-harness run '{name}'",
        "seconds": 1.25,
        **members,
    }


def save(folder, results, implementation="made-up", slave=None):
    side = lambda name: {
        "implementation": name,
        "folder": "/x",
        "plugin": f"/x/lib{name}.so",
        "plugin-version": "9.8.7",
        "gstreamer": "1.22.0",
    }
    verdicts = [one["verdict"] for one in results]
    (folder / "result.json").write_text(
        json.dumps(
            {
                "format": "gst-ipc-harness-result",
                "format-version": 1,
                "verdict": "pass" if set(verdicts) <= {"pass", "xfail", "skip"} else "fail",
                "counts": {},
                "planned": len(results),
                "interrupted": False,
                "master": side(implementation),
                "slave": side(slave or implementation),
                "environment": {"system": "Linux made-up", "cores": 2, "variables": {}},
                "command": "gst-ipc-harness run",
                "start": "2026-01-02T03:04:05Z",
                "seconds": 12.5,
                "jobs": 2,
                "timeout-scale": 1.0,
                "warnings": [],
                "cases": results,
            }
        )
    )
    return folder


def small(folder):
    """A bit of everything."""
    history, crash = failing()
    history.save(folder / "cases" / "failure" / "slave-killed")
    (folder / "cases" / "failure" / "slave-killed" / "master.log").write_text(f"0:00:01 WARN {HOSTILE}\n")
    (folder / "coverage.html").write_text("<title>another page</title>")
    passing(8, 60).save(folder / "cases" / "fan" / "tee-8")
    passing(1, 5).save(folder / "cases" / "seek" / "flush[slaves=1]")
    passing(1, 3).save(folder / "cases" / "seek" / "flush[slaves=1].round-2")
    results = [
        result(
            "failure/slave-killed",
            "crash",
            reason="master: crashed by signal 13 (Broken pipe)",
            expected="set_state (null) of master to return",
            seen="master was killed",
            findings=[
                {
                    "rule": "no-crash",
                    "requirement": "LIFE-3",
                    "text": "master: crashed by signal 13 (Broken pipe)",
                    "record": crash,
                }
            ],
        ),
        result("fan/tee-8", "pass"),
        result("seek/flush[slaves=1]", "pass", seconds=0.5),
        result(
            "seek/flush[slaves=1]", "fail", round=2, reason="steps[3] (check state process=master): expected 4, seen 7"
        ),
        result("seek/other", "fail", reason="steps[3] (check state process=master): expected 5, seen 8"),
        result("state/listed", "xfail", **{"known-failure": "It has never worked."}),
        result("state/left-out", "skip"),
        result(f"hostile/{HOSTILE}", "timeout", reason=f"steps[0]: {HOSTILE}", shows=HOSTILE),
    ]
    return save(folder, results)


def large(folder, n):
    """As many results, most of which passed; what they left is the same for all."""
    kinds = [passing(1, 20), passing(2, 10)]
    for i, history in enumerate(kinds):
        history.save(folder / "kinds" / str(i))
    (folder / "cases" / "many").mkdir(parents=True)
    for i in range(n):
        (folder / "cases" / "many" / f"case-{i:04}").symlink_to(folder / "kinds" / str(i % len(kinds)))
    return save(folder, [result(f"many/case-{i:04}", "fail" if i % 100 == 99 else "pass") for i in range(n)])
