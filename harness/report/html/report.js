// SPDX-License-Identifier: LGPL-2.1-or-later
// The report of one run: an overview with all cases, and a page for each case. The fragment of the address says what is
// shown
// (#case/seek/flushing, #case/seek/flushing?round=2), so that each can be linked to.

const PAGE = 150; // rows that are made at a time
const page = pageData(), run = page.runs[0], main = document.getElementById("main");
const filter = {
  verdicts: new Set(),
  text: "",
  order: "worst"
};

run.cases.forEach((one, i) => {
  one.block = i;
  one.title = one.round > 1 ? `${one.case} (round ${one.round})` : one.case;
  one.words =
      [one.title, one.shows, one.reason, one["known-failure"], ...(one.requirements || [])].join("\n").toLowerCase();
});

function caseLink(one) {
  return `#case/${one.case.split("/").map(encodeURIComponent).join("/")}${one.round > 1 ? "?round=" + one.round : ""}`;
}

function findCase(fragment) {
  const found = /^#case\/([^?]*)(?:\?round=(\d+))?$/.exec(fragment);
  if (!found)
    return null;
  let name;
  try {
    name = decodeURIComponent(found[1]);
  } catch {
    return undefined;
  }
  return run.cases.find(one => one.case === name && (one.round || 1) === Number(found[2] || 1));
}

// --- overview ---

function countOf(verdict) {
  return run.cases.filter(one => one.verdict === verdict).length;
}

function verdictHead() {
  const n = run.cases.length, parts = VERDICTS.filter(countOf);
  const missing = run.planned > n ? `, ${run.planned - n} of ${run.planned} not played` : "";
  return [
    el("p", {class: "verdict-line"}, verdictBadge(run.verdict, "big"),
        el("span", {}, plural(n, "result") + missing, ": ",
            parts.map((verdict, i) => [i ? ", " : "", el("strong", {}, countOf(verdict)), " " + verdict]))),
    el("div", {class: "bar", "aria-hidden": "true"}, parts.map(verdict => el("span", {
      class: `v-${verdict}`,
      style: `flex-grow: ${countOf(verdict)}`,
      title: `${countOf(verdict)} ${verdict}`
    }))),
    run.coverage ? el("p", {}, el("a", {href: run.coverage}, "Protocol coverage"),
                       ": which of all that can occur on a link this run has shown.")
                 : null,
    run.incomplete ? el("p", {class: "panel v-fail"}, "Incomplete: ", run.incomplete) : null,
    run.interrupted
        ? el("p", {class: "panel v-timeout"}, "The run was interrupted: this is what had been played until then.")
        : null,
    (run.warnings || []).map(warning => el("p", {class: "panel v-timeout"}, warning)),
  ];
}

function implementationTable() {
  const row = (name, side) =>
      el("tr", {}, el("th", {scope: "row"}, name), el("td", {}, el("strong", {}, side.implementation || "?")),
          el("td", {"data-label": "version "}, side["plugin-version"] || ""),
          el("td", {"data-label": "GStreamer "}, side.gstreamer || ""),
          el("td", {class: "dim"}, el("code", {}, side.plugin || "")));
  return el("div", {class: "scroll"},
      el("table", {class: "stack"}, el("caption", {class: "hidden-text"}, "What was tested"),
          el("thead", {}, el("tr", {}, ["Side", "Implementation", "Version", "GStreamer",
            "Plugin"].map(text => el("th", {scope: "col"}, text)))),
          el("tbody", {}, row("master", run.master), row("slave", run.slave))));
}

