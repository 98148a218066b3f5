"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const text = (number) => data.texts[number];
// The texts of a row, in the order in which they are written.
const [WORTH, WHAT, ON, LIKELY, REACH, LOSS, OWNER, TITLE, ID, SOURCES, RATED, FIX] = Array(12).keys();
const KEYS = {
  rank: (row) => row.rank,
  risk: (row) => -row.risk,
  likelihood: (row) => -row.likelihood,
  reach: (row) => -row.reach,
  on: (row) => text(row.texts[ON]).toLowerCase(),
  owner: (row) => text(row.texts[OWNER]).toLowerCase() || "\uffff",
};
const GROUPS = { owner: [OWNER, "nobody"], on: [ON, ""], loss: [LOSS, "no loss"] };
const worst = data.rows.reduce((most, row) => Math.max(most, row.worth), 0);
for (const row of data.rows) {
  row.found = [WHAT, ON, LOSS, OWNER, TITLE, ID].map((at) => text(row.texts[at])).join("\n").toLowerCase();
}

/** A list that is called by how it begins and its last thing. */
function listed(lists, number) {
  const all = [];
  while (number) {
    const [before, last] = lists[number - 1];
    all.push(last);
    number = before;
  }
  return all.reverse();
}

/** An element with a class and what is in it. Texts are text, whatever they say. */
function element(name, kind, ...inside) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.append(...inside);
  return made;
}

/** A name of others, whose direction stays its own. */
const bdi = (words) => element("bdi", "", words);

/* Rows are made in blocks, when a block comes near the window, and are dropped when it goes, unless one of them is open. */
const BLOCK = 50;
const ROW = 44;
const watch = new IntersectionObserver(
  (entries) => entries.forEach(({ target, isIntersecting }) => (isIntersecting ? fill(target) : empty(target))),
  { rootMargin: "1200px" },
);

function fill(block) {
  if (block.firstChild) return;
  block.replaceChildren(...block.items.map((item) => (typeof item === "string" ? element("h3", "group", item) : row(item))));
  block.style.height = "";
}

function empty(block) {
  if (!block.firstChild || block.querySelector("details[open]") || block.contains(document.activeElement)) return;
  block.style.height = `${block.offsetHeight}px`;
  block.replaceChildren();
}

function row(of) {
  const at = (number) => bdi(text(of.texts[number]));
  const meter = element("meter");
  meter.value = worst > 0 ? of.worth / worst : 0;
  meter.setAttribute("aria-hidden", "true");
  const known = element("span", "", ...(of.known ? [element("span", "known", "KEV")] : []));
  const summary = element(
    "summary", "row",
    element("span", "faint", `${of.rank}`),
    element("span", "number", text(of.texts[WORTH]), meter),
    element("span", "", at(WHAT)), element("span", "", at(ON)), known,
    element("span", "number", text(of.texts[LIKELY])), element("span", "number", text(of.texts[REACH])),
    element("span", "", at(LOSS)), element("span", "", at(OWNER)),
  );
  const details = element("details", "exposure", summary);
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(reasons(of));
  });
  return details;
}

function reasons(of) {
  const at = (number) => text(of.texts[number]);
  const facts = [at(ID), at(RATED), at(SOURCES)].filter(Boolean).join(", ");
  const box = element("div", "reasons", element("p", "", bdi(at(TITLE))), element("p", "faint", bdi(facts)));
  box.append(...of.told.map(([label, words]) => element("p", "", `${text(label)}: `, bdi(text(words)))));
  if (at(FIX) && !of.told.length) box.append(element("p", "", "Fix: ", bdi(at(FIX))));
  if (of.path !== null) {
    const [called, list] = data.paths[of.path];
    const places = listed(data.places, list);
    box.append(element("h3", "", "Attack path to ", bdi(text(called))), element("div", "wide", picture(text(called), places)));
    box.append(...of.also.map((path) => element("p", "", "Also to ", bdi(text(path)))));
  }
  box.append(element("h3", "", "The number"), element("ul", "term root", term(of.term)));
  return box;
}

function term(number) {
  const [name, value, fold, because, parts] = data.terms[number];
  const line = element("li", "", bdi(text(name)), " ", element("b", "", text(value)), text(fold) ? `, ${text(fold)} ` : " ");
  line.append(element("span", "faint", bdi(text(because))));
  if (parts) line.append(element("ul", "term", ...listed(data.lists, parts).map(term)));
  return line;
}

