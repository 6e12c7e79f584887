"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const PAGE = 50, WAIT = 120;  // rows; ms after the last key before suggestions are asked for
const byId = (id) => document.getElementById(id);
const count = (number) => number.toLocaleString("en");
const address = (kind, name) => `/?${kind}=${encodeURIComponent(name)}`;

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// --- the search field ---

const field = byId("name"), list = byId("list");
let offered = [], chosen = -1, clock = 0, asked = 0;

function complain(text) {
  byId("problem").textContent = text;
  byId("problem").hidden = !text;
}

function offer(found) {
  offered = found;
  chosen = -1;
  list.replaceChildren(...found.map((each, at) => {
    const item = make("li", { role: "option", id: `option-${at}`, "aria-selected": "false" }, make("b", {}, each.name),
      make("span", { class: "quiet small" }, each.said), make("span", { class: "quiet small" }, each.kind === "gene" ? "gene" : "miRNA"));
    item.addEventListener("mousedown", (event) => { event.preventDefault(); go(each); });
    return item;
  }));
  list.hidden = !found.length;
  field.setAttribute("aria-expanded", String(!list.hidden));
  field.removeAttribute("aria-activedescendant");
}

function choose(by) {
  if (!offered.length) return;
  chosen = (chosen + by + offered.length + (chosen < 0 && by < 0 ? 1 : 0)) % offered.length;
  [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
  field.setAttribute("aria-activedescendant", `option-${chosen}`);
}

function go(found, said = "") {
  if (said) sessionStorage.setItem("said", JSON.stringify([found.name, said]));
  location.assign(address(found.kind, found.name));
}

async function suggest() {
  const number = asked += 1;
  try {
    const answer = await fetch(`/suggest?text=${encodeURIComponent(field.value)}`);
    const found = await answer.json();
    if (number === asked && answer.ok && document.activeElement === field) offer(found);
  } catch { /* the search itself says that the server is gone */ }
}

async function find(text) {
  complain("");
  clearTimeout(clock);
  asked += 1;
  offer([]);
  try {
    const answer = await fetch(`/find?text=${encodeURIComponent(text)}`);
    const found = await answer.json();
    if (answer.ok) go(found, found.said);
    else complain(found.error);
  } catch {
    complain("The server does not answer.");
  }
}

field.addEventListener("input", () => {
  complain("");
  clearTimeout(clock);
  clock = setTimeout(suggest, WAIT);
});
field.addEventListener("blur", () => offer([]));
field.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape") offer([]);
});
byId("find").addEventListener("submit", (event) => {
  event.preventDefault();
  if (chosen >= 0) go(offered[chosen]);
  else find(field.value);
});
for (const link of document.querySelectorAll("[data-find]")) {
  link.addEventListener("click", (event) => { event.preventDefault(); find(link.dataset.find); });
}

// --- the ranked list ---

let visible = [], page = 0;

function row(at) {
  const name = data.names[at], fall = data.falls[at] / 10000, other = data.kind === "gene" ? "mirna" : "gene";
  const bar = make("i");
  bar.style.width = `${100 * data.falls[at] / Math.max(1, data.falls[0])}%`;
  const pair = { [data.kind]: data.name, [other]: name };
  return make("tr", {}, make("td", { class: "number" }, count(at + 1)), make("td", {}, make("a", { href: address(other, name) }, name)),
    make("td", { class: "number" }, make("span", { class: "meter", "aria-hidden": "true" }, bar), `−${fall.toFixed(2)}`),
    make("td", { class: "number" }, `${(100 * 2 ** -fall).toFixed(0)} %`),
    make("td", {}, make("a", { href: `/pair?${new URLSearchParams(pair)}`, "aria-label": `sites of ${name}` }, "Show sites")));
}

function show() {
  const pages = Math.max(1, Math.ceil(visible.length / PAGE)), all = data.names.length;
  const rows = visible.slice(page * PAGE, (page + 1) * PAGE).map(row);
  if (!rows.length) rows.push(make("tr", {}, make("td", { colspan: 5 }, all ? "Nothing matches." : "No site was found.")));
  byId("rows").replaceChildren(...rows);
  byId("count").textContent = visible.length === all ? `${count(all)} ${all === 1 ? "row" : "rows"}` : `${count(visible.length)} of ${count(all)} rows`;
  byId("page").textContent = `Page ${count(page + 1)} of ${count(pages)}`;
  byId("pager").hidden = pages === 1;
  byId("previous").disabled = page === 0;
  byId("next").disabled = page === pages - 1;
}

function filter() {
  const word = byId("text").value.trim().toLowerCase(), conserved = byId("conserved").checked;
  visible = [...data.names.keys()].filter((at) => (!conserved || data.conserved[at]) && data.names[at].toLowerCase().includes(word));
  page = 0;
  show();
}

function turn(by) {
  page += by;
  show();
  byId("filters").scrollIntoView();
}

if (data) {
  const [name, said] = JSON.parse(sessionStorage.getItem("said") || "[]");
  sessionStorage.removeItem("said");
  if (name === data.name) {
    byId("said").textContent = said;
    byId("said").hidden = false;
  }
  byId("conserved-label").hidden = !data.conserved;
  byId("filters").addEventListener("input", filter);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("previous").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  filter();
}
