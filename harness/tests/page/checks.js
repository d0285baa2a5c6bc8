// SPDX-License-Identifier: LGPL-2.1-or-later
// What test-report-page.py asks of every page. Each function returns a list of mistakes.

const contrastWanted = 4.5;

function luminance(color) {
  const linear = v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const [r, g, b] = color.match(/[0-9.]+/g).map(v => linear(Number(v) / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function groundOf(element) {
  for (let e = element; e; e = e.parentElement) {
    const color = getComputedStyle(e).backgroundColor;
    if (!/, 0\)$/.test(color))
      return color;
  }
  return "rgb(255, 255, 255)";
}

// Elements that are seen and have text of their own. What is in pictures lies on many grounds.
function hasText(element) {
  return element.offsetParent !== null && !element.closest("svg, :disabled") &&
      [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
}

function contrastMistakes() {
  const mistakes = [];
  for (const element of [...document.querySelectorAll("main *")].filter(hasText)) {
    const a = luminance(getComputedStyle(element).color), b = luminance(groundOf(element));
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < contrastWanted)
      mistakes.push(`${contrast.toFixed(2)}: ${element.outerHTML.slice(0, 99)}`);
  }
  return mistakes.slice(0, 5);
}

function structureMistakes() {
  const mistakes = [], all = selector => [...document.querySelectorAll(selector)];
  const expect = (good, what, element) => good || mistakes.push(`${what}: ${element.outerHTML.slice(0, 99)}`);
  const nameOf = e => (e.getAttribute("aria-label") || e.textContent || e.title || "").trim();
  const root = document.documentElement;
  expect(root.lang, "no language", root);
  expect(all("main").length === 1 && all("h1").length === 1, "one main and one h1", root);
  let level = 1;
  for (const heading of all("h1, h2, h3, h4")) {
    expect(Number(heading.tagName[1]) <= level + 1, "skips a level", heading);
    level = Number(heading.tagName[1]);
  }
  for (const e of all("button, a, [role=region], [role=group], [role=application]"))
    expect(nameOf(e), "no name", e);
  for (const e of all("input, select"))
    expect(e.getAttribute("aria-label"), "no label", e);
  for (const e of all("th"))
    expect(e.getAttribute("scope"), "no scope", e);
  for (const e of all(".scroll"))
    expect(
        e.scrollWidth <= e.clientWidth || e.tabIndex >= 0 || e.querySelector("a, button"), "not scrolled by keys", e);
  const ids = all("[id]").map(e => e.id);
  expect(new Set(ids).size === ids.length, "an id twice", root);
  return mistakes;
}
