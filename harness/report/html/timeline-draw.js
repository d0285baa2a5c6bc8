// SPDX-License-Identifier: LGPL-2.1-or-later
// How the picture of a case is drawn: rows from top to bottom, times from left to right, as SVG that is made anew for
// each view. A part of Timeline, which has the view and what it shows.

const AXIS = 30, STEP_ROW = 22, CALL_ROW = 18, STATE_ROW = 18, MARK_ROW = 15, GAP = 12;
// What arrows of a group begin with.
const TAILS = {
  event: (x, y) => `M${x} ${y - 2.5}a2.5 2.5 0 1 0 .01 0Z`,
  query: (x, y) => `M${x} ${y - 2.8}a2.8 2.8 0 1 0 .01 0Z`,
  state: (x, y) => `M${x - 5} ${y}h10`,
  message: (x, y) => `M${x - 2.5} ${y - 2.5}h5v5h-5Z`,
};

class TimelineDrawing {
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

  // --- drawing ---

  draw() {
    this.width = Math.max(this.frame.clientWidth, 200);
    this.picture.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    const [from, to] = this.view.map(place => this.scale.from(place));
    this.visible = this.items.filter(
        item => this.isShown(item) && item.t <= to && (item.u === undefined ? item.t : item.u) >= from);
    const clip = svg("clipPath", {id: "plot"},
        svg("rect", {x: this.left, y: 0, width: this.width - this.left, height: this.height}));
    this.picture.replaceChildren(clip, this.background(), this.labels(),
        svg("g", {"clip-path": "url(#plot)"}, this.axis(), this.lives(), this.spans(), this.crashes(), this.renders(),
            this.packets(), this.marks(), this.leftOut(), this.flagLines(), this.focus()));
    this.drawMap();
    // Not at every move of a pointer.
    clearTimeout(this.tableTimer);
    this.tableTimer = setTimeout(() => this.drawTable(), 120);
  }

  // All of it, small: where the picture below is, and where something went wrong.
  drawMap() {
    const height = 4 * this.data.lanes.length + 10, x = place => this.left + place * (this.width - this.left - 8);
    this.map.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    const states = this.items.filter(item => item.kind === "state").map(item => svg("rect", {
      class: `s-${STATES[item.state].toLowerCase()}`,
      x: x(this.scale.to(item.t)),
      y: 5 + 4 * item.lane,
      width: Math.max(x(this.scale.to(item.u)) - x(this.scale.to(item.t)), 0.3),
      height: 3
    }));
    this.map.replaceChildren(...states,
        ...this.flags.map(flag => svg("path", {class: "map-flag", d: `M${x(this.scale.to(flag.t))} 0V${height}`})),
        svg("rect", {
          class: "map-view",
          x: x(this.view[0]),
          y: 1,
          width: Math.max(x(this.view[1]) - x(this.view[0]), 3),
          height: height - 2,
          rx: 3
        }));
  }

