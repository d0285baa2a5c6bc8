// SPDX-License-Identifier: LGPL-2.1-or-later
// The table of several runs: a row for each case, a column for each run. What differs is to be seen at a glance.

const page = pageData(), main = document.getElementById("main");
const filter = {
  text: "",
  differing: false
};

// By case: its worst result in each run, or undefined.
function collectRows() {
  const rows = new Map();
  page.runs.forEach((run, column) => {
    for (const one of run.cases) {
      const row = rows.get(one.case) || {name: one.case, shows: one.shows, cells: []};
      const before = row.cells[column];
      if (!before || VERDICTS.indexOf(one.verdict) < VERDICTS.indexOf(before.verdict))
        row.cells[column] = {...one, mixed: before && before.verdict !== one.verdict};
      else if (before.verdict !== one.verdict)
        before.mixed = true;
      rows.set(one.case, row);
    }
  });
  return [...rows.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

const rows = collectRows();

function differs(row) {
  return new Set(page.runs.map((run, i) => row.cells[i] ? row.cells[i].verdict : "-")).size > 1;
}

function runName(run) {
  const sides = [run.master, run.slave];
  const both = word => [...new Set(sides.map(word))].join(" → ");
  const system = both(side => side.gstreamer || "?");
  return [
    el("span", {class: "run-name"}, both(side => side.implementation)),
    el("span", {class: "run-version"}, `${both(side => side["plugin-version"] || "?")}, GStreamer ${system}`)
  ];
}

function runHead(run) {
  const counts = VERDICTS.map(verdict => [verdict, run.cases.filter(one => one.verdict === verdict).length]).filter(([,
    n]) => n > 0);
  return el("th", {scope: "col"}, run.page ? el("a", {href: run.page}, runName(run)) : runName(run),
      el("span", {class: "run-counts"},
          counts.map(([verdict, n]) => el("span", {class: `verdict v-${verdict}`}, `${n} ${verdict}`))));
}

function cell(run, one) {
  if (!one)
    return el("td", {class: "dim"}, "–", el("span", {class: "hidden-text"}, "not played"));
  const words = [
    one.verdict, one.mixed ? "(differs from round to round)" : "", one.reason, one["known-failure"]
  ].filter(Boolean).join("\n");
  const badge = el("span", {class: `verdict v-${one.verdict}`, title: words}, one.verdict, one.mixed ? " ~" : "");
  const fragment = `#case/${one.case.split("/").map(encodeURIComponent).join("/")}`;
  return el("td", {}, run.page ? el("a", {href: run.page + fragment, "aria-label": words}, badge) : badge);
}

function tableBody() {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean), body = el("tbody");
  const shown = rows.filter(row => (!filter.differing || differs(row)) &&
          words.every(word => `${row.name}\n${row.shows}`.toLowerCase().includes(word)));
  let folder = null;
  for (const row of shown) {
    const its = row.name.split("/").slice(0, -1).join("/");
    if (its !== folder) {
      body.append(el(
          "tr", {class: "folder"}, el("th", {colspan: page.runs.length + 1, scope: "colgroup"}, its || "scenarios")));
      folder = its;
    }
    body.append(el("tr", {}, el("th", {scope: "row", title: row.shows}, row.name.slice(its ? its.length + 1 : 0)),
        page.runs.map((run, i) => cell(run, row.cells[i]))));
  }
  return [body, shown.length];
}

function show() {
  const count = el("p", {class: "note", role: "status"}),
        table = el("table", {class: "matrix"}, el("caption", {class: "hidden-text"}, "Cases and runs"),
            el("thead", {}, el("tr", {}, el("th", {scope: "col"}, "Case"), page.runs.map(runHead))));
  const update = () => {
    const [body, n] = tableBody();
    table.querySelector("tbody")?.remove();
    table.append(body);
    count.textContent = n === rows.length ? `All ${plural(n, "case")}, ${rows.filter(differs).length} of which differ.`
                                          : `${n} of ${plural(rows.length, "case")}.`;
  };
  main.replaceChildren(el("h1", {}, document.title),
      el("p", {},
          "One row a case, one column a run: the master's implementation, after the arrow the slaves' where it is another."),
      el("div", {class: "controls", role: "search"}, el("input", {
        type: "search",
        id: "search",
        placeholder: "Search: name, what it shows",
        "aria-label": "Search cases",
        oninput: event => {
          filter.text = event.target.value;
          update();
        }
      }),
          el("button", {
            type: "button",
            "aria-pressed": "false",
            id: "differing",
            onclick: event => {
              filter.differing = !filter.differing;
              event.currentTarget.setAttribute("aria-pressed", String(filter.differing));
              update();
            }
          },
              "Only what differs")),
      count, el("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Cases and runs"}, table));
  update();
}

document.getElementById("skip").addEventListener("click", event => {
  event.preventDefault();
  main.focus();
});
show();