/* A path as a picture: boxes in columns, and arrows from each to what follows from it. */
const WIDTH = 128, HEIGHT = 46, ACROSS = 104, DOWN = 22, MARGIN = 8;

// The name of the namespace is an address, and no page of ours has one in it: a parser knows it.
const sample = element("template");
sample.innerHTML = "<svg></svg>";
const SVG = sample.content.firstChild.namespaceURI;

function drawn(name, attributes, ...inside) {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...inside);
  return made;
}

function picture(label, places) {
  const left = (place) => MARGIN + place[1] * (WIDTH + ACROSS);
  const top = (place) => MARGIN + place[2] * (HEIGHT + DOWN);
  const width = Math.max(...places.map(left)) + WIDTH + MARGIN;
  const height = Math.max(...places.map(top)) + HEIGHT + MARGIN;
  const small = (words, x, y) => drawn("text", { class: "small", x, y, "text-anchor": "middle" }, words);
  const arrows = places.flatMap((place) => {
    const [, [, , , above, below]] = data.boxes[place[0]];
    const x = left(place), y = top(place) + HEIGHT / 2, bend = x - ACROSS / 2;
    const words = place[3].length ? [small(text(above), bend, y - 7), small(text(below), bend, y + 15)] : [];
    return place[3].flatMap((from) => {
      const startX = left(places[from]) + WIDTH, startY = top(places[from]) + HEIGHT / 2;
      const curve = `M${startX} ${startY} C${bend} ${startY} ${bend} ${y} ${x - 7} ${y}`;
      return [drawn("path", { class: "arrow", d: curve }), drawn("path", { class: "tip", d: `M${x} ${y} l-8 -4 v8 z` })];
    }).concat(words);
  });
  const boxes = places.map((place) => {
    const [kind, [name, access, whole]] = data.boxes[place[0]];
    const x = left(place), y = top(place), middle = x + WIDTH / 2;
    return drawn("g", { class: ["entry", "held", "loss"][kind] },
      drawn("title", {}, text(whole)),
      drawn("rect", { x, y, width: WIDTH, height: HEIGHT, rx: 8 }),
      drawn("text", { x: middle, y: y + 19, "text-anchor": "middle" }, text(name)),
      small(text(access), middle, y + 36));
  });
  // A picture up to this width is drawn smaller where room is short; a wider one scrolls.
  const fits = width <= 1500 ? "path whole" : "path";
  return drawn("svg", { class: fits, role: "img", "aria-label": `attack path to ${label}`, width, height, viewBox: `0 0 ${width} ${height}` }, ...arrows, ...boxes);
}

/* The graph around a choke point: what leads there stands left of it, and what follows right, in columns by the number of steps. A
 * column shows its likeliest places and folds the others into one box, so that thousands of them stay usable. */
const FIRST = 8, MORE = 25;
if (data.map) around(data.map);

