"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const genes = data.genes, sites = data.sites, total = genes.rank.length;
const PAGE = 50, FIRST_SITES = 5;
const byId = (id) => document.getElementById(id);
const count = (number) => number.toLocaleString("en");
const fixed = (number, digits = 2) => number == null ? "–" : number.toFixed(digits).replace("-", "−");

// Key, header, what a pointer over the header says, and whether high values come first.
const COLUMNS = {
  rank: ["Rank", "Place in the ranking"],
  mirna: ["miRNA", "Name of the miRNA"],
  target: ["Gene", "Gene or target"],
  repression: ["Repression", "Predicted log2 fold change of the mRNA; more negative is more repressed"],
  binding: ["Bound", "Share of genes with such sites of which one is ever seen bound in AGO experiments; to compare, not a probability", true],
  best_score: ["Network", "The network's score of the best site", true],
  sites: ["Sites", "Number of sites", true],
  orf_sites: ["in ORF", "Of them in the coding part", true],
  n_8mer: ["8mer", "Sites of type 8mer", true],
  n_7mer: ["7mer", "Sites of type 7mer-m8 or 7mer-A1", true],
  n_6mer: ["6mer", "Sites of type 6mer", true],
  utr_length: ["3′UTR", "Length of the 3′UTR in nt", true],
  cds_length: ["CDS", "Length of the coding part in nt", true],
  gene_strongest: ["Strongest", "Repression of the gene's most repressed isoform"],
  gene_weakest: ["Weakest", "Repression of the gene's least repressed isoform"],
  known: ["Known", "Listed as a target already; strong: by a reporter assay or the like", true],
  note: ["Note", ""],
};
const TEXT = new Set(["mirna", "target", "known", "note"]);
const FRACTIONS = new Set(["binding", "best_score", "gene_strongest", "gene_weakest"]);
const severalMirnas = new Set(genes.mirna).size > 1;
const columns = data.columns.filter((key) => COLUMNS[key] && (key !== "mirna" || severalMirnas));
const lowest = Math.min(-1e-9, ...(genes.repression || []).filter((value) => value != null));

// Sites lie row by row: where each row's begin.
const siteStart = new Array(total + 1).fill(0);
for (const row of sites.row) siteStart[row + 1] += 1;
for (let row = 0; row < total; row += 1) siteStart[row + 1] += siteStart[row];
const siteNumbers = (row) => Array.from({ length: siteStart[row + 1] - siteStart[row] }, (_, at) => siteStart[row] + at);

const haystack = Array.from({ length: total }, (_, row) =>
  [genes.target[row], genes.mirna[row], genes.note ? genes.note[row] : ""].join(" ").toLowerCase());
let order = Array.from({ length: total }, (_, row) => row);
let sorted = { key: "rank", down: false };
let visible = order, page = 0, open = null;

function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "rect", "line", "text", "a", "title"].includes(tag) && attributes.svg;
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (name !== "svg") node.setAttribute(name, value);
  node.append(...children);
  return node;
}
const draw = (tag, attributes, ...children) => make(tag, { svg: 1, ...attributes }, ...children);

// --- the table ---

function evidence(row) {
  if (genes.strong && genes.strong[row]) return "strong";
  return genes.known[row] ? "known" : "";
}

function sortValue(key, row) {
  if (key === "known") return genes.known[row] + (genes.strong ? genes.strong[row] : 0);
  return genes[key][row];
}

function sort(key) {
  const first = Boolean(COLUMNS[key][2]);
  sorted = { key, down: sorted.key === key ? !sorted.down : first };
  const compare = TEXT.has(key) && key !== "known"
    ? (a, b) => String(a).localeCompare(String(b), "en", { numeric: true }) : (a, b) => a - b;
  order.sort((one, two) => {
    const a = sortValue(key, one), b = sortValue(key, two);
    if (a == null || b == null) return (a == null) - (b == null) || one - two;  // missing values last, either way
    return (sorted.down ? -1 : 1) * compare(a, b) || one - two;
  });
  for (const cell of byId("head").children) {
    const direction = sorted.down ? "descending" : "ascending";
    cell.setAttribute("aria-sort", cell.dataset.key === key ? direction : "none");
  }
  filter();
}

