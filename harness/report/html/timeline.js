// SPDX-License-Identifier: LGPL-2.1-or-later
// The picture of a case: a lane for each process, packets as arrows between them, what was called, what was waited for,
// what went wrong and where. Zoom with the buttons, Ctrl and the wheel, or two fingers; move by dragging; arrow keys go
// from one thing to the next. What is pointed at or chosen is told in words below; all that is in view stands in a
// table.

const GROUPS = [
  ["buffer", "buffers"], ["event", "events"], ["query", "queries"], ["state", "state changes"], ["message", "messages"],
  ["reply", "answers"]
];
const MAX_ROWS = 300;

class Timeline extends TimelineDrawing {
  // @findings: {text, rule, place}; @host: the element that gets the picture.
  constructor(host, data, findings) {
    super();
    this.data = data;
    this.findings = findings;
    this.items = timelineItems(data);
    this.stopped = stoppedSpans(data);
    this.plain = false;
    this.hidden = new Set();
    this.view = [0, 1];
    this.chosen = null;
    this.scale = timeScale(this.items, Math.max(data.end, 1), false);
    this.flags = this.findFlags();
    this.layOut();
    this.build(host);
    this.showFlags();
    new ResizeObserver(() => this.draw()).observe(this.frame);
  }

  // What went wrong: the findings, and the step that was not done.
  findFlags() {
    const flags = this.findings.map((finding, i) => ({
      name: `${i + 1}`,
      text: `${finding.rule}: ${finding.text}`,
      t: finding.place && finding.place[0] >= 0 ? finding.place[0] : null,
      lane: finding.place ? finding.place[1] : -1
    }));
    const step = this.items.find(item => item.kind === "step" && item.bad);
    if (step)
      flags.push({name: "step", text: `${step.path}: ${step.text}`, t: step.u, step, lane: -1});
    return flags.filter(flag => flag.t !== null);
  }

  // --- the page around the picture ---

  build(host) {
    const button = (text, label, action) =>
        el("button", {type: "button", "aria-label": label, title: label, onclick: action}, text);
    this.plainButton = el("button", {
      type: "button",
      "aria-pressed": "false",
      onclick: () => this.setPlain(!this.plain),
      title: "Stretches in which nothing happens are squeezed (marked ⋯) unless this is on"
    },
        "True scale");
    this.findingButton = this.flags.length > 0
        ? el("button", {type: "button", class: "v-fail", onclick: () => this.showFlag(this.flags[0])},
              "Show what went wrong")
        : null;
    this.picture = svg("svg", {
      class: "picture",
      tabindex: "0",
      role: "application",
      "aria-roledescription": "timeline",
      "aria-label": this.summary(),
      "aria-describedby": "timeline-keys",
      height: this.height
    });
    this.tip = el("div", {class: "tip", "aria-hidden": "true", hidden: true});
    this.frame = el("div", {class: "frame"}, this.picture, this.tip);
    this.map = svg("svg", {class: "map", "aria-hidden": "true", height: 4 * this.data.lanes.length + 10});
    this.words = el("div", {class: "words panel", "aria-live": "polite"});
    this.table = el("tbody");
    this.tableNote = el("p", {class: "note"});
    host.append(el("div", {class: "controls"}, button("−", "Zoom out", () => this.zoom(0.5)),
                    button("+", "Zoom in", () => this.zoom(2)), button("◀", "Earlier", () => this.pan(-0.4)),
                    button("▶", "Later", () => this.pan(0.4)),
                    button("Whole", "Show all of it", () => this.setView(0, 1)), this.findingButton, this.plainButton),
        this.legend(), this.map, this.frame,
        el("p", {class: "note", id: "timeline-keys"},
            "Keys in the picture: ← → from one thing to the next, ↑ ↓ from row to row, + − zoom, " +
                "0 all of it, F what went wrong. Ctrl and the wheel zoom; dragging moves."),
        this.words,
        el("details", {open: true}, el("summary", {}, "What is in view, as a table"), this.tableNote,
            el("div", {class: "scroll log", tabindex: "0", role: "region", "aria-label": "What is in view"},
                el("table", {class: "events"},
                    el("thead", {},
                        el("tr", {}, el("th", {scope: "col", class: "number"}, "Time"),
                            el("th", {scope: "col"}, "Where"), el("th", {scope: "col"}, "What"),
                            el("th", {scope: "col"}, "More"))),
                    this.table))));
    this.listen();
    this.tell(null);
  }

