#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes seeds for the fuzz targets of what went over a wire.

  seeds.py packets OUT FILE.bin...   inputs for `packet` and `text` of the packets in captures or golden vectors; a file whose
                                     name has `to-master` in it or begins with `slave-` went to the master
  seeds.py sessions OUT CASE...      inputs for `slave` and `master` of the links of cases: folders that gst-ipc-harness
                                     leaves, with history.ndjson and captures

OUT gets a folder for each target. README.md says more.
"""

import collections
import hashlib
import json
import pathlib
import struct
import sys

HEADER = struct.Struct("<BII")
(ACK, QUERY_RESULT, BUFFER, EVENT, SINK_MESSAGE, QUERY, STATE_CHANGE, STATE_LOST, MESSAGE, GERROR,
 MEMORY_RELEASE) = range(1, 12)

# Of the payload in front of the structure string.
TEXT_AT = {QUERY_RESULT: 5, EVENT: 9, QUERY: 5, MESSAGE: 4}

# As in session.h, fuzz-slave.c and fuzz-master.c.
SEPARATOR = b"\xf5IPC"
SETTLE, GREET, REPLACE = 0x23, 0x26, 0x27
(STEP_STATE, STEP_EVENT, STEP_QUERY, STEP_PUSH_EVENT, STEP_PUSH_BUFFER, STEP_PUSH_QUERY, STEP_FLUSH, STEP_ACK_TIME,
 STEP_MAX_IN_FLIGHT) = range(0x30, 0x39)
# The nicks of what fuzz_upstream_event() and so on make, in their order.
UPSTREAM_EVENTS = ["seek", "", "step", "latency", "qos", "navigation", "reconfigure"]
DOWNSTREAM_EVENTS = ["stream-start", "caps", "segment", "tag", "protection", "stream-collection", "toc", "sink-message",
                     "gap", "segment-done", "stream-group-done", "instant-rate-change", "flush-start", "flush-stop",
                     "custom-downstream-oob", "eos"]
QUERIES = ["position", "duration", "latency", "seeking", "caps", "accept-caps", "formats", "buffering", "allocation", "drain",
           "custom", "segment"]

# As a master says it before its slaves play.
TIME = bytes([QUERY]) + struct.pack("<IB", 0x7803, 1) + b"gst-ipc-time, clock=(string)monotonic, base-time=(guint64)1;\0"

MAX_DATA = 96
MAX_PACKETS = 32
MAX_CHUNK = 512
MAX_BUFFERS = 3
IN_FLIGHT = 3


def packets(data):
    """(type, id, payload) of each whole packet."""
    at = 0
    while at + HEADER.size <= len(data):
        kind, number, size = HEADER.unpack_from(data, at)
        at += HEADER.size
        if at + size > len(data):
            return
        yield kind, number, data[at : at + size]
        at += size


def shorten(kind, payload):
    """A BUFFER with less data in it."""
    if kind != BUFFER:
        return payload
    (size,) = struct.unpack_from("<I", payload, 48)
    data, metas = payload[52 : 52 + size], payload[52 + size :]
    return payload[:48] + struct.pack("<I", min(size, MAX_DATA)) + data[:MAX_DATA] + metas


def write(folder, data):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(data).hexdigest()[:16]).write_bytes(data)


def packet_seeds(out, files):
    for file in files:
        to_master = file.name.startswith("slave-") or "to-master" in file.name
        for kind, number, payload in packets(file.read_bytes()):
            payload = shorten(kind, payload)
            write(out / "packet", bytes([6 + to_master]) + HEADER.pack(kind, number, len(payload)) + payload)
            if kind in TEXT_AT and len(payload) > TEXT_AT[kind] + 1:
                write(out / "text", b"\2" + payload[TEXT_AT[kind] : -1])


def index_of(names, name):
    return names.index(name) if name in names else len(names) - 1


def master_step(record, payload):
    """What the master's application or stream did that made its sink send this; None for a reply."""
    kind, upstream = record["type"], record.get("direction") == "upstream"
    if kind == "STATE_CHANGE":
        return bytes([STEP_STATE, {"null": 0, "ready": 1, "paused": 2, "playing": 3}[record["to-state"]]])
    if kind == "BUFFER":
        return bytes([STEP_PUSH_BUFFER, 0]) + payload[52 : 52 + 8]
    if kind == "QUERY":
        return bytes([STEP_QUERY if upstream else STEP_PUSH_QUERY, index_of(QUERIES, record["query"])])
    if kind == "EVENT" and upstream:
        return bytes([STEP_EVENT, index_of(UPSTREAM_EVENTS, record["event"])])
    if kind == "EVENT" and record["event"].startswith("flush"):
        return bytes([STEP_FLUSH, 0 if record["event"] == "flush-start" else 1])
    if kind == "EVENT":
        return bytes([STEP_PUSH_EVENT, index_of(DOWNSTREAM_EVENTS, record["event"])])
    return None


