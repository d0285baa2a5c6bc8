// SPDX-License-Identifier: LGPL-2.1-or-later
// What a case left, as harness/report/html-timeline.c packs it, made into a list of things that can be drawn, pointed
// at and read aloud. Times are microseconds since the first record.
//
// Packed: lanes are processes, strips what a link carries between two of them.
//   lanes   {name, master}
//   strips  {link, master, slave: "process.element", from, to: lanes}
//   lives   [lane, from, until or -1, text, crashed]
//   packets columns: time and line (differences), strip, kind (type * 2 + 1 when it goes to the master), id, label and
//   details
//           (texts), number (bytes or seqnum), reply (distance to the answer, 0: none here), outcome
//   states  [lane, time, 0 to 3, pending (text)]       calls  [lane, from, text, until, text]; the last two when
//   answered steps   {from, until, event, path, text, line, expected, seen} renders [lane, time] marks  [time, lane,
//   strip, kind (text), text] places  [time, lane, strip] of the findings        left   [packets that were left out,
//   from, until]

const PACKET_NAMES = [
  "?", "ACK", "QUERY_RESULT", "BUFFER", "EVENT", "SINK_MESSAGE_EVENT", "QUERY", "STATE_CHANGE", "STATE_LOST", "MESSAGE",
  "GERROR_MESSAGE", "MEMORY_RELEASE"
];
// What is drawn alike.
const PACKET_GROUPS =
    ["broken", "reply", "reply", "buffer", "event", "event", "query", "state", "state", "message", "message", "buffer"];
const OUTCOMES = ["", "answered", "refused", "never answered", "malformed", "an answer to nothing", "lost to a fault"];
const STATES = ["NULL", "READY", "PAUSED", "PLAYING"];
const SETUP_CALLS = ["pipeline", "link", "finish"];

// item: {t, u (until; a span), row: "strip3" | "lane0" | "calls0" | "steps", kind, text: in one line, more: [[name,
// value]],
//        bad}
function timelineItems(data) {
  const items = [].concat(stepItems(data), packetItems(data), stateItems(data), callItems(data), markItems(data));
  items.sort((a, b) => a.t - b.t);
  items.forEach((item, i) => { item.index = i; });
  return items;
}

function packetItems(data) {
  const p = data.packets, items = [];
  let t = 0, line = 0;
  for (let i = 0; i < p.time.length; i++) {
    t += p.time[i];
    line += p.line[i];
    const type = p.kind[i] >> 1, strip = data.strips[p.strip[i]];
    items.push({
      t,
      line,
      row: `strip${p.strip[i]}`,
      kind: "packet",
      type,
      up: (p.kind[i] & 1) === 1,
      group: PACKET_GROUPS[type],
      id: p.id[i],
      label: data.texts[p.label[i]],
      outcome: p.outcome[i],
      details: data.texts[p.details[i]],
      number: p.number[i],
      strip,
      bad: p.outcome[i] >= 3 && p.outcome[i] <= 5
    });
  }
  items.forEach((item, i) => {
    if (p.reply[i] !== 0) {
      item.reply = items[i + p.reply[i]];
      item.reply.request = item;
    }
  });
  for (const item of items)
    packetWords(item);
  return items;
}

function packetWords(item) {
  const strip = item.strip, ends = strip ? [strip.master, strip.slave] : ["master", "slave"];
  const [from, to] = item.up ? [ends[1], ends[0]] : ends;
  const name = PACKET_NAMES[item.type] || "?", number = item.number;
  item.text = `${name} ${item.id}${item.label ? " " + item.label : ""}`;
  item.more = [["from", from], ["to", to]];
  if (item.type === 3)
    item.more.push(["data", plural(number, "byte")]);
  else if (number)
    item.more.push(["seqnum", number]);
  if (item.details)
    item.more.push(["content", item.details]);
  if (item.reply)
    item.more.push(["answer", `${item.reply.label} after ${duration((item.reply.t - item.t) / 1e6)}`]);
  else if (item.request)
    item.more.push(["answers", item.request.text]);
  if (item.outcome >= 2)
    item.more.push(["outcome", OUTCOMES[item.outcome]]);
  item.more.push(["history", `line ${item.line}`]);
}

function stateItems(data) {
  const items = [], last = {};
  for (const [lane, from, until, text, crashed] of data.lives) {
    const end = until < 0 ? data.end : until;
    items.push({
      t: from,
      u: end,
      row: `lane${lane}`,
      kind: "life",
      lane,
      text: "process",
      bad: crashed,
      more: [["end", text]]
    });
    last[lane] = {t: from, u: end, row: `lane${lane}`, kind: "state", lane, state: 0, text: STATES[0], more: []};
    items.push(last[lane]);
  }
  const states = data.states.slice().sort((a, b) => a[1] - b[1]);
  for (const [lane, t, state, pending] of states) {
    const life = items.filter(i => i.kind === "life" && i.lane === lane && i.t <= t && t <= i.u).pop();
    // What a worker reported just before its end may be learned after it.
    const u = life ? life.u : t;
    const before = items.filter(i => i.kind === "state" && i.lane === lane && i.t <= t && i.u >= t).pop();
    if (before)
      before.u = t;
    const more = data.texts[pending] ? [["on its way to", data.texts[pending].toUpperCase()]] : [];
    items.push({t, u, row: `lane${lane}`, kind: "state", lane, state, text: STATES[state], more});
  }
  return items;
}