  summary() {
    const packets = this.items.filter(item => item.kind === "packet").length;
    return `Timeline of ${duration(this.data.end / 1e6)}: ${plural(this.data.lanes.length, "process", "processes")}, ` +
        `${plural(packets, "packet")}, ${plural(this.flags.length, "thing")} that went wrong`;
  }

  // The groups of packets are switches, so that buffers can be taken away to see the rest.
  legend() {
    const sample = group => svg("svg", {width: 12, height: 16, "aria-hidden": "true", class: `g-${group}`},
        svg("path", {class: "shaft", d: "M6 2V10"}), svg("path", {class: "head", d: "M2.5 9H9.5L6 15.5Z"}),
        TAILS[group] ? svg("path", {class: "tail-mark", d: TAILS[group](6, 3)}) : null);
    const outcome = (className, d, head, text) => el("span", {class: "key"},
        svg("svg", {width: 12, height: 16, "aria-hidden": "true", class: className}, svg("path", {class: "shaft", d}),
            head),
        text);
    const fault = svg("path", {class: "mark fault", d: "M8 0L1 9H6L3 16L12 7H7Z"});
    return el("div", {class: "legend", role: "group", "aria-label": "Packets to show"},
        GROUPS.filter(([group]) => this.items.some(item => item.group === group))
            .map(
                ([group, text]) => el("button",
                    {type: "button", "aria-pressed": "true", onclick: event => this.toggle(group, event.currentTarget)},
                    sample(group), text)),
        outcome("g-event refused", "M6 0V10", svg("path", {class: "head", d: "M2.5 9H9.5L6 15.5Z"}), "refused"),
        outcome("g-event unanswered", "M6 0V10", svg("path", {class: "cross", d: "M2.5 8.5L9.5 15.5M9.5 8.5L2.5 15.5"}),
            "never answered"),
        this.items.some(item => item.mark === "fault")
            ? el("span", {class: "key"}, svg("svg", {width: 13, height: 16, "aria-hidden": "true"}, fault),
                  "a fault struck")
            : null);
  }

  toggle(group, button) {
    const hide = !this.hidden.has(group);
    this.hidden[hide ? "add" : "delete"](group);
    button.setAttribute("aria-pressed", String(!hide));
    this.draw();
  }

  // --- what part of it is seen ---

  setPlain(plain) {
    const [a, b] = this.view.map(place => this.scale.from(place));
    this.plain = plain;
    this.plainButton.setAttribute("aria-pressed", String(plain));
    this.scale = timeScale(this.items, Math.max(this.data.end, 1), plain);
    this.setView(this.scale.to(a), this.scale.to(b));
  }

  setView(from, to) {
    const size = Math.min(Math.max(to - from, 1e-5), 1), start = Math.min(Math.max(from, 0), 1 - size);
    this.view = [start, start + size];
    this.draw();
  }

  // @at: the place that stays where it is.
  zoom(factor, at) {
    const [a, b] = this.view, middle = at !== undefined ? at : this.chosen ? this.scale.to(this.chosen.t) : (a + b) / 2;
    const fixed = Math.min(Math.max(middle, a), b);
    this.setView(fixed - (fixed - a) / factor, fixed + (b - fixed) / factor);
  }

  pan(share) {
    const size = this.view[1] - this.view[0];
    this.setView(this.view[0] + share * size, this.view[1] + share * size);
  }

  // A case that went wrong is opened where it did, when that is one place.
  showFlags() {
    const places = this.flags.flatMap(flag => [this.scale.to(flag.t), this.scale.to(flag.step ? flag.step.t : flag.t)]);
    const from = Math.min(...places), to = Math.max(...places);
    if (places.length > 0 && to - from < 0.5)
      this.setView(from - 0.12, to + 0.06);
    else
      this.draw();
  }

  showFlag(flag) {
    const place = this.scale.to(flag.step ? flag.step.t : flag.t), end = this.scale.to(flag.t);
    this.setView(place - 0.06, end + 0.06);
    const item =
        flag.step || this.items.filter(i => this.isShown(i) && i.t === flag.t).sort((a, b) => b.bad - a.bad)[0];
    this.choose(item || null);
    this.picture.focus();
  }

  // --- choosing ---