function environmentDetails() {
  const environment = run.environment || {};
  const facts = [
    ["Started", run.start], ["Took", duration(run.seconds)], ["Cases side by side", run.jobs],
    ["System", environment.system], ["Cores", environment.cores],
    ["Times scaled by", run["timeout-scale"] === 1 ? null : run["timeout-scale"]],
    ["Shuffled with seed", run["shuffle-seed"]], ["Command", run.command], ["Scenarios", run.scenarios],
    ["Known failures", run["known-failures"]]
  ].concat(Object.entries(environment.variables || {}));
  return el("details", {},
      el("summary", {}, `Where and how: ${[environment.system, run.start].filter(Boolean).join(", ")}`),
      el("dl", {class: "facts"},
          facts.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([name,
            value]) => el("div", {}, el("dt", {}, name), el("dd", {}, el("code", {}, String(value)))))));
}

// Reasons that differ in numbers only are one.
function reasonGroups() {
  const groups = new Map();
  for (const one of run.cases.filter(c => isBad(c.verdict))) {
    const key = `${one.verdict} ${(one.reason || "").replace(/[0-9]+/g, "#").replace(/^steps\[#\] \([^)]*\): /, "")}`;
    groups.set(key, (groups.get(key) || []).concat(one));
  }
  return [...groups.values()].sort(
      (a, b) => b.length - a.length || VERDICTS.indexOf(a[0].verdict) - VERDICTS.indexOf(b[0].verdict));
}

function reasonSection() {
  const groups = reasonGroups();
  if (groups.length === 0)
    return null;
  const links = cases => cases.slice(0, 12)
                             .map((one, i) => [i ? ", " : "", el("a", {href: caseLink(one)}, one.title)])
                             .concat(cases.length > 12 ? ` and ${cases.length - 12} more` : []);
  return [
    el("h2", {}, "Why cases failed"),
    el("ul", {class: "reasons"},
        groups.slice(0, 12).map(
            cases => el("li", {},
                el("p", {}, verdictBadge(cases[0].verdict), " ",
                    cases.length > 1 ? el("strong", {}, `${cases.length} × `) : null, reasonShort(cases[0].reason)),
                el("p", {class: "dim"}, links(cases))))),
    groups.length > 12 ? el("p", {class: "note"}, `${groups.length - 12} more reasons are in the list of cases below.`)
                       : null
  ];
}

// Without the step in full: that stands on the page of the case.
function reasonShort(reason) {
  return (reason || "").replace(/^(steps\[[^\]]*\](?:\.\S+)?) \(((?:act|wait|check) \S+).*?\): /, "$1, $2: ");
}

// Cases that came out differently from round to round, slow ones, listed ones.
function sideSections() {
  const rounds = new Map();
  for (const one of run.cases)
    rounds.set(one.case, (rounds.get(one.case) || []).concat(one));
  const flaky = [...rounds.values()].filter(cases => new Set(cases.map(one => one.verdict)).size > 1);
  const slow = run.cases.slice().sort((a, b) => b.seconds - a.seconds).slice(0, 8);
  const known = run.cases.filter(one => one.verdict === "xfail" || one.verdict === "xpass");
  const list = (title, items, open) => items.length === 0
      ? null
      : el("details", {open}, el("summary", {}, el("h2", {}, title)), el("ul", {class: "plain-list"}, items));
  return [
    list(`Flaky: ${plural(flaky.length, "case")} came out differently`,
        flaky.map(cases => el("li", {}, cases[0].case, ": ",
                      cases.map(one => [" ",
                                    el("a", {href: caseLink(one), title: one.title, class: `verdict v-${one.verdict}`},
                                        `${one.round || 1} ${one.verdict}`)]))),
        true),
    list(`Known failures: ${known.length}`,
        known.map(one => el("li", {}, verdictBadge(one.verdict), " ", el("a", {href: caseLink(one)}, one.title),
                      one["known-failure"] ? `: ${one["known-failure"]}` : "")),
        false),
    list("Slowest",
        slow.map(one => el("li", {}, el("span", {class: "mono"}, duration(one.seconds)), " ",
                     el("a", {href: caseLink(one)}, one.title))),
        false),
  ];
}