function callItems(data) {
  return data.calls.map(([lane, t, text, until, result]) => {
    const words = data.texts[text], answered = until !== undefined;
    const setup = SETUP_CALLS.includes(words.split(" ")[0]);
    const lives =
        data.lives.filter(life => life[0] === lane && life[1] <= t).map(life => life[2] < 0 ? data.end : life[2]);
    return {
      t,
      u: answered ? until : Math.max(t, ...lives),
      row: `${setup ? "lane" : "calls"}${lane}`,
      kind: setup ? "setup" : "call",
      lane,
      text: words,
      bad: !answered && !setup,
      more: answered ? [["result", data.texts[result]], ["took", duration((until - t) / 1e6)]]
                     : [["result", "it never returned"]]
    };
  });
}

function stepItems(data) {
  return data.steps.map(step => {
    const bad = step.event !== "done";
    const more = [["at", `${step.path}, line ${step.line} of the scenario`]];
    if (step.expected)
      more.push(["expected", step.expected], ["seen", step.seen || "nothing"]);
    more.push(["took", duration(((step.until === undefined ? data.end : step.until) - step.from) / 1e6)]);
    return {
      t: step.from,
      u: step.until === undefined ? data.end : step.until,
      row: "steps",
      kind: "step",
      text: step.text,
      path: step.path,
      bad,
      wait: step.text.startsWith("wait"),
      more
    };
  });
}

function markItems(data) {
  return data.marks.map(([t, lane, strip, kind, text]) => ({
    t,
    kind: "mark",
    mark: data.texts[kind],
    text: data.texts[text],
    more: [],
    lane,
    strip,
    row: strip >= 0 ? `strip${strip}`
        : lane >= 0 ? `marks${lane}`
                    : "steps",
    bad: ["error", "crash", "broken", "leak"].includes(data.texts[kind]) ||
        (data.texts[kind] === "log" && !data.texts[text].startsWith("warning")),
  }));
}

// When processes were stopped and went on: [lane, from, until]. The history knows of it from the steps.
function stoppedSpans(data) {
  const spans = [], open = {};
  for (const step of data.steps) {
    const found = /^act signal-process process=(\S+) signal=(\S+)/.exec(step.text);
    const lane = found ? data.lanes.findIndex(l => l.name === found[1]) : -1;
    if (lane < 0)
      continue;
    if (found[2] === "stop") {
      open[lane] = [lane, step.from, data.end];
      spans.push(open[lane]);
    } else if (open[lane]) {
      open[lane][2] = step.from;
      delete open[lane];
    }
  }
  for (const span of spans)
    for (const [lane, , until] of data.lives)
      if (lane === span[0] && until >= span[1])
        span[2] = Math.min(span[2], until);
  return spans;
}

// Time to place and back. Stretches in which nothing happens are squeezed, unless `plain`: a wait of seconds beside an
// exchange of milliseconds would leave one pixel for what is to be seen. Places go from 0 to 1.
function timeScale(items, end, plain) {
  const times = [0, end];
  for (const item of items) {
    times.push(item.t);
    if (item.u !== undefined)
      times.push(item.u);
  }
  times.sort((a, b) => a - b);
  const at = times.filter((t, i) => i === 0 || t > times[i - 1]);
  let cap = plain ? Infinity : end / 10;
  const squeezed = gap => gap <= cap ? gap : cap * (1 + Math.log2(gap / cap) * 0.15);
  const sum = width => at.reduce((s, t, i) => s + (i ? width(t - at[i - 1]) : 0), 0);
  for (let i = 0; i < 8 && !plain; i++)
    cap = Math.max(sum(squeezed) / 16, 1);
  // A part of the room goes to moments evenly, so that bursts are spread out.
  const share = plain ? 0 : 0.5 * sum(squeezed) / at.length, width = gap => squeezed(gap) + share;
  const places = [0], total = sum(width) || 1, breaks = [];
  for (let i = 1; i < at.length; i++) {
    const gap = at[i] - at[i - 1];
    places.push(places[i - 1] + width(gap) / total);
    if (gap > 2 * cap)
      breaks.push([at[i - 1], at[i]]);
  }
  return {to: t => interpolate(at, places, t), from: p => interpolate(places, at, p), breaks};
}

function interpolate(xs, ys, x) {
  let low = 0, high = xs.length - 1;
  if (x <= xs[0] || high === 0)
    return ys[0];
  if (x >= xs[high])
    return ys[high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle] <= x)
      low = middle;
    else
      high = middle;
  }
  return ys[low] + (ys[high] - ys[low]) * (x - xs[low]) / (xs[high] - xs[low] || 1);
}