  listen() {
    const picture = this.picture, pointers = new Map();
    let moved = 0;
    picture.addEventListener("pointermove", event => {
      const before = pointers.get(event.pointerId);
      if (!before) {
        this.point(event);
        return;
      }
      this.drag(pointers, event);
      moved += Math.abs(event.clientX - before.clientX);
      pointers.set(event.pointerId, event);
    });
    picture.addEventListener("pointerdown", event => {
      moved = 0;
      pointers.set(event.pointerId, event);
    });
    const up = event => {
      if (pointers.delete(event.pointerId) && event.type === "pointerup" && moved < 6)
        this.choose(this.itemAt(event));
    };
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", up);
    picture.addEventListener("pointerleave", () => { this.tip.hidden = true; });
    picture.addEventListener("dblclick", event => this.zoom(3, this.placeOfX(this.local(event)[0])));
    picture.addEventListener("wheel", event => {
      if (event.ctrlKey) {
        event.preventDefault();
        this.zoom(event.deltaY < 0 ? 1.4 : 1 / 1.4, this.placeOfX(this.local(event)[0]));
      } else if (event.deltaX !== 0) {
        event.preventDefault();
        this.pan(event.deltaX / this.width);
      }
    }, {passive: false});
    picture.addEventListener("keydown", event => this.onKey(event));
    const moveTo = event => {
      const box = this.map.getBoundingClientRect(),
            place = (event.clientX - box.left - this.left) / (box.width - this.left - 8);
      const half = (this.view[1] - this.view[0]) / 2;
      this.setView(place - half, place + half);
    };
    this.map.addEventListener("pointerdown", event => {
      this.map.setPointerCapture(event.pointerId);
      moveTo(event);
    });
    this.map.addEventListener("pointermove", event => event.buttons & 1 && moveTo(event));
  }