function filter() {
  const words = byId("text").value.toLowerCase().split(/\s+/).filter(Boolean);
  const mirna = byId("mirna").value, most = Number(byId("repression").value), known = byId("known").checked;
  const bit = byId("type").value === "" ? 0 : 1 << Number(byId("type").value);
  byId("at-most").textContent = fixed(most);
  visible = order.filter((row) => (!mirna || genes.mirna[row] === mirna)
    && (!most || genes.repression[row] <= most) && (!bit || data.types[row] & bit)
    && (!known || genes.known[row]) && words.every((word) => haystack[row].includes(word)));
  page = 0;
  showPage();
}

function meter(share) {
  const bar = make("i");
  bar.style.width = `${100 * Math.min(1, Math.max(0, share))}%`;
  return make("span", { class: "meter", "aria-hidden": "true" }, bar);
}

function cell(key, row) {
  const value = genes[key][row];
  if (key === "target") {
    const button = make("button", { type: "button", "aria-expanded": "false" }, value);
    return make("td", {}, button);
  }
  if (key === "known") return make("td", {}, evidence(row));
  if (TEXT.has(key)) return make("td", { class: key }, value ?? "");
  if (key === "repression") return make("td", { class: "number" }, meter(value == null ? 0 : value / lowest), fixed(value));
  if (FRACTIONS.has(key)) return make("td", { class: "number" }, fixed(value));
  return make("td", { class: "number" }, value == null ? "–" : count(value));
}

function showPage() {
  open = null;
  const pages = Math.max(1, Math.ceil(visible.length / PAGE));
  const rows = visible.slice(page * PAGE, (page + 1) * PAGE).map((row) =>
    make("tr", { class: "gene", "data-row": row }, ...columns.map((key) => cell(key, row))));
  if (!rows.length) rows.push(make("tr", {}, make("td", { colspan: columns.length }, "No gene matches these filters.")));
  byId("rows").replaceChildren(...rows);
  byId("count").textContent = visible.length === total
    ? `${count(total)} ${total === 1 ? "row" : "rows"}` : `${count(visible.length)} of ${count(total)} rows`;
  byId("page").textContent = `Page ${count(page + 1)} of ${count(pages)}`;
  byId("pager").hidden = pages === 1;
  byId("previous").disabled = page === 0;
  byId("next").disabled = page === pages - 1;
  byId("download").disabled = !visible.length;
}

function turn(by) {
  page += by;
  showPage();
  byId("genes").scrollIntoView();
}