const ORDERS = {
  worst: (a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) || compareNames(a, b),
  name: compareNames,
  slowest: (a, b) => b.seconds - a.seconds,
};

function compareNames(a, b) {
  return a.case < b.case ? -1 : a.case > b.case ? 1 : (a.round || 1) - (b.round || 1);
}

function chosenCases() {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return run.cases
      .filter(one => (filter.verdicts.size === 0 || filter.verdicts.has(one.verdict)) &&
              words.every(word => one.words.includes(word)))
      .sort(ORDERS[filter.order]);
}

function caseRow(one) {
  return el("tr", {}, el("td", {}, verdictBadge(one.verdict)),
      el("td", {}, el("a", {href: caseLink(one)}, one.title),
          one.reason ? el("p", {class: "reason"}, reasonShort(one.reason)) : null,
          el("p", {class: "shows"}, one.shows || "")),
      el("td", {class: "number"}, duration(one.seconds)));
}

// The list is made piece by piece while it is scrolled, so that thousands of cases are there at once.
function caseList() {
  const body = el("tbody"), count = el("p", {class: "note", role: "status"}),
        more = el("button", {type: "button"}, "Show more");
  let cases = [], made = 0;
  const grow = () => {
    body.append(...cases.slice(made, made + PAGE).map(caseRow));
    made = Math.min(made + PAGE, cases.length);
    more.hidden = made === cases.length;
    more.textContent = `Show more (${cases.length - made})`;
  };
  const show = () => {
    cases = chosenCases();
    made = 0;
    body.replaceChildren();
    grow();
    count.textContent = cases.length === run.cases.length ? `All ${plural(cases.length, "result")}.`
                                                          : `${cases.length} of ${plural(run.cases.length, "result")}.`;
  };
  more.addEventListener("click", grow);
  new IntersectionObserver(entries => entries.some(entry => entry.isIntersecting) && !more.hidden && grow(), {
    rootMargin: "600px"
  }).observe(more);
  show();
  return [
    el("h2", {id: "cases"}, "Cases"), filterControls(show), count,
    el("table", {class: "cases"}, el("caption", {class: "hidden-text"}, "All cases with their verdicts"),
        el("thead", {},
            el("tr", {}, el("th", {scope: "col"}, "Verdict"), el("th", {scope: "col"}, "Case"),
                el("th", {scope: "col", class: "number"}, "Time"))),
        body),
    more
  ];
}

function filterControls(show) {
  const toggle = (verdict, button) => {
    filter.verdicts[filter.verdicts.has(verdict) ? "delete" : "add"](verdict);
    button.setAttribute("aria-pressed", String(filter.verdicts.has(verdict)));
    show();
  };
  return el("div", {class: "controls", role: "search"}, el("input", {
    type: "search",
    id: "search",
    value: filter.text,
    placeholder: "Search: name, reason, what it shows, requirement",
    "aria-label": "Search cases",
    oninput: event => {
      filter.text = event.target.value;
      show();
    }
  }),
      el("select", {
        "aria-label": "Order",
        onchange: event => {
          filter.order = event.target.value;
          show();
        }
      },
          [["worst", "Worst first"], ["name", "By name"], ["slowest", "Slowest first"]].map(
              ([value, text]) => el("option", {value, selected: filter.order === value}, text))),
      el("span", {class: "controls", role: "group", "aria-label": "Only these verdicts"},
          VERDICTS.filter(countOf).map(verdict => el("button", {
            type: "button",
            "data-verdict": verdict,
            "aria-pressed": String(filter.verdicts.has(verdict)),
            onclick: event => toggle(verdict, event.currentTarget)
          },
                                           `${verdict} ${countOf(verdict)}`))));
}

function showOverview() {
  document.title = document.documentElement.dataset.title;
  main.replaceChildren(...[el("h1", {}, document.documentElement.dataset.title), verdictHead(), implementationTable(),
      environmentDetails(), reasonSection(), sideSections(),
      caseList()].flat(3).filter(Boolean));
}