  local(event) {
    const box = this.picture.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  // One pointer moves the picture, two zoom it.
  drag(pointers, event) {
    const before = pointers.get(event.pointerId),
          others = [...pointers.values()].filter(p => p.pointerId !== event.pointerId);
    if (others.length === 0) {
      this.pan((before.clientX - event.clientX) / (this.width - this.left));
      return;
    }
    const was = Math.abs(before.clientX - others[0].clientX), is = Math.abs(event.clientX - others[0].clientX);
    if (was > 8 && is > 8)
      this.zoom(is / was, this.placeOfX(this.local(others[0])[0]));
  }

  itemAt(event) {
    const [x, y] = this.local(event);
    let best = null, least = 9;
    for (const item of this.items) {
      const row = this.rows[item.row];
      if (!row || y < row.top - 1 || y > row.top + row.height + 1 || !this.isShown(item))
        continue;
      const a = this.x(item.t), b = item.u === undefined ? a : Math.max(this.x(item.u), a);
      // Within a span counts little less than beside a point, so that marks on spans can be hit.
      const distance = x < a ? a - x : x > b ? x - b : item.u === undefined ? 0 : 4 + Math.min((b - a) / 1e4, 1);
      if (distance < least || (distance === least && item.bad)) {
        least = distance;
        best = item;
      }
    }
    return best;
  }

  point(event) {
    const item = this.itemAt(event);
    this.tip.hidden = item === null;
    if (item === null)
      return;
    const [x, y] = this.local(event);
    this.tip.replaceChildren(el("strong", {}, item.text), el("br"),
        `${this.time(item.t)}${item.u !== undefined ? " to " + this.time(item.u) : ""}`,
        ...item.more.slice(0, 5).flatMap(([name, value]) => [el("br"), `${name}: ${value}`]));
    const right = x > this.width / 2;
    this.tip.style.left = right ? "" : `${x + 14}px`;
    this.tip.style.right = right ? `${this.width - x + 14}px` : "";
    this.tip.style.top = `${y + 14}px`;
  }

  choose(item) {
    this.chosen = item;
    this.tip.hidden = true;
    if (item !== null) {
      const [a, b] = this.view, place = this.scale.to(item.t);
      if (place < a || place > b)
        this.setView(place - (b - a) / 2, place + (b - a) / 2);
    }
    this.tell(item);
    this.draw();
  }

  tell(item) {
    if (item === null) {
      this.words.replaceChildren(
          ...this.flags.slice(0, 8).map(
              flag => el("p", {},
                  el("button", {class: "plain flag-link", type: "button", onclick: () => this.showFlag(flag)},
                      el("span", {class: "verdict v-fail"}, `✗ ${flag.name}`), ` ${this.time(flag.t)} ${flag.text}`))),
          el("p", {class: "dim"}, "Point at something, or choose it, to read about it here."));
      return;
    }
    this.words.replaceChildren(el("p", {}, el("strong", {}, item.text)), el("dl", {}, [
      ["at", this.time(item.t)], ["where", this.where(item)]
    ].concat(item.more).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))));
  }

  time(t) {
    return `${(t / 1e6).toFixed(6)} s`;
  }

  where(item) {
    if (item.kind === "packet")
      return `${item.strip ? item.strip.link : "?"}, to the ${item.up ? "master" : "slave"}`;
    if (item.kind === "step")
      return "scenario";
    if (item.row.startsWith("strip"))
      return `link ${this.data.strips[item.row.slice(5)].link}`;
    return item.lane >= 0 && this.data.lanes[item.lane] ? this.data.lanes[item.lane].name : "scenario";
  }

  onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey)
      return;
    const actions = {
      ArrowRight: () => this.step(1),
      ArrowLeft: () => this.step(-1),
      ArrowDown: () => this.changeRow(1),
      ArrowUp: () => this.changeRow(-1),
      "+": () => this.zoom(2),
      "=": () => this.zoom(2),
      "-": () => this.zoom(0.5),
      "0": () => this.setView(0, 1),
      f: () => this.flags.length > 0 && this.showFlag(this.flags[0]),
      Escape: () => this.choose(null),
      Home: () => this.choose(this.items.find(i => this.isShown(i)) || null),
      End: () => this.choose(this.items.filter(i => this.isShown(i)).pop() || null),
    };
    const action = actions[event.key] || actions[event.key.toLowerCase()];
    if (action) {
      event.preventDefault();
      action();
    }
  }

  // From what is chosen to the next thing in time, in the same row.
  step(direction) {
    if (this.chosen === null) {
      this.choose(this.items.find(i => this.isShown(i) && this.scale.to(i.t) >= this.view[0]) || null);
      return;
    }
    for (let i = this.chosen.index + direction; i >= 0 && i < this.items.length; i += direction)
      if (this.isShown(this.items[i]) && this.items[i].row === this.chosen.row) {
        this.choose(this.items[i]);
        return;
      }
  }

  changeRow(direction) {
    const names = Object.keys(this.rows), from = this.chosen ? names.indexOf(this.chosen.row) : -1;
    const t = this.chosen ? this.chosen.t : this.scale.from(this.view[0]);
    for (let i = from + direction; i >= 0 && i < names.length; i += direction) {
      const inRow = this.items.filter(item => item.row === names[i] && this.isShown(item));
      if (inRow.length > 0) {
        this.choose(inRow.reduce((a, b) => Math.abs(a.t - t) <= Math.abs(b.t - t) ? a : b));
        return;
      }
    }
  }

  drawTable() {
    const first = this.visible.filter(item => item.kind !== "setup"), rows = first.slice(0, MAX_ROWS);
    const notes = [];
    if (first.length > rows.length)
      notes.push(`The first ${rows.length} of ${first.length}: zoom in to see others.`);
    if (this.data.left)
      notes.push(`${plural(this.data.left[0], "packet")} between ${this.time(this.data.left[1])} and ${
          this.time(this.data.left[2])} are left out of this page; history.ndjson has them.`);
    if (this.data["left-others"])
      notes.push(
          `${plural(this.data["left-others"], "other record")} are left out of this page; history.ndjson has them.`);
    this.tableNote.textContent = notes.join(" ");
    this.table.replaceChildren(...rows.map(
        item => el("tr", {class: item.bad ? "bad" : null, "aria-current": item === this.chosen ? "true" : null},
            el("td", {class: "number"}, (item.t / 1e6).toFixed(6)), el("td", {}, this.where(item)),
            el("td", {}, item.kind === "packet" ? `${item.up ? "↑" : "↓"} ` : "",
                el("button", {class: "plain", type: "button", onclick: () => this.choose(item)}, item.text)),
            el("td", {class: "dim"},
                item.more.filter(([name]) => !["from", "to", "history"].includes(name))
                    .map(([name, value]) => `${name}: ${value}`)
                    .join("; ")))));
  }
}
