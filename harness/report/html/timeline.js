// SPDX-License-Identifier: LGPL-2.1-or-later
// The picture of a case: a lane for each process, packets as arrows between them, what was called, what was waited for, what
// went wrong and where. Zoom with the buttons, Ctrl and the wheel, or two fingers; move by dragging; arrow keys go from one
// thing to the next. What is pointed at or chosen is told in words below; all that is in view stands in a table.

const AXIS = 30, STEP_ROW = 22, CALL_ROW = 18, STATE_ROW = 18, MARK_ROW = 15, GAP = 12;
const GROUPS = [["buffer", "buffers"], ["event", "events"], ["query", "queries"], ["state", "state changes"],
  ["message", "messages"], ["reply", "answers"]];
const MAX_ROWS = 300;
// What arrows of a group begin with.
const TAILS = {
  event: (x, y) => `M${x} ${y - 2.5}a2.5 2.5 0 1 0 .01 0Z`,
  query: (x, y) => `M${x} ${y - 2.8}a2.8 2.8 0 1 0 .01 0Z`,
  state: (x, y) => `M${x - 5} ${y}h10`,
  message: (x, y) => `M${x - 2.5} ${y - 2.5}h5v5h-5Z`,
};

class Timeline {
  // @findings: {text, rule, place}; @host: the element that gets the picture.
  constructor(host, data, findings) {
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
    const flags = this.findings.map((finding, i) => ({name: `${i + 1}`, text: `${finding.rule}: ${finding.text}`,
      t: finding.place && finding.place[0] >= 0 ? finding.place[0] : null, lane: finding.place ? finding.place[1] : -1}));
    const step = this.items.find(item => item.kind === "step" && item.bad);
    if (step)
      flags.push({name: "step", text: `${step.path}: ${step.text}`, t: step.u, step, lane: -1});
    return flags.filter(flag => flag.t !== null);
  }

  // Rows from top to bottom: {top, height} by name.
  layOut() {
    const rows = this.rows = {};
    let y = AXIS;
    const add = (name, height, after) => {
      rows[name] = {top: y, height};
      y += height + (after || 0);
    };
    add("steps", STEP_ROW, GAP);
    const stripHeight = this.data.strips.length > 4 ? 30 : 46;
    this.data.lanes.forEach((lane, i) => {
      const strips = this.data.strips.map((strip, j) => [strip, j]).filter(([strip]) => strip.to === i);
      for (const [, j] of strips)
        add(`strip${j}`, stripHeight);
      if (this.items.some(item => item.row === `calls${i}`))
        add(`calls${i}`, CALL_ROW);
      add(`lane${i}`, STATE_ROW);
      add(`marks${i}`, MARK_ROW, GAP);
    });
    this.height = y;
  }

  // --- the page around the picture ---