def link_packets(case):
    """For each connection of a link its packets in order: the record, and the payload."""
    links = collections.defaultdict(list)
    for line in (case / "history.ndjson").read_text().splitlines():
        record = json.loads(line)
        if record["kind"] != "packet" or "error" in record:
            continue
        file = case / record["file"]
        if not file.exists():  # kept of some cases only
            continue
        data = file.read_bytes()
        payload = next(packets(data[record["capture-offset"] :]))[2]
        links[record["link"], record["generation"]].append((record, payload))
    return links.values()


def session_seeds(out, case):
    kinds = {"ACK": ACK, "QUERY_RESULT": QUERY_RESULT, "BUFFER": BUFFER, "EVENT": EVENT,
             "SINK_MESSAGE_EVENT": SINK_MESSAGE, "QUERY": QUERY, "STATE_CHANGE": STATE_CHANGE,
             "STATE_LOST": STATE_LOST, "MESSAGE": MESSAGE, "GERROR_MESSAGE": GERROR, "MEMORY_RELEASE": MEMORY_RELEASE}
    for link in link_packets(case):
        slave, master, buffers = [], [], 0
        for record, payload in link:
            kind = kinds[record["type"]]
            buffers += kind == BUFFER
            # of a film its beginning and whatever else happens
            if kind in (BUFFER, ACK) and buffers > MAX_BUFFERS:
                continue
            packet = bytes([kind]) + shorten(kind, payload)
            if record["to"] == "master":
                master.append(packet)
                continue
            if kind == STATE_CHANGE and record["to-state"] == "playing":
                slave.append(TIME)
            slave.append(packet)
            if kind == STATE_CHANGE:
                slave.append(bytes([SETTLE]))
            step = master_step(record, payload)
            if step:
                master.append(step)
        # the greeting of a capture has a nonce and a machine of its own
        slave.insert(0, bytes([GREET, 7]))
        master.insert(2, bytes([GREET, 7]))
        # the answers come behind what they answer, and so behind more of the stream than in the capture
        in_flight = [bytes([STEP_MAX_IN_FLIGHT, IN_FLIGHT - 1])] + master
        for target, first, chunks in (("slave", 0, slave), ("master", 1, master), ("master", 1, in_flight)):
            chunks = [chunk for chunk in chunks if len(chunk) <= MAX_CHUNK]
            write(out / target, bytes([first, 0]) + SEPARATOR.join(chunks[:MAX_PACKETS]))


def main():
    if len(sys.argv) < 4 or sys.argv[1] not in ("packets", "sessions"):
        sys.exit(__doc__)
    out, inputs = pathlib.Path(sys.argv[2]), [pathlib.Path(name) for name in sys.argv[3:]]
    if sys.argv[1] == "packets":
        packet_seeds(out, inputs)
    else:
        for case in inputs:
            session_seeds(out, case)


if __name__ == "__main__":
    main()
