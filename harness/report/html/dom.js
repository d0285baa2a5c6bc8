// SPDX-License-Identifier: LGPL-2.1-or-later
// What all pages share: making elements, words for numbers, verdicts, and the data inside of the page. Text that came
// from anywhere else becomes text nodes and attribute values, never markup.

const SVG = "http://www.w3.org/2000/svg";

// Worst first.
const VERDICTS = ["harness-error", "crash", "timeout", "fail", "xpass", "xfail", "unsupported", "skip", "pass"];
const VERDICT_WORDS = {
  "pass": "kept its promises",
  "fail": "broke a promise",
  "crash": "a process died by a signal that nobody sent",
  "timeout": "something that was waited for never came",
  "xfail": "failed, and is listed as a known failure",
  "xpass": "is listed as a known failure, but passed",
  "skip": "was not played",
  "unsupported": "the implementation or the machine lacks what the case needs",
  "harness-error": "the harness could not do its work",
};

function isBad(verdict) {
  return VERDICTS.indexOf(verdict) < VERDICTS.indexOf("xfail");
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on"))
      node.addEventListener(name.slice(2), value);
    else if (value === true)
      node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined)
      node.setAttribute(name, value);
  }
  for (const child of children.flat(3))
    if (child !== null && child !== undefined && child !== false)
      node.append(child);
  return node;
}

// el("a", {href: "#"}, "text", [more])
function el(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

// The little Markdown that docs/protocol.md uses within a rule: `code` and *emphasis*.
function prose(text) {
  return text.split(/(`[^`]+`|\*[^*\s][^*]*\*)/)
      .map(part => /^`.+`$/.test(part) ? el("code", {}, part.slice(1, -1))
              : /^\*.+\*$/.test(part)  ? el("em", {}, part.slice(1, -1))
                                       : part);
}

function verdictBadge(verdict, size) {
  return el("span", {class: `verdict v-${verdict}${size ? " " + size : ""}`, title: VERDICT_WORDS[verdict]}, verdict);
}

// 0.0123 -> "12.3 ms"
function duration(s) {
  if (s < 0.001)
    return `${Math.round(s * 1e6)} µs`;
  if (s < 1)
    return `${+ (s * 1000).toPrecision(3)} ms`;
  if (s < 120)
    return `${s.toFixed(s < 10 ? 2 : 1)} s`;
  return `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`;
}

function plural(n, one, many) {
  return `${n} ${n === 1 ? one : many || one + "s"}`;
}

function pageData() {
  return JSON.parse(document.getElementById("data").textContent);
}

// A compressed part of the page's data.
async function pageBlock(number) {
  const packed = Uint8Array.from(atob(document.getElementById(`block-${number}`).textContent), c => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

// "reference 0.1.0, GStreamer 1.22.0"
function sideWords(side) {
  const version = side["plugin-version"] ? " " + side["plugin-version"] : "";
  return `${side.implementation || "?"}${version}${side.gstreamer ? ", GStreamer " + side.gstreamer : ""}`;
}