function around({ places, ways, middles }) {
  const before = places.map(() => []), after = places.map(() => []);
  for (const [from, to, words] of ways) {
    after[from].push([to, words]);
    before[to].push([from, words]);
  }
  const likeliest = places.reduce((best, place, at) => (place[4] > places[best][4] ? at : best), 0);
  const starts = middles.length ? middles : [[likeliest, null]];
  const byName = ([, name]) => text(name);
  const hidden = new Set();
  let middle = starts[0][0], chosen = null, zoom = 1, shown = new Map();

  byId("middle").append(...starts.map(([, words], at) => {
    const option = element("option", "", words === null ? byName(places[middle]) : text(words));
    option.value = at;
    return option;
  }));
  const other = element("option", "", "a place that was chosen");
  other.value = "other";
  other.hidden = true;
  byId("middle").append(other);

  function center(at) {
    [middle, chosen, shown] = [at, null, new Map()];
    draw();
  }

  /** The places up to so many steps away, each with its column: below 0 what leads to the middle, above 0 what follows. */
  function columns() {
    const far = Number(byId("far").value);
    const column = new Map([[middle, 0]]);
    for (const [next, sign] of [[after, 1], [before, -1]]) {
      let edge = [middle];
      for (let step = 1; step <= far && edge.length; step += 1) {
        edge = edge.flatMap((at) => next[at].map(([to]) => to)).filter((to) => {
          if (column.has(to) || hidden.has(to)) return false;
          column.set(to, sign * step);
          return true;
        });
      }
    }
    return column;
  }

  function draw() {
    const column = columns();
    const byColumn = new Map();
    for (const [at, number] of column) {
      if (!byColumn.has(number)) byColumn.set(number, []);
      byColumn.get(number).push(at);
    }
    const boxes = new Map(), folded = [];
    const numbers = [...byColumn.keys()].sort((a, b) => a - b);
    for (const number of numbers) {
      const of = byColumn.get(number).sort((a, b) => places[b][4] - places[a][4] || a - b);
      const most = shown.get(number) ?? FIRST;
      const x = MARGIN + (number - numbers[0]) * (WIDTH + ACROSS);
      const top = (row) => MARGIN + row * (HEIGHT + DOWN);
      of.slice(0, most).forEach((at, row) => boxes.set(at, [x, top(row)]));
      if (of.length > most) folded.push([number, of.length - most, x, top(most)]);
    }
    const arrows = [];
    for (const [from, [startX, startY]] of boxes) {
      for (const [to, words] of after[from]) {
        const [x, y] = boxes.get(to) ?? [];
        if (x === undefined || x <= startX) continue;
        const [ax, ay, by] = [startX + WIDTH, startY + HEIGHT / 2, y + HEIGHT / 2];
        const bend = (ax + x) / 2;
        const near = from === chosen || to === chosen ? "arrow near" : "arrow";
        arrows.push(drawn("path", { class: near, d: `M${ax} ${ay} C${bend} ${ay} ${bend} ${by} ${x - 7} ${by}` }, drawn("title", {}, text(words))));
        arrows.push(drawn("path", { class: "tip", d: `M${x} ${by} l-8 -4 v8 z` }));
      }
    }
    const box = (kind, x, y, name, small, whole, act) => {
      const middleX = x + WIDTH / 2;
      const made = drawn("g", { class: kind, tabindex: 0, role: "button" },
        drawn("title", {}, whole),
        drawn("rect", { x, y, width: WIDTH, height: HEIGHT, rx: 8 }),
        drawn("text", { x: middleX, y: y + 19, "text-anchor": "middle" }, name),
        drawn("text", { class: "small", x: middleX, y: y + 36, "text-anchor": "middle" }, small));
      made.addEventListener("click", act);
      made.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), act()));
      return made;
    };
    // A capital takes the room of a letter and a third.
    const cut = (words) => {
      const letters = [...words];
      let thirds = 3 * 17;
      const end = letters.findIndex((letter) => (thirds -= letter === letter.toLowerCase() ? 3 : 4) < 0);
      return end < 0 ? words : `${letters.slice(0, end - 1).join("")}…`;
    };
    const made = [...boxes].map(([at, [x, y]]) => {
      const [kind, name, what, chance] = places[at];
      const classes = [["entry", "held", "loss"][kind], at === middle ? "middle" : "", at === chosen ? "chosen" : ""].join(" ").trim();
      return box(classes, x, y, cut(text(name)), cut(text(what)), `${text(name)}, ${text(what)}: ${text(chance)}`, () => choose(at));
    });
    made.push(...folded.map(([number, count, x, y]) => box("folded", x, y, `${count} more`, "show them", `${count} more places`, () => {
      shown.set(number, (shown.get(number) ?? FIRST) + MORE);
      draw();
    })));
    const spots = [...boxes.values(), ...folded.map(([, , x, y]) => [x, y])];
    const width = Math.max(...spots.map(([x]) => x)) + WIDTH + MARGIN, height = Math.max(...spots.map(([, y]) => y)) + HEIGHT + MARGIN;
    const svg = drawn("svg", { class: "path", role: "group", "aria-label": `what lies around ${byName(places[middle])}`,
      width: Math.round(width * zoom), height: Math.round(height * zoom), viewBox: `0 0 ${width} ${height}` }, ...arrows, ...made);
    byId("map").replaceChildren(svg);
    byId("drawn").textContent = `${boxes.size} of ${places.length} places drawn`;
    byId("unhide").hidden = hidden.size === 0;
    const begun = starts.findIndex(([at]) => at === middle);
    other.hidden = begun >= 0;
    const known = starts[byId("middle").value];
    if (begun < 0) byId("middle").value = "other";
    else if (!known || known[0] !== middle) byId("middle").value = begun;
    tell();
  }

  /** What is said of the place that is chosen, and what can be done with it. */
  function tell() {
    const box = byId("chosen");
    box.hidden = chosen === null;
    if (chosen === null) return box.replaceChildren();
    const [, name, what, chance] = places[chosen];
    const button = (words, act) => {
      const made = element("button", "", words);
      made.type = "button";
      made.addEventListener("click", act);
      return made;
    };
    const list = (words, of) => of.length === 0 ? [] : [element("p", "faint", `${words} `, ...of.slice(0, 12).flatMap(([at, way], n) => [
      n ? "; " : "", bdi(byName(places[at])), text(way) ? ` (${text(way)})` : "",
    ]), of.length > 12 ? `; and ${of.length - 12} more` : "")];
    box.replaceChildren(
      element("p", "", bdi(text(name)), `, ${text(what)}, reached with a chance of ${text(chance)} `,
        button("Put in the middle", () => center(chosen)), " ",
        ...(chosen === middle ? [] : [button("Hide", () => { hidden.add(chosen); chosen = null; draw(); })])),
      ...list("From:", before[chosen]), ...list("On to:", after[chosen]),
    );
  }

  function choose(at) {
    chosen = chosen === at ? null : at;
    draw();
  }

  const scaled = (by) => {
    zoom = Math.min(3, Math.max(0.2, zoom * by));
    draw();
  };
  byId("tools").addEventListener("submit", (event) => event.preventDefault());
  byId("middle").addEventListener("change", () => starts[byId("middle").value] && center(starts[byId("middle").value][0]));
  byId("far").addEventListener("change", draw);
  byId("closer").addEventListener("click", () => scaled(1.25));
  byId("farther").addEventListener("click", () => scaled(0.8));
  byId("unhide").addEventListener("click", () => { hidden.clear(); draw(); });
  byId("map").addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    scaled(event.deltaY < 0 ? 1.1 : 1 / 1.1);
  }, { passive: false });
  byId("around").hidden = false;
  draw();
}