  build(host) {
    const button = (text, label, action) => el("button", {type: "button", "aria-label": label, title: label, onclick: action}, text);
    this.plainButton = el("button", {type: "button", "aria-pressed": "false", onclick: () => this.setPlain(!this.plain),
      title: "Stretches in which nothing happens are squeezed (marked ⋯) unless this is on"}, "True scale");
    this.findingButton = this.flags.length > 0
      ? el("button", {type: "button", class: "v-fail", onclick: () => this.showFlag(this.flags[0])}, "Show what went wrong") : null;
    this.picture = svg("svg", {class: "picture", tabindex: "0", role: "application", "aria-roledescription": "timeline",
      "aria-label": this.summary(), "aria-describedby": "timeline-keys", height: this.height});
    this.tip = el("div", {class: "tip", "aria-hidden": "true", hidden: true});
    this.frame = el("div", {class: "frame"}, this.picture, this.tip);
    this.map = svg("svg", {class: "map", "aria-hidden": "true", height: 4 * this.data.lanes.length + 10});
    this.words = el("div", {class: "words panel", "aria-live": "polite"});
    this.table = el("tbody");
    this.tableNote = el("p", {class: "note"});
    host.append(
      el("div", {class: "controls"}, button("−", "Zoom out", () => this.zoom(0.5)), button("+", "Zoom in", () => this.zoom(2)),
        button("◀", "Earlier", () => this.pan(-0.4)), button("▶", "Later", () => this.pan(0.4)),
        button("Whole", "Show all of it", () => this.setView(0, 1)), this.findingButton, this.plainButton),
      this.legend(), this.map, this.frame,
      el("p", {class: "note", id: "timeline-keys"}, "Keys in the picture: ← → from one thing to the next, ↑ ↓ from row to row, + − zoom, " +
        "0 all of it, F what went wrong. Ctrl and the wheel zoom; dragging moves."),
      this.words,
      el("details", {open: true}, el("summary", {}, "What is in view, as a table"), this.tableNote,
        el("div", {class: "scroll log", tabindex: "0", role: "region", "aria-label": "What is in view"},
          el("table", {class: "events"}, el("thead", {}, el("tr", {}, el("th", {scope: "col", class: "number"}, "Time"), el("th", {scope: "col"}, "Where"),
            el("th", {scope: "col"}, "What"), el("th", {scope: "col"}, "More"))), this.table))));
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
    const outcome = (className, d, head, text) => el("span", {class: "key"}, svg("svg", {width: 12, height: 16, "aria-hidden": "true", class: className},
      svg("path", {class: "shaft", d}), head), text);
    return el("div", {class: "legend", role: "group", "aria-label": "Packets to show"},
      GROUPS.filter(([group]) => this.items.some(item => item.group === group)).map(([group, text]) =>
        el("button", {type: "button", "aria-pressed": "true", onclick: event => this.toggle(group, event.currentTarget)}, sample(group), text)),
      outcome("g-event refused", "M6 0V10", svg("path", {class: "head", d: "M2.5 9H9.5L6 15.5Z"}), "refused"),
      outcome("g-event unanswered", "M6 0V10", svg("path", {class: "cross", d: "M2.5 8.5L9.5 15.5M9.5 8.5L2.5 15.5"}), "never answered"));
  }

  toggle(group, button) {
    const hide = !this.hidden.has(group);
    this.hidden[hide ? "add" : "delete"](group);
    button.setAttribute("aria-pressed", String(!hide));
    this.draw();
  }

  isShown(item) {
    return item.kind !== "life" && !(item.kind === "packet" && this.hidden.has(item.group) && !item.bad);
  }

  // --- where things are ---

  get left() {
    return this.width < 560 ? 4 : 128;
  }

  x(t) {
    return this.xOfPlace(this.scale.to(t));
  }

  xOfPlace(place) {
    return this.left + (place - this.view[0]) / (this.view[1] - this.view[0]) * (this.width - this.left - 8);
  }