// --- one case ---

function definition(name, value) {
  return value ? el("div", {}, el("dt", {}, name), el("dd", {}, value)) : null;
}

// Each requirement is told in full once; what has been said already is not said again.
function findingItems(one, findings) {
  const told = new Set();
  const rule = id => told.has(id) ? el("strong", {class: "mono"}, id) : (told.add(id), requirementWords(id));
  return findings.map(finding => {
    const words = finding.requirement ? [": ", rule(finding.requirement)] : null;
    return el("li", {}, one.reason.endsWith(finding.text) ? null : finding.text,
        el("p", {class: "dim"}, `Rule ${finding.rule}`, words));
  });
}

// What was expected and seen has lines of its own.
function reasonHead(one, details) {
  const reason = reasonShort(one.reason), end = details.expected ? reason.indexOf(": expected ") : -1;
  return end > 0 ? reason.slice(0, end) : reason;
}

function whySection(one, details) {
  if (one.verdict === "pass" || (!one.reason && details.findings.length === 0))
    return null;
  const titles = {xfail: "Why it failed, as is known", skip: "Why", unsupported: "Why", xpass: "Why"};
  const panel = el("div", {class: `panel why v-${one.verdict}`});
  fill(panel, {}, [
    el("p", {class: "why-line"}, el("strong", {}, reasonHead(one, details))),
    el("dl", {}, definition("expected", details.expected), definition("seen", details.seen),
        definition("known failure", one["known-failure"])),
  ]);
  if (details.findings.length > 0)
    panel.append(el("h3", {}, "What the checker found"), el("ol", {}, findingItems(one, details.findings)));
  return [el("h2", {}, titles[one.verdict] || "Why it failed"), panel];
}

function requirementWords(id) {
  const [level, text] = page.requirements[id] || ["", "not in docs/protocol.md"];
  return [el("strong", {class: "mono"}, id), level ? ` (${level}) ` : " ", prose(text)];
}

function stepsSection(timeline) {
  if (!timeline || timeline.steps.length === 0)
    return null;
  const end = timeline.end;
  return [
    el("h2", {}, "Steps"),
    el("div", {class: "scroll"},
        el("table", {class: "steps stack"}, el("thead", {}, el("tr", {}, ["Step", "Line", "What", "Began",
          "Took"].map((text, i) => el("th", {scope: "col", class: i > 2 || i === 1 ? "number" : null}, text)))),
            el("tbody", {}, timeline.steps.map(step => {
              const bad = step.event !== "done", until = step.until === undefined ? end : step.until;
              return el("tr", {class: bad ? "bad" : null}, el("td", {}, bad ? "✗ " : "✓ ", step.path),
                  el("td", {class: "number", "data-label": "line "}, step.line),
                  el("td", {}, el("code", {}, step.text),
                      step.expected ? el("p", {}, "expected ", el("strong", {}, step.expected), ", seen ",
                                          el("strong", {}, step.seen || "nothing"))
                                    : null,
                      bad && !step.expected ? el("p", {}, "was not done") : null),
                  el("td", {class: "number", "data-label": "began at "}, `${(step.from / 1e6).toFixed(3)} s`),
                  el("td", {class: "number", "data-label": "took "}, duration((until - step.from) / 1e6)));
            }))))
  ];
}

function filesSection(details) {
  const files = details.files || [];
  const link = name => el("a", {href: details.folder ? `${details.folder}/${encodeURIComponent(name)}` : null}, name);
  const section = [];
  for (const [name, text] of Object.entries(details.logs || {}))
    section.push(el("h3", {}, link(name)), el("pre", {tabindex: "0", class: "tail"}, text));
  if (section.length > 0)
    section.unshift(el("h2", {}, "Ends of the logs"));
  section.push(el("h2", {}, "What it left"));
  if (files.length > 0)
    section.push(el("ul", {class: "files"}, files.map(name => el("li", {}, link(name)))));
  else
    section.push(el("p", {class: "dim"}, "Its folder is not there."));
  if (files.length > 0 && !files.some(name => name.endsWith(".bin")))
    section.push(el("p", {class: "note"}, "Captures of a case that passes are kept with --keep only."));
  if (details.command)
    section.push(el("h2", {}, "To repeat it"), el("pre", {tabindex: "0"}, details.command));
  return section;
}