/* What is shown: filtered, sorted, grouped. */
function show() {
  const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const key = KEYS[byId("sort").value];
  const fits = data.rows.filter((row) => (!byId("known").checked || row.known) && words.every((word) => row.found.includes(word)));
  const keyed = fits.map((row) => [key(row), row]);
  keyed.sort(([a, first], [b, second]) => (a < b ? -1 : a > b ? 1 : first.rank - second.rank));
  const sorted = keyed.map(([, row]) => row);
  watch.disconnect();
  const blocks = [];
  const items = grouped(sorted);
  for (let start = 0; start < items.length; start += BLOCK) {
    const block = element("div", "block");
    block.items = items.slice(start, start + BLOCK);
    block.style.height = `${block.items.length * ROW}px`;
    blocks.push(block);
  }
  byId("rows").replaceChildren(...blocks);
  blocks.slice(0, 1).forEach(fill);
  blocks.forEach((block) => watch.observe(block));
  byId("count").textContent = `${fits.length} of ${data.rows.length} shown`;
}

/** The rows, each group behind its name, the group with the first row first. */
function grouped(rows) {
  const by = GROUPS[byId("group").value];
  if (!by) return rows;
  const groups = new Map();
  for (const row of rows) {
    const name = text(row.texts[by[0]]) || by[1];
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(row);
  }
  return [...groups].flatMap(([name, of]) => [`${name} · ${of.length} ${of.length === 1 ? "exposure" : "exposures"}`, ...of]);
}

/* The plan: grouped by owner or kind, and tickets that are copied. */
const planned = byId("actions");
if (planned) {
  const actions = [...planned.children];
  byId("planned").hidden = false;
  byId("planned").addEventListener("submit", (event) => event.preventDefault());
  byId("by").addEventListener("change", () => {
    const by = byId("by").value;
    if (!by) return planned.replaceChildren(...actions);
    const groups = Map.groupBy ? Map.groupBy(actions, (action) => action.dataset[by]) : new Map([["", actions]]);
    planned.replaceChildren(...[...groups].flatMap(([name, of]) => [element("h3", "group", bdi(name || "nobody"), ` · ${of.length}`), ...of]));
  });
  for (const button of planned.querySelectorAll("button.copy")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.nextElementSibling.textContent);
      button.textContent = "Copied";
    });
  }
}

byId("search").hidden = false;
byId("search").addEventListener("submit", (event) => event.preventDefault());
byId("filter").addEventListener("input", show);
for (const id of ["known", "sort", "group"]) byId(id).addEventListener("change", show);
addEventListener("beforeprint", () => document.querySelectorAll(".block").forEach(fill));
show();