  placeOfX(x) {
    return this.view[0] + (x - this.left) / (this.width - this.left - 8) * (this.view[1] - this.view[0]);
  }

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
    const item = flag.step || this.items.filter(i => this.isShown(i) && i.t === flag.t).sort((a, b) => b.bad - a.bad)[0];
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
      const box = this.map.getBoundingClientRect(), place = (event.clientX - box.left - this.left) / (box.width - this.left - 8);
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
    const before = pointers.get(event.pointerId), others = [...pointers.values()].filter(p => p.pointerId !== event.pointerId);
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
    this.tip.replaceChildren(el("strong", {}, item.text), el("br"), `${this.time(item.t)}${item.u !== undefined ? " to " + this.time(item.u) : ""}`,
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
      this.words.replaceChildren(...this.flags.slice(0, 8).map(flag => el("p", {}, el("button", {class: "plain flag-link", type: "button", onclick: () => this.showFlag(flag)},
        el("span", {class: "verdict v-fail"}, `✗ ${flag.name}`), ` ${this.time(flag.t)} ${flag.text}`))), el("p", {class: "dim"}, "Point at something, or choose it, to read about it here."));
      return;
    }
    this.words.replaceChildren(el("p", {}, el("strong", {}, item.text)), el("dl", {}, [["at", this.time(item.t)], ["where", this.where(item)]].concat(item.more)
      .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))));
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
      ArrowRight: () => this.step(1), ArrowLeft: () => this.step(-1), ArrowDown: () => this.changeRow(1), ArrowUp: () => this.changeRow(-1),
      "+": () => this.zoom(2), "=": () => this.zoom(2), "-": () => this.zoom(0.5), "0": () => this.setView(0, 1),
      f: () => this.flags.length > 0 && this.showFlag(this.flags[0]), Escape: () => this.choose(null),
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

  // --- drawing ---

  draw() {
    this.width = Math.max(this.frame.clientWidth, 200);
    this.picture.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    const [from, to] = this.view.map(place => this.scale.from(place));
    this.visible = this.items.filter(item => this.isShown(item) && item.t <= to && (item.u === undefined ? item.t : item.u) >= from);
    const clip = svg("clipPath", {id: "plot"}, svg("rect", {x: this.left, y: 0, width: this.width - this.left, height: this.height}));
    this.picture.replaceChildren(clip, this.background(), this.labels(),
      svg("g", {"clip-path": "url(#plot)"}, this.axis(), this.lives(), this.spans(), this.crashes(), this.renders(), this.packets(), this.marks(), this.leftOut(),
        this.flagLines(), this.focus()));
    this.drawMap();
    // Not at every move of a pointer.
    clearTimeout(this.tableTimer);
    this.tableTimer = setTimeout(() => this.drawTable(), 120);
  }

  // All of it, small: where the picture below is, and where something went wrong.
  drawMap() {
    const height = 4 * this.data.lanes.length + 10, x = place => this.left + place * (this.width - this.left - 8);
    this.map.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    const states = this.items.filter(item => item.kind === "state").map(item => svg("rect", {class: `s-${STATES[item.state].toLowerCase()}`,
      x: x(this.scale.to(item.t)), y: 5 + 4 * item.lane, width: Math.max(x(this.scale.to(item.u)) - x(this.scale.to(item.t)), 0.3), height: 3}));
    this.map.replaceChildren(...states, ...this.flags.map(flag => svg("path", {class: "map-flag", d: `M${x(this.scale.to(flag.t))} 0V${height}`})),
      svg("rect", {class: "map-view", x: x(this.view[0]), y: 1, width: Math.max(x(this.view[1]) - x(this.view[0]), 3), height: height - 2, rx: 3}));
  }

  background() {
    const g = svg("g", {}), teardown = this.data.marks.find(mark => this.data.texts[mark[3]] === "teardown");
    this.data.strips.forEach((strip, i) => {
      const row = this.rows[`strip${i}`];
      g.append(svg("rect", {class: "strip", x: this.left, y: row.top, width: this.width - this.left, height: row.height}));
    });
    if (teardown) {
      const x = Math.max(this.x(teardown[0]), this.left);
      if (x < this.width)
        g.append(svg("rect", {class: "teardown", x, y: AXIS - 12, width: this.width - x, height: this.height}),
          svg("text", {class: "small", x: x + 3, y: this.rows.steps.top + 15}, "teardown"));
    }
    return g;
  }

  // In a column of their own, or over the rows where there is no room for one.
  labels() {
    const g = svg("g", {}), narrow = this.left < 100;
    const put = (row, text, className) => row && g.append(svg("text", {class: className, x: narrow ? 6 : 2,
      y: narrow ? row.top + 11 : row.top + row.height / 2 + 4}, text.length > 19 ? text.slice(0, 18) + "…" : text));
    put(this.rows.steps, narrow ? "" : "scenario", "row-name");
    this.data.lanes.forEach((lane, i) => put(narrow ? this.rows[`marks${i}`] : this.rows[`lane${i}`], lane.name, "row-name"));
    this.data.strips.forEach((strip, i) => put(this.rows[`strip${i}`], `⇅ ${strip.link}`, "row-link"));
    return g;
  }

  axis() {
    const g = svg("g", {class: "axis"}), usable = this.width - this.left - 8, step = 92;
    let lastText = "";
    for (let x = this.left; x < this.left + usable - 30; x += step) {
      const t = this.scale.from(this.placeOfX(x)), next = this.scale.from(this.placeOfX(x + step));
      const digits = Math.min(Math.max(Math.ceil(-Math.log10(Math.max((next - t) / 1e6, 1e-9))) + 1, 0), 6);
      const text = (t / 1e6).toFixed(digits);
      if (text !== lastText)
        g.append(svg("path", {d: `M${x} ${AXIS - 12}V${this.height}`}), svg("text", {x: x + 3, y: 11}, `${text} s`));
      lastText = text;
    }
    for (const [a, b] of this.scale.breaks) {
      const xa = this.x(a), xb = this.x(b);
      if (xb < this.left || xa > this.width)
        continue;
      g.append(svg("rect", {class: "break", x: xa + 1, y: AXIS - 12, width: Math.max(xb - xa - 2, 1), height: this.height}));
      if (xb - xa > 44)
        g.append(svg("text", {class: "break-text", x: (xa + xb) / 2, y: AXIS - 3, "text-anchor": "middle"}, `⋯ ${duration((b - a) / 1e6)} ⋯`));
    }
    return g;
  }

  lives() {
    const g = svg("g", {});
    for (const [lane, from, until, text, crashed] of this.data.lives) {
      const row = this.rows[`lane${lane}`], a = this.x(from), b = this.x(until < 0 ? this.data.end : until);
      g.append(svg("rect", {class: "life", x: a, y: row.top, width: Math.max(b - a, 1), height: row.height}));
    }
    return g;
  }

  crashes() {
    const g = svg("g", {});
    for (const [lane, , until, text, crashed] of this.data.lives) {
      const row = this.rows[`lane${lane}`], x = this.x(until), words = this.data.texts[text], before = x > this.width - 210;
      if (crashed && x >= this.left && x <= this.width + 8)
        g.append(svg("path", {class: "crash", d: `M${x} ${row.top - 4}V${row.top + row.height + 4}`}), ...this.textBox(words, x + (before ? -5 : 5), row.top + 13, before));
    }
    return g;
  }

  // A label that can be read over anything.
  textBox(text, x, y, before) {
    const width = text.length * 6.2 + 8;
    return [svg("rect", {class: "flag-box", x: before ? x - width : x, y: y - 11, width, height: 15, rx: 3}),
      svg("text", {class: "flag-text", x: before ? x - width + 4 : x + 4, y}, text)];
  }

  spans() {
    const g = svg("g", {});
    for (const item of this.visible) {
      if (item.u === undefined)
        continue;
      const row = this.rows[item.row], a = Math.max(this.x(item.t), this.left - 2), b = Math.min(this.x(item.u), this.width + 2);
      const width = Math.max(b - a, item.kind === "state" ? 0.5 : 2), className = `${item.kind}${item.kind === "state" ? " s-" + STATES[item.state].toLowerCase() : ""}` +
        `${item.wait ? " wait" : ""}${item.bad ? " bad" : ""}`;
      if (item.kind !== "state" && item.kind !== "step" && item.kind !== "call")
        continue;
      const inset = item.kind === "state" ? 0 : 2;
      g.append(svg("rect", {class: className, x: a, y: row.top + inset, width, height: row.height - 2 * inset, rx: inset}));
      const text = `${item.bad ? "✗ " : ""}${item.text}`;
      const fits = Math.floor((width - 8) / (item.kind === "state" ? 6.6 : 6));
      if (fits >= 3)
        g.append(svg("text", {class: `in-${item.kind}${item.bad ? " bad" : ""}`, x: a + 4, y: row.top + row.height / 2 + 4}, text.length > fits ? text.slice(0, fits - 1) + "…" : text));
    }
    for (const [lane, from, until] of this.stopped) {
      const row = this.rows[`lane${lane}`], a = this.x(from), b = this.x(until);
      g.append(svg("rect", {class: "stopped", x: a, y: row.top - 2, width: Math.max(b - a, 2), height: row.height + 4}));
      if (b - a > 60)
        g.append(svg("text", {class: "in-stopped", x: Math.max(a, this.left) + 5, y: row.top + row.height + 12}, "stopped by a signal"));
    }
    return g;
  }

  renders() {
    const byLane = new Map();
    for (const [lane, t] of this.data.renders) {
      const x = Math.round(this.x(t));
      if (x >= this.left && x <= this.width)
        byLane.set(lane, (byLane.get(lane) || new Set()).add(x));
    }
    return [...byLane].map(([lane, xs]) => {
      const row = this.rows[`marks${lane}`];
      return svg("path", {class: "render", d: [...xs].map(x => `M${x} ${row.top + 1}v4`).join("")});
    });
  }

  // Those that would cover each other are drawn once.
  packets() {
    const g = svg("g", {}), drawn = new Set(), shafts = {}, taken = {};
    const shown = this.visible.filter(item => item.kind === "packet" && this.rows[item.row]);
    for (const item of shown) {
      const row = this.rows[item.row], x = Math.round(this.x(item.t) * 2) / 2, key = `${item.row} ${item.group} ${item.up} ${item.outcome} ${Math.round(x)}`;
      if (!drawn.has(key))
        g.append(this.arrow(item, x, row));
      drawn.add(key);
      if (item.group !== "reply")
        (shafts[item.row] = shafts[item.row] || []).push(x);
    }
    for (const item of shown)
      if (item.group !== "reply" || item.bad)
        this.arrowLabel(g, item, shafts[item.row] || [], taken);
    return g;
  }

  arrow(item, x, row) {
    const size = item.group === "reply" ? 2.5 : 4, top = row.top + 1, bottom = row.top + row.height - 1;
    const [from, tip] = item.up ? [bottom, top] : [top, bottom], back = item.up ? tip + 2 * size : tip - 2 * size;
    const unanswered = item.outcome === 3;
    const end = unanswered
      ? svg("path", {class: "cross", d: `M${x - 4} ${tip}L${x + 4} ${back}M${x + 4} ${tip}L${x - 4} ${back}`})
      : svg("path", {class: "head", d: `M${x - size} ${back}H${x + size}L${x} ${tip}Z`});
    // Not by colour alone: what begins the arrow tells its kind, too.
    const tail = TAILS[item.group] ? TAILS[item.group](x, item.up ? from - 2 : from + 2) : null;
    const className = `packet g-${item.bad && !unanswered ? "broken" : item.group}${item.outcome === 2 ? " refused" : ""}${unanswered ? " unanswered" : ""}`;
    return svg("g", {class: className}, svg("path", {class: "shaft", d: `M${x} ${from}V${back}`}), end, tail ? svg("path", {class: "tail-mark", d: tail}) : null);
  }

  // To the right of the arrow, near where it starts, when no other arrow stands there: else zooming in brings it.
  arrowLabel(g, item, shafts, taken) {
    const row = this.rows[item.row], x = Math.round(this.x(item.t) * 2) / 2;
    const short = {3: "buffer", 7: "", 8: "state lost"}[item.type];
    const text = `${short !== undefined ? short : ""}${short && item.label ? " " : ""}${item.label}`, width = text.length * 5.3 + 6;
    const side = `${item.row}${item.up}`;
    if (text === "" || x < this.left || x < (taken[side] || 0) || shafts.some(other => other > x + 1 && other < x + width))
      return;
    taken[side] = x + width;
    g.append(svg("text", {class: `arrow-text g-${item.group}`, x: x + 5, y: item.up ? row.top + row.height - 4 : row.top + 10}, text));
  }

  marks() {
    const g = svg("g", {});
    for (const item of this.visible.filter(i => i.kind === "mark")) {
      const row = this.rows[item.row], x = this.x(item.t), y = row.top + row.height / 2;
      const shapes = {
        error: ["mark bad", `M${x} ${y - 7}L${x + 6} ${y}L${x} ${y + 7}L${x - 6} ${y}Z`], warning: ["mark warn", `M${x} ${y - 6}L${x + 6} ${y + 5}H${x - 6}Z`],
        log: [item.bad ? "mark bad" : "mark warn", `M${x} ${y - 6}L${x + 6} ${y + 5}H${x - 6}Z`], leak: ["mark bad", `M${x - 5} ${y - 5}h10v10h-10Z`],
        fault: ["mark fault", `M${x + 2} ${y - 13}L${x - 5} ${y + 2}H${x}L${x - 2} ${y + 13}L${x + 6} ${y - 3}H${x + 1}Z`],
        killed: ["mark line", `M${x} ${y - 20}V${y + 4}M${x - 5} ${y - 4}l10 10M${x + 5} ${y - 4}l-10 10`], crash: ["mark bad", `M${x - 5} ${y - 5}h10v10h-10Z`],
        closed: ["mark end", `M${x} ${row.top}V${row.top + row.height}`], broken: ["mark end bad", `M${x} ${row.top}V${row.top + row.height}`],
        link: ["mark begin", `M${x} ${row.top}V${row.top + row.height}`], mark: ["mark begin", `M${x} ${row.top - 4}V${this.height}`],
        message: ["mark", `M${x} ${y - 3}a3 3 0 1 0 0.01 0Z`],
      };
      if (shapes[item.mark])
        g.append(svg("path", {class: shapes[item.mark][0], d: shapes[item.mark][1]}));
      if (["error", "log", "leak"].includes(item.mark))
        this.markLabel(g, item, x, y + 4);
      if (item.mark === "fault" && x + 40 < this.width)
        g.append(svg("text", {class: "small", x: x + 8, y: y + 4}, item.text.replace(/^fault (\S+).*/, "$1")));
    }
    return g;
  }

  // As much of it as there is room for until the next mark of its row.
  markLabel(g, item, x, y) {
    const next = this.visible.find(other => other.kind === "mark" && other.row === item.row && other.t > item.t && this.x(other.t) > x + 8);
    const fits = Math.floor(((next ? Math.min(this.x(next.t), this.width) : this.width) - x - 18) / 6.4);
    const same = this.visible.some(other => other.kind === "mark" && other.row === item.row && other.index > item.index && Math.abs(this.x(other.t) - x) <= 8);
    if (fits >= 8 && x >= this.left && !same)
      g.append(svg("text", {class: `mark-text${item.bad ? " bad" : ""}`, x: x + 9, y}, item.text.length > fits ? item.text.slice(0, fits - 1) + "…" : item.text));
  }

  leftOut() {
    const left = this.data.left;
    if (!left || this.data.strips.length === 0)
      return null;
    const a = this.x(left[1]), b = this.x(left[2]), tops = this.data.strips.map((s, i) => this.rows[`strip${i}`]);
    return svg("g", {}, tops.map(row => svg("rect", {class: "left-out", x: a, y: row.top, width: Math.max(b - a, 3), height: row.height})),
      b - a > 120 ? svg("text", {class: "small", x: (a + b) / 2, y: tops[0].top + tops[0].height / 2 + 4, "text-anchor": "middle"}, `${left[0]} packets left out`) : null);
  }

  // A line each; names that would lie on each other stand together.
  flagLines() {
    const g = svg("g", {}), boxes = [];
    for (const flag of this.flags.slice().sort((a, b) => a.t - b.t)) {
      const x = this.x(flag.t), last = boxes[boxes.length - 1];
      g.append(svg("path", {class: "flag", d: `M${x} ${AXIS - 14}V${this.height}`}));
      if (last && x - last.x < 16 + 7 * last.names.join(", ").length)
        last.names.push(flag.name);
      else
        boxes.push({x, names: [flag.name]});
    }
    for (const {x, names} of boxes)
      g.append(...this.textBox(`✗ ${names.length > 3 ? names[0] + "…" : names.join(", ")}`, x, AXIS - 3, x > this.width - 80));
    return g;
  }

  focus() {
    const item = this.chosen;
    if (item === null || !this.rows[item.row])
      return null;
    const row = this.rows[item.row], a = this.x(item.t), b = item.u === undefined ? a : this.x(item.u);
    const other = item.reply || item.request;
    return [svg("rect", {class: "chosen", x: a - 5, y: row.top - 3, width: b - a + 10, height: row.height + 6, rx: 4}),
      other ? svg("path", {class: "chosen", d: `M${a} ${row.top + row.height / 2}H${this.x(other.t)}`}) : null];
  }

  drawTable() {
    const first = this.visible.filter(item => item.kind !== "setup"), rows = first.slice(0, MAX_ROWS);
    const notes = [];
    if (first.length > rows.length)
      notes.push(`The first ${rows.length} of ${first.length}: zoom in to see others.`);
    if (this.data.left)
      notes.push(`${plural(this.data.left[0], "packet")} between ${this.time(this.data.left[1])} and ${this.time(this.data.left[2])} are left out of this page; history.ndjson has them.`);
    if (this.data["left-others"])
      notes.push(`${plural(this.data["left-others"], "other record")} are left out of this page; history.ndjson has them.`);
    this.tableNote.textContent = notes.join(" ");
    this.table.replaceChildren(...rows.map(item => el("tr", {class: item.bad ? "bad" : null, "aria-current": item === this.chosen ? "true" : null},
      el("td", {class: "number"}, (item.t / 1e6).toFixed(6)), el("td", {}, this.where(item)),
      el("td", {}, item.kind === "packet" ? `${item.up ? "↑" : "↓"} ` : "", el("button", {class: "plain", type: "button", onclick: () => this.choose(item)}, item.text)),
      el("td", {class: "dim"}, item.more.filter(([name]) => !["from", "to", "history"].includes(name)).map(([name, value]) => `${name}: ${value}`).join("; ")))));
  }
}