function download() {
  const clean = (value) => value == null ? "" : String(value).replace(/[\t\r\n]+/g, " ");
  const lines = [data.columns, ...visible.map((row) => data.columns.map((key) => clean(genes[key][row])))];
  const text = lines.map((line) => line.join("\t") + "\n").join("");
  const link = make("a", { download: "genes.tsv", href: URL.createObjectURL(new Blob([text], { type: "text/tab-separated-values" })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// --- one gene ---

function toggle(line) {
  const row = Number(line.dataset.row), again = open && open.row === row;
  close();
  if (again) return;
  const body = make("div", { class: "detail-body", id: "detail" });
  const detail = make("tr", { class: "detail" }, make("td", { colspan: columns.length }, body));
  line.after(detail);
  line.classList.add("open");
  const button = line.querySelector("button");
  button.setAttribute("aria-expanded", "true");
  button.setAttribute("aria-controls", "detail");
  open = { row, line, detail, button };
  describe(row, body);
}

function close() {
  if (!open) return;
  open.detail.remove();
  open.line.classList.remove("open");
  open.button.setAttribute("aria-expanded", "false");
  open.button.removeAttribute("aria-controls");
  open = null;
}

const shade = (repression) => `s${Math.min(4, Math.floor(-10 * repression))}`;
const place = (site) => `nt ${count(sites.start[site] + 1)}–${count(sites.end[site])}`;

function describe(row, body) {
  const numbers = siteNumbers(row), all = genes.sites[row];
  body.append(make("h3", {}, `${genes.target[row]} and ${genes.mirna[row]}`));
  const coding = genes.cds_length && genes.cds_length[row];
  const parts = coding ? `Coding part of ${count(coding)} nt, 3′UTR of ${count(genes.utr_length[row])} nt` : `3′UTR of ${count(data.length[row])} nt`;
  let text = `${parts}, ${count(all)} ${all === 1 ? "site" : "sites"}.`;
  if (numbers.length < all) text += ` The best ${numbers.length} are listed here; the table of sites holds all of them.`;
  body.append(make("p", { class: "quiet" }, text));
  if (!numbers.length) return;
  const holder = make("div", { class: "track" });
  body.append(holder);
  drawTrack(row, holder);
  body.append(legend(numbers));
  numbers.forEach((site, at) => {
    const card = siteCard(site, at + 1);
    card.hidden = at >= FIRST_SITES;
    body.append(card);
  });
  if (numbers.length > FIRST_SITES) {
    const more = make("button", { type: "button" }, `Show all ${numbers.length} sites`);
    more.addEventListener("click", () => { more.remove(); for (const card of body.querySelectorAll(".site")) card.hidden = false; });
    body.append(more);
  }
}

function legend(numbers) {
  const scale = make("span", { class: "scale" }, "Repression by the site 0 ");
  for (let step = 0; step < 5; step += 1) scale.append(make("i", { class: `s${step}` }));
  scale.append(" −0.4 and more");
  const parts = [scale];
  const drawn = numbers.filter((site) => data.drawn[site]);
  if (drawn.length) parts.push(make("span", {}, make("span", { class: "seed-key" }, "seed, nt 2–8"), "  | Watson-Crick  ○ G·U  ", make("u", {}, "seed match")));
  else parts.push(make("span", {}, make("span", { class: "seed-key" }, "seed match")));
  if (drawn.some((site) => data.drawn[site].includes('class="less"'))) {
    parts.push(make("span", {}, make("i", { class: "less-key" }), " the score falls without this base"));
    parts.push(make("span", {}, make("i", { class: "more-key" }), " the score rises without it"));
  }
  return make("div", { class: "legend" }, ...parts);
}

function drawTrack(row, holder) {
  const width = Math.max(420, holder.clientWidth - 2), side = 24, length = data.length[row];
  const x = (position) => side + (width - 2 * side) * position / length;
  // Sites that overlap lie in lanes above each other, the best nearest to the 3'UTR.
  const lanes = [], boxes = siteNumbers(row).map((site, at) => {
    const wide = Math.max(7, x(sites.end[site]) - x(sites.start[site]));
    const left = Math.min(x(sites.start[site]), width - side - wide);
    let lane = lanes.findIndex((taken) => taken.every(([from, to]) => left > to + 1 || left + wide < from - 1));
    if (lane < 0) lane = lanes.push([]) - 1;
    lanes[lane].push([left, left + wide]);
    return { site, at, left, wide, lane };
  });
  const base = 8 + 15 * lanes.length;
  const svg = draw("svg", { width, height: base + 34, role: "group", "aria-label": "Sites on the mRNA" },
    draw("rect", { class: "utr", x: side, y: base, width: width - 2 * side, height: 5, rx: 2 }),
    draw("rect", { class: "cds", x: x(data.cds_start[row]), y: base - 2, width: x(data.cds_end[row]) - x(data.cds_start[row]), height: 9, rx: 2 },
      draw("title", {}, "coding part")),
    draw("text", { x: 0, y: base + 7 }, "5′"), draw("text", { x: width - 14, y: base + 7 }, "3′"));
  const rough = length * 90 / width, power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, power * [1, 2, 5, 10].find((factor) => factor * power >= rough));
  for (let at = 0; at <= length; at += step) {
    svg.append(draw("line", { class: "tick", x1: x(at), x2: x(at), y1: base + 6, y2: base + 12 }));
    svg.append(draw("text", { x: x(at), y: base + 26, "text-anchor": at ? "middle" : "start" }, count(at) + (at ? "" : " nt")));
  }
  for (const { site, at, left, wide, lane } of boxes) {
    const name = `Site ${at + 1}, ${place(site)}, ${data.seed_types[sites.type[site]]}, repression ${fixed(sites.repression[site])}`;
    const link = draw("a", { href: `#site-${at + 1}`, "aria-label": name }, draw("title", {}, name),
      draw("rect", { class: shade(sites.repression[site]), x: left, y: base - 14 - 15 * lane, width: wide, height: 11, rx: 2 }));
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const card = byId(`site-${at + 1}`);
      card.hidden = false;
      card.scrollIntoView({ block: "nearest" });
      card.focus();
    });
    svg.append(link);
  }
  holder.replaceChildren(svg);
}

function siteCard(site, number) {
  const head = make("header", {}, make("h4", {}, `Site ${number}`), make("span", {}, place(site)),
    make("span", {}, sites.region[site]), make("span", {}, data.seed_types[sites.type[site]]),
    make("span", {}, `repression ${fixed(sites.repression[site])}`), make("span", {}, `bound ${fixed(sites.binding[site], 3)}`));
  if (sites.score && sites.score[site] != null) head.append(make("span", {}, `network ${fixed(sites.score[site])}`));
  const card = make("article", { class: "site", id: `site-${number}`, tabindex: "-1" }, head);
  if (data.drawn[site]) {
    const drawing = make("div", { class: "drawing" });
    drawing.innerHTML = data.drawn[site];
    const inWords = drawing.firstChild.getAttribute("aria-label");
    drawing.append(make("p", { class: "quiet small", "aria-hidden": "true" }, inWords));
    card.append(drawing);
  } else card.append(letters(site));
  return card;
}

function letters(site) {
  const text = sites.site_sequence[site], start = sites.start[site];
  const known = sites.seed_start && sites.seed_start[site] != null;
  const from = known ? sites.seed_start[site] - start : 0, to = known ? sites.seed_end[site] - start : 0;
  const mirna = data.sequences[genes.mirna[sites.row[site]]];
  return make("div", { class: "letters" }, `miRNA 5′ ${mirna} 3′\nsite  5′ ${text.slice(0, from)}`,
    make("mark", {}, text.slice(from, to)), `${text.slice(to)} 3′`);
}

// --- start ---

for (const key of columns) {
  const [label, meaning] = COLUMNS[key];
  const button = make("button", { type: "button", title: meaning }, label);
  button.addEventListener("click", () => sort(key));
  const numeric = TEXT.has(key) ? "" : "number";
  byId("head").append(make("th", { scope: "col", "data-key": key, "aria-sort": key === "rank" ? "ascending" : "none", class: numeric }, button));
}
for (const name of new Set(genes.mirna)) byId("mirna").append(make("option", { value: name }, name));
byId("mirna").closest("label").hidden = !severalMirnas;
const present = data.types.reduce((all, bits) => all | bits, 0);
for (let type = data.seed_types.length - 1; type >= 0; type -= 1) {
  if (present & (1 << type)) byId("type").append(make("option", { value: type }, type ? data.seed_types[type] : "no seed match"));
}
byId("known-label").hidden = !genes.known;
const form = document.querySelector(".filters");
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(filter));
byId("previous").addEventListener("click", () => turn(-1));
byId("next").addEventListener("click", () => turn(1));
byId("download").addEventListener("click", download);
byId("rows").addEventListener("click", (event) => {
  const line = event.target.closest("tr.gene");
  if (line) toggle(line);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !open || !byId("rows").contains(document.activeElement)) return;
  const button = open.button;
  close();
  button.focus();
});
addEventListener("resize", () => { if (open && byId("detail").querySelector(".track")) drawTrack(open.row, byId("detail").querySelector(".track")); });
filter();
if (total === 1) {
  form.hidden = true;
  toggle(byId("rows").firstElementChild);
}