function roundsLine(one) {
  const rounds = run.cases.filter(other => other.case === one.case).sort(compareNames);
  return rounds.length < 2 ? null
                           : el("p", {}, "Rounds: ",
                                 rounds.map(other => [" ",
                                                el("a", {
                                                  href: caseLink(other),
                                                  class: `verdict v-${other.verdict}`,
                                                  "aria-current": other === one ? "page" : null
                                                },
                                                    `${other.round || 1} ${other.verdict}`)]));
}

function neighbours(one) {
  const cases = chosenCases(), i = cases.indexOf(one);
  const link = (other, text) => other ? el("a", {href: caseLink(other), title: other.title}, text) : null;
  return el("nav", {class: "controls", "aria-label": "Cases"}, el("a", {href: "#"}, "← All cases"),
      link(cases[i - 1], "Previous"), i >= 0 ? link(cases[i + 1], "Next") : null);
}

function caseHead(one) {
  return [
    neighbours(one),
    el("h1", {}, one.title),
    el("p", {class: "verdict-line"}, verdictBadge(one.verdict, "big"),
        el("span", {}, duration(one.seconds), el("span", {class: "dim"}, ` · ${VERDICT_WORDS[one.verdict]}`))),
    roundsLine(one),
    one.shows ? el("p", {class: "lead"}, one.shows) : null,
  ];
}

function measuredSection(measurements) {
  const words = m => `${m.name}: ${m.unit === "ns" ? duration(m.value / 1e9) : `${m.value} ${m.unit}`}`;
  return measurements.length === 0
      ? null
      : [el("h2", {}, "Measured"), el("ul", {}, measurements.map(m => el("li", {}, words(m))))];
}

function requirementsSection(ids) {
  const items = ids.map(id => el("li", {}, requirementWords(id)));
  return items.length === 0 ? null : [el("h2", {}, "Requirements it shows"), el("ul", {class: "plain-list"}, items)];
}

async function showCase(one) {
  document.title = `${one.title}: ${one.verdict}`;
  const details = await pageBlock(one.block), timeline = details.timeline, picture = el("div");
  (details.findings || []).forEach((finding, i) => { finding.place = timeline ? timeline.places[i] : null; });
  const parts = [
    caseHead(one),
    whySection(one, details),
    el("h2", {}, "What happened"),
    timeline ? picture : el("p", {class: "panel"}, `There is no picture: ${details["no-timeline"]}`),
    stepsSection(timeline),
    measuredSection(details.measurements || []),
    requirementsSection(one.requirements || []),
    filesSection(details),
  ];
  main.replaceChildren(...parts.flat(2).filter(Boolean));
  if (timeline)
    window.timeline = new Timeline(picture, timeline, details.findings || []);
}

async function route(event) {
  const one = findCase(location.hash);
  if (one)
    await showCase(one);
  else if (one === undefined)
    main.replaceChildren(neighbours(null), el("h1", {}, "No such case"),
        el("p", {}, "This run has no result of that name. It may have been renamed, or not selected."));
  else
    showOverview();
  document.documentElement.dataset.shown = location.hash;
  // Like a page that was loaded: from its top, and a screen reader begins there.
  if (event) {
    window.scrollTo(0, 0);
    main.focus();
  }
}

document.documentElement.dataset.title = document.title;
document.getElementById("skip").addEventListener("click", event => {
  event.preventDefault();
  main.focus();
});
window.addEventListener("hashchange", route);
route(null);