  background() {
    const g = svg("g", {}), teardown = this.data.marks.find(mark => this.data.texts[mark[3]] === "teardown");
    this.data.strips.forEach((strip, i) => {
      const row = this.rows[`strip${i}`];
      g.append(
          svg("rect", {class: "strip", x: this.left, y: row.top, width: this.width - this.left, height: row.height}));
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
    const put = (row, text, className) => row &&
        g.append(svg("text",
            {class: className, x: narrow ? 6 : 2, y: narrow ? row.top + row.height - 4 : row.top + row.height / 2 + 4},
            text.length > 19 ? text.slice(0, 18) + "…" : text));
    put(this.rows.steps, narrow ? "" : "scenario", "row-name");
    this.data.lanes.forEach(
        (lane, i) => put(narrow ? this.rows[`marks${i}`] : this.rows[`lane${i}`], lane.name, "row-name"));
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
      g.append(
          svg("rect", {class: "break", x: xa + 1, y: AXIS - 12, width: Math.max(xb - xa - 2, 1), height: this.height}));
      if (xb - xa > 44)
        g.append(svg("text", {class: "break-text", x: (xa + xb) / 2, y: AXIS - 3, "text-anchor": "middle"},
            `⋯ ${duration((b - a) / 1e6)} ⋯`));
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
      const row = this.rows[`lane${lane}`], x = this.x(until), words = this.data.texts[text],
            before = x > this.width - 210;
      if (crashed && x >= this.left && x <= this.width + 8)
        g.append(svg("path", {class: "crash", d: `M${x} ${row.top - 4}V${row.top + row.height + 4}`}),
            ...this.textBox(words, x + (before ? -5 : 5), row.top + 13, before));
    }
    return g;
  }

  // A label that can be read over anything.
  textBox(text, x, y, before) {
    const width = text.length * 6.2 + 8;
    return [
      svg("rect", {class: "flag-box", x: before ? x - width : x, y: y - 11, width, height: 15, rx: 3}),
      svg("text", {class: "flag-text", x: before ? x - width + 4 : x + 4, y}, text)
    ];
  }

  spans() {
    const g = svg("g", {}), kinds = ["state", "step", "call"];
    const shown = this.visible.filter(item => kinds.includes(item.kind));
    shown.forEach((item, i) => {
      // Calls may overlap: the words of one end where the next begins.
      const next = item.kind === "call" ? shown.slice(i + 1).find(other => other.row === item.row) : undefined;
      this.span(g, item, next ? this.x(next.t) : this.width);
    });
    this.stoppedFrames(g);
    return g;
  }

  span(g, item, end) {
    const row = this.rows[item.row], state = item.kind === "state", inset = state ? 0 : 2;
    const x = Math.max(this.x(item.t), this.left - 2), until = Math.min(this.x(item.u), this.width + 2);
    const width = Math.max(until - x, state ? 0.5 : 2), looks = [item.kind];
    if (state)
      looks.push(`s-${STATES[item.state].toLowerCase()}`);
    if (item.wait)
      looks.push("wait");
    if (item.bad)
      looks.push("bad");
    g.append(
        svg("rect", {class: looks.join(" "), x, y: row.top + inset, width, height: row.height - 2 * inset, rx: inset}));
    const text = `${item.bad ? "✗ " : ""}${item.text}`;
    const fits = Math.floor((Math.min(width, end - x) - 8) / (state ? 6.6 : 6));
    if (fits >= 3)
      g.append(
          svg("text", {class: `in-${item.kind}${item.bad ? " bad" : ""}`, x: x + 4, y: row.top + row.height / 2 + 4},
              text.length > fits ? text.slice(0, fits - 1) + "…" : text));
  }

  stoppedFrames(g) {
    for (const [lane, from, until] of this.stopped) {
      const row = this.rows[`lane${lane}`], a = this.x(from), b = this.x(until);
      g.append(
          svg("rect", {class: "stopped", x: a, y: row.top - 2, width: Math.max(b - a, 2), height: row.height + 4}));
      if (b - a > 60)
        g.append(svg("text", {class: "in-stopped", x: Math.max(a, this.left) + 5, y: row.top + row.height + 12},
            "stopped by a signal"));
    }
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
      const row = this.rows[item.row], x = Math.round(this.x(item.t) * 2) / 2,
            key = `${item.row} ${item.group} ${item.up} ${item.outcome} ${Math.round(x)}`;
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
    const unanswered = item.outcome === 3, lost = item.outcome === 6;
    if (lost)
      return this.lostArrow(item, x, from, tip);
    const end = unanswered
        ? svg("path", {class: "cross", d: `M${x - 4} ${tip}L${x + 4} ${back}M${x + 4} ${tip}L${x - 4} ${back}`})
        : svg("path", {class: "head", d: `M${x - size} ${back}H${x + size}L${x} ${tip}Z`});
    // Not by colour alone: what begins the arrow tells its kind, too.
    const tail = TAILS[item.group] ? TAILS[item.group](x, item.up ? from - 2 : from + 2) : null;
    const className = `packet g-${item.bad && !unanswered ? "broken" : item.group}${
        item.outcome === 2 ? " refused" : ""}${unanswered ? " unanswered" : ""}`;
    return svg("g", {class: className}, svg("path", {class: "shaft", d: `M${x} ${from}V${back}`}), end,
        tail ? svg("path", {class: "tail-mark", d: tail}) : null);
  }

  // It ends half-way: a fault took it.
  lostArrow(item, x, from, tip) {
    const y = (from + tip) / 2;
    return svg("g", {class: `packet g-${item.group} lost`}, svg("path", {class: "shaft", d: `M${x} ${from}V${y}`}),
        svg("path", {class: "cross", d: `M${x - 4} ${y - 4}l8 8M${x + 4} ${y - 4}l-8 8`}));
  }

  // To the right of the arrow, near where it starts, when no other arrow stands there: else zooming in brings it.
  arrowLabel(g, item, shafts, taken) {
    const row = this.rows[item.row], x = Math.round(this.x(item.t) * 2) / 2;
    const short = {3: "buffer", 7: "", 8: "state lost"}[item.type];
    const text = `${short !== undefined ? short : ""}${short && item.label ? " " : ""}${item.label}`,
          width = text.length * 5.3 + 6;
    const side = `${item.row}${item.up}`;
    if (text === "" || x < this.left || x + width > this.width || x < (taken[side] || 0) ||
        shafts.some(other => other > x + 1 && other < x + width))
      return;
    taken[side] = x + width;
    g.append(svg("text",
        {class: `arrow-text g-${item.group}`, x: x + 5, y: item.up ? row.top + row.height - 4 : row.top + 10}, text));
  }

  marks() {
    const g = svg("g", {});
    for (const item of this.visible.filter(i => i.kind === "mark")) {
      const row = this.rows[item.row], x = this.x(item.t), y = row.top + row.height / 2;
      const shapes = {
        error: ["mark bad", `M${x} ${y - 7}L${x + 6} ${y}L${x} ${y + 7}L${x - 6} ${y}Z`],
        warning: ["mark warn", `M${x} ${y - 6}L${x + 6} ${y + 5}H${x - 6}Z`],
        log: [item.bad ? "mark bad" : "mark warn", `M${x} ${y - 6}L${x + 6} ${y + 5}H${x - 6}Z`],
        leak: ["mark bad", `M${x - 5} ${y - 5}h10v10h-10Z`],
        fault:
            ["mark fault", `M${x + 2} ${y - 13}L${x - 5} ${y + 2}H${x}L${x - 2} ${y + 13}L${x + 6} ${y - 3}H${x + 1}Z`],
        killed: ["mark line", `M${x} ${y - 20}V${y + 4}M${x - 5} ${y - 4}l10 10M${x + 5} ${y - 4}l-10 10`],
        crash: ["mark bad", `M${x - 5} ${y - 5}h10v10h-10Z`],
        closed: ["mark end", `M${x} ${row.top}V${row.top + row.height}`],
        broken: ["mark end bad", `M${x} ${row.top}V${row.top + row.height}`],
        link: ["mark begin", `M${x} ${row.top}V${row.top + row.height}`],
        mark: ["mark begin", `M${x} ${row.top - 4}V${this.height}`],
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
    const next = this.visible.find(
        other => other.kind === "mark" && other.row === item.row && other.t > item.t && this.x(other.t) > x + 8);
    const fits = Math.floor(((next ? Math.min(this.x(next.t), this.width) : this.width) - x - 18) / 6.4);
    const same = this.visible.some(other => other.kind === "mark" && other.row === item.row &&
            other.index > item.index && Math.abs(this.x(other.t) - x) <= 8);
    if (fits >= 8 && x >= this.left && !same)
      g.append(svg("text", {class: `mark-text${item.bad ? " bad" : ""}`, x: x + 9, y},
          item.text.length > fits ? item.text.slice(0, fits - 1) + "…" : item.text));
  }

  leftOut() {
    const left = this.data.left;
    if (!left || this.data.strips.length === 0)
      return null;
    const a = this.x(left[1]), b = this.x(left[2]), tops = this.data.strips.map((s, i) => this.rows[`strip${i}`]);
    return svg("g", {},
        tops.map(
            row => svg("rect", {class: "left-out", x: a, y: row.top, width: Math.max(b - a, 3), height: row.height})),
        b - a > 120
            ? svg("text",
                  {class: "small", x: (a + b) / 2, y: tops[0].top + tops[0].height / 2 + 4, "text-anchor": "middle"},
                  `${left[0]} packets left out`)
            : null);
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
      g.append(...this.textBox(
          `✗ ${names.length > 3 ? names[0] + "…" : names.join(", ")}`, x, AXIS - 3, x > this.width - 80));
    return g;
  }

  focus() {
    const item = this.chosen;
    if (item === null || !this.rows[item.row])
      return null;
    const row = this.rows[item.row], a = this.x(item.t), b = item.u === undefined ? a : this.x(item.u);
    const other = item.reply || item.request;
    return [
      svg("rect", {class: "chosen", x: a - 5, y: row.top - 3, width: b - a + 10, height: row.height + 6, rx: 4}),
      other ? svg("path", {class: "chosen", d: `M${a} ${row.top + row.height / 2}H${this.x(other.t)}`}) : null
    ];
  }
}
