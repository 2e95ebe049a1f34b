// The timeline: a picture for the eye, the same events as a list for everybody, one event in full.
// mountTimeline(element, timeline) draws a "serverless-katas/timeline/1"; texts are only ever texts.
import {axis, clock, pack, runs, span, ticks} from "./axis.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST_ROWS = 40, LANE_PIXELS = 84, AXIS_PIXELS = 26, LEVEL_PIXELS = 34, PAD = 14, FOOT_PIXELS = 16;
const WORDS = {ok: "succeeded", failed: "failed", lost: "nobody was told", open: "had not ended when the run did"};
const KINDS = {
  request: "client request", message: "message", invocation: "invocation", environment: "environment", log: "log",
  call: "call", fault: "fault", strike: "fault strikes", other: "event",
};

export function make(name, attributes = {}, ...children) {
  const element = name.startsWith("svg:") ? document.createElementNS(SVG, name.slice(4)) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key.startsWith("aria-") ? value != null : value) element.setAttribute(key, value === true && !key.startsWith("aria-") ? "" : value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

export function mountTimeline(root, timeline, {selected = null, onSelect = () => {}} = {}) {
  const {events, lanes} = timeline;
  const byId = new Map(events.map((event) => [event.id, event]));
  const order = new Map(events.map((event, index) => [event.id, index]));
  const inside = Map.groupBy(events.filter((event) => event.of), (event) => event.of);
  const told = events.filter((event) => event.told);
  const state = {zoom: 1, even: true, story: told.length > 0 && told.length < events.length * 0.6, at: null};
  const steps = () => state.story ? told : events;

  // ---- controls -----------------------------------------------------------------------------------------------
  const button = (label, text, act, more = {}) =>
    make("button", {type: "button", "aria-label": label, title: label, onclick: act, ...more}, text);
  const time = make("output", {class: "kt-time"});
  const scrub = make("input", {type: "range", class: "kt-scrub", min: 0, max: 1000, step: 1, "aria-label": "Virtual time"});
  const storyButton = button("Only the story of the failure", "Story", () => toggle("story"), {"aria-pressed": state.story});
  const evenButton = button("Quiet gaps are drawn short", "Short gaps", () => toggle("even"), {"aria-pressed": true});
  const bar = make("div", {class: "kt-bar", role: "group", "aria-label": "Steps and zoom"},
    button("Event before (Left)", "‹", () => step(-1)), button("Next event (Right)", "›", () => step(1)), time,
    make("span", {class: "kt-space"}),
    told.length && told.length < events.length ? storyButton : null, evenButton,
    button("Smaller (-)", "−", () => zoom(1 / 1.6)), button("Larger (+)", "+", () => zoom(1.6)),
    button("The whole run (0)", "Fit", () => zoom(0)));

  const labels = make("div", {class: "kt-labels", "aria-hidden": true});
  const picture = make("svg:svg", {class: "kt-picture", "aria-hidden": true});
  const scroller = make("div", {class: "kt-scroller"}, picture);
  const detail = make("div", {class: "kt-detail", "aria-live": "polite", "aria-atomic": true});
  const items = new Map();
  const list = make("ol", {class: "kt-list", "aria-label": "Events in the order of virtual time"});
  for (const event of events) {
    const words = [KINDS[event.kind], lanes[event.lane].name].join(", ");
    const item = make("button", {type: "button", tabindex: -1, onclick: () => select(event.id)},
      make("span", {class: "kt-when"}, clock(event.at_us)), make("span", {class: `kt-dot ${look(event)}`}),
      make("span", {}, event.text, make("span", {class: "kt-hidden"}, ` (${words}${event.told ? ", story" : ""})`)));
    items.set(event.id, item);
    list.append(make("li", {class: event.told ? "kt-told" : null}, item));
  }
  const notes = timeline.left_out.map((note) => make("p", {class: "kt-note"}, note));
  if (timeline.runs > 1) notes.unshift(make("p", {class: "kt-note"}, `This is the last of ${timeline.runs} runs of the scenario.`));
  const lister = make("section", {class: "kt-events", "aria-label": "All events"},
    make("h3", {}, `Events (${events.length})`), list);
  root.classList.add("kt");
  root.replaceChildren(bar, scrub, make("div", {class: "kt-view"}, labels, scroller), legend(), ...notes,
    make("div", {class: "kt-below"}, make("section", {"aria-label": "The event in full"}, make("h3", {}, "Selected event"), detail), lister));

  // ---- the picture --------------------------------------------------------------------------------------------
  let scale, width, shape, drawn;

  function layout() {
    shape = [];
    let y = AXIS_PIXELS;
    lanes.forEach((lane, index) => {
      const own = events.filter((event) => event.lane === index);
      const packed = pack(own.filter((event) => event.until_us != null), MOST_ROWS);
      const named = lane.rows ? [...new Set(own.map((event) => event.row ?? 0))].sort((one, other) => one - other) : [];
      const isMessages = named.length && lane.kind !== "function", count = named.length || packed.count;
      const tall = isMessages ? Math.max(10, Math.min(13, LANE_PIXELS / count)) : Math.min(13, Math.max(2.2, LANE_PIXELS / count));
      const level = lane.level?.length ? LEVEL_PIXELS : 0;
      const height = Math.max(count * tall + level, 20) + PAD;
      shape.push({lane, own, packed, named, isMessages, tall, y, height, level, top: y + PAD / 2 + level});
      y += height;
    });
    return y + FOOT_PIXELS;
  }

  const rowOf = (event) => {
    const one = shape[event.lane];
    return one.named.length ? one.named.indexOf(event.row ?? 0) : one.packed.rows.get(event.id) ?? 0;
  };
  const middle = (event) => { const one = shape[event.lane]; return one.top + (rowOf(event) + 0.5) * one.tall; };
  const x = (us) => 6 + scale.place(us) * (width - 18);

  function draw() {
    drawn = scroller.clientWidth;
    const height = layout(), room = Math.max(300, drawn);
    width = Math.round(Math.min(40_000, room * state.zoom));
    scale = axis(events, timeline.ends_us, state.even);
    picture.setAttribute("width", width);
    picture.setAttribute("height", height);
    picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const parts = [...background(height), ...shape.flatMap(laneMarks)];
    picture.replaceChildren(...parts, make("svg:g", {class: "kt-over"}));
    labels.replaceChildren(make("div", {class: "kt-axis"}), ...shape.map(label));
    shape.forEach((one, index) => { labels.children[index + 1].style.height = `${one.height}px`; });
    point();
  }

  function background(height) {
    const stripes = shape.map((one, index) =>
      make("svg:rect", {class: index % 2 ? "kt-stripe kt-odd" : "kt-stripe", x: 0, y: one.y, width, height: one.height}));
    const gaps = scale.gaps.map((gap) => [gap, x(gap.from), x(gap.to)]).filter(([, from, to]) => to - from > 9);
    const quiet = gaps.flatMap(([gap, from, to]) => [
      make("svg:rect", {class: "kt-quiet", x: from + 2, y: AXIS_PIXELS, width: to - from - 4, height: height - AXIS_PIXELS}),
      to - from > 34 ? make("svg:text", {class: "kt-gap", x: (from + to) / 2, y: height - 4}, span(gap.to - gap.from)) : null]);
    const lines = ticks(scale, width - 18, timeline.ends_us, state.even).flatMap((tick, index, all) => [
      make("svg:line", {class: "kt-grid", x1: tick.x + 6, x2: tick.x + 6, y1: AXIS_PIXELS - 5, y2: height}),
      make("svg:text", {class: "kt-tick", x: tick.x + 6, y: 15, "text-anchor": index === 0 ? "start" : index === all.length - 1 ? "end" : "middle"},
        clock(tick.us))]);
    return [...stripes, ...quiet, ...lines].filter(Boolean);
  }

  function levelArea(one) {
    const top = Math.max(...one.lane.level.map(([, value]) => value), 1), floor = one.y + PAD / 2 + LEVEL_PIXELS - 4;
    const tall = (value) => floor - value / top * (LEVEL_PIXELS - 6);
    let path = `M${x(0)} ${floor}`;
    for (const [us, value] of one.lane.level) path += `H${x(us).toFixed(1)}V${tall(value).toFixed(1)}`;
    return make("svg:path", {class: "kt-level", d: `${path}H${x(timeline.ends_us)}V${floor}Z`});
  }

  function laneMarks(one) {
    const spans = one.own.filter((event) => event.until_us != null);
    const points = one.own.filter((event) => event.until_us == null);
    const thin = one.tall < 6, bars = spans.map((event) => {
      const from = x(event.at_us), tall = Math.max(1.6, one.tall - (thin ? 0.6 : 3));
      return mark("svg:rect", [event], {x: from, y: middle(event) - tall / 2, width: Math.max(thin ? 1.5 : 3, x(event.until_us) - from),
        height: tall, rx: thin ? 0.5 : 2.5});
    });
    const dots = runs(points.map((event) => ({event, x: x(event.at_us), key: `${rowOf(event)} ${look(event)} ${event.told ?? false}`})), 9)
      .map((run) => dot(run, one));
    return [one.level ? levelArea(one) : null, ...bars, ...dots].filter(Boolean);
  }

  function dot(run, one) {
    const y = middle(run.event), count = run.events.length;
    if (run.event.kind === "strike") return mark("svg:path", run.events, {d: `M${run.from} ${y - 8}L${run.from + 7} ${y}L${run.from} ${y + 8}L${run.from - 7} ${y}Z`});
    if (run.event.kind === "log" || run.event.kind === "environment") {
      return mark("svg:rect", run.events, {x: run.from - 1.2, y: y - one.tall / 2, width: Math.max(2.4, run.to - run.from), height: Math.max(2, one.tall - 1)});
    }
    if (count === 1) return mark("svg:circle", run.events, {cx: run.from, cy: y, r: 3.4});
    const wide = run.to - run.from + 9, pill = mark("svg:rect", run.events, {x: run.from - 4.5, y: y - 4.5, width: wide, height: 9, rx: 4.5});
    const isRoomy = wide > 12 + 6 * String(count).length;
    return isRoomy ? make("svg:g", {}, pill, make("svg:text", {class: "kt-count", x: run.from - 4.5 + wide / 2, y: y + 3}, count)) : pill;
  }

  function mark(name, own, attributes) {
    const first = own[0], more = own.length > 1 ? `\n… and ${own.length - 1} more like it, until ${clock(own.at(-1).at_us)}` : "";
    const isPale = state.story && !own.some((event) => event.told);
    return make(name, {class: `kt-mark ${look(first)}${isPale ? " kt-pale" : ""}`, "data-id": first.id, ...attributes},
      make("svg:title", {}, `${clock(first.at_us)}  ${first.text}${more}`));
  }

  function label(one) {
    const peak = one.level ? Math.max(...one.lane.level.map(([, value]) => value)) : 0;
    const rows = one.lane.kind === "function" && one.lane.rows?.length > 1 ? `${one.lane.rows.length} environments` : "";
    const sub = one.level ? `${one.lane.level_of}, up to ${peak}` : rows || (["client", "fault"].includes(one.lane.kind) ? "" : one.lane.kind);
    const element = make("div", {class: one.level && one.isMessages ? "kt-label kt-high" : "kt-label"},
      make("b", {title: one.lane.name}, one.lane.name), sub ? make("small", {}, sub) : null);
    if (one.isMessages) one.named.forEach((row, place) => {
      const caption = make("span", {class: "kt-row"}, one.lane.rows[row]);
      caption.style.top = `${one.top - one.y + place * one.tall}px`;
      element.append(caption);
    });
    return element;
  }

  // ---- one event ----------------------------------------------------------------------------------------------
  function point() {
    const over = picture.querySelector(".kt-over"), event = byId.get(state.at);
    if (!event || !over) return;
    const at = x(event.at_us), height = Number(picture.getAttribute("height")), parts = [
      make("svg:line", {class: "kt-now", x1: at, x2: at, y1: AXIS_PIXELS - 8, y2: height})];
    const near = [byId.get(event.of), ...(inside.get(event.id) ?? [])].filter(Boolean).slice(0, 60);
    for (const other of near) parts.push(make("svg:path", {class: "kt-tie", d: `M${at} ${middle(event)}L${x(other.at_us)} ${middle(other)}`}));
    const tall = Math.max(shape[event.lane].tall, 9), wide = event.until_us == null ? 0 : Math.max(0, x(event.until_us) - at);
    parts.push(make("svg:rect", {class: "kt-ring", x: at - 5, y: middle(event) - tall / 2 - 2, width: wide + 10, height: tall + 4, rx: 4}));
    over.replaceChildren(...parts);
  }

  const pretty = (text) => { try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; } };
  const block = (title, text, plain) => text ? [make("dt", {}, title), make("dd", {}, make("pre", {tabindex: 0, "aria-label": title}, plain ? text : pretty(text)))] : [];
  const link = (event) => make("button", {type: "button", class: "kt-link", onclick: () => select(event.id)},
    make("span", {class: "kt-when"}, clock(event.at_us)), make("span", {class: `kt-dot ${look(event)}`}), make("span", {}, event.text));

  function tell(event) {
    const row = lanes[event.lane].rows?.[event.row ?? 0], parent = byId.get(event.of), own = inside.get(event.id) ?? [];
    const took = event.until_us == null ? "" : `, took ${span(event.until_us - event.at_us)}`;
    const facts = `${KINDS[event.kind]} in ${lanes[event.lane].name}${row ? ` / ${row}` : ""}${took}${event.outcome ? `, ${WORDS[event.outcome]}` : ""}`;
    const asked = {invocation: ["Event", "Result"], log: ["", "Printed"]}[event.kind] ?? ["Request", "Answer"];
    detail.replaceChildren(
      make("p", {class: `kt-what ${look(event)}`}, make("span", {class: "kt-when"}, clock(event.at_us)), make("b", {}, event.text)),
      make("p", {class: "kt-facts"}, facts),
      make("dl", {}, ...block(asked[0], event.request), ...block(asked[1], event.answer, event.kind === "log"),
        ...(parent ? [make("dt", {}, "Part of"), make("dd", {}, link(parent))] : []),
        ...(own.length ? [make("dt", {}, "With it"), make("dd", {}, ...own.slice(0, 40).map(link),
          own.length > 40 ? make("p", {class: "kt-note"}, `and ${own.length - 40} more`) : null)] : [])));
  }

  function select(id, {focus = false, quiet = false} = {}) {
    const event = byId.get(id);
    if (!event) return;
    const before = items.get(state.at), item = items.get(id), nth = order.get(id) + 1;
    if (before) { before.tabIndex = -1; before.removeAttribute("aria-current"); }
    state.at = id;
    item.tabIndex = 0;
    item.setAttribute("aria-current", "true");
    if (focus) item.focus({preventScroll: true});
    list.scrollTop = item.parentElement.offsetTop - list.clientHeight / 2;
    scrub.value = scale.place(event.at_us) * 1000;
    scrub.setAttribute("aria-valuetext", `${clock(event.at_us)}, event ${nth} of ${events.length}: ${event.text}`);
    time.textContent = `${clock(event.at_us)}  ·  ${nth} of ${events.length}`;
    tell(event);
    point();
    const at = x(event.at_us);
    if (at < scroller.scrollLeft + 30 || at > scroller.scrollLeft + scroller.clientWidth - 30) scroller.scrollLeft = at - scroller.clientWidth / 2;
    if (!quiet) onSelect(id);
  }

  function step(by, options) {
    const among = steps(), now = order.get(state.at) ?? -1;
    if (by === Infinity || by === -Infinity) return select(among.at(by > 0 ? -1 : 0)?.id, options);
    const next = by > 0 ? among.find((event) => order.get(event.id) > now) : among.findLast((event) => order.get(event.id) < now);
    if (next) select(next.id, options);
  }

  function zoom(factor) {
    const share = (scroller.scrollLeft + scroller.clientWidth / 2) / width;
    state.zoom = factor ? Math.min(64, Math.max(1, state.zoom * factor)) : 1;
    draw();
    scroller.scrollLeft = share * width - scroller.clientWidth / 2;
    if (state.at) select(state.at, {quiet: true});
  }

  function toggle(name) {
    state[name] = !state[name];
    storyButton.setAttribute("aria-pressed", state.story);
    evenButton.setAttribute("aria-pressed", state.even);
    root.classList.toggle("kt-story", state.story);
    draw();
    if (state.at) select(state.at, {quiet: true});
  }

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || ["SELECT", "TEXTAREA"].includes(event.target.tagName)) return;
    const focus = list.contains(event.target), isText = event.target.tagName === "PRE";
    const act = {
      ArrowRight: () => step(1, {focus}), ArrowLeft: () => step(-1, {focus}), Home: () => step(-Infinity, {focus}), End: () => step(Infinity, {focus}),
      ...(focus ? {ArrowDown: () => step(1, {focus}), ArrowUp: () => step(-1, {focus})} : {}),
      "+": () => zoom(1.6), "-": () => zoom(1 / 1.6), 0: () => zoom(0),
    }[event.key];
    if (act && !isText) { event.preventDefault(); act(); }
  }

  root.addEventListener("keydown", key);
  scrub.addEventListener("input", () => {
    const us = scale.time(scrub.value / 1000);
    select((steps().findLast((event) => event.at_us <= us) ?? steps()[0])?.id);
  });
  picture.addEventListener("click", (event) => {
    const hit = event.target.closest("[data-id]");
    if (hit) return select(Number(hit.dataset.id));
    const box = picture.getBoundingClientRect(), us = scale.time((event.clientX - box.left - 6) / (width - 18));
    select((steps().findLast((one) => one.at_us <= us) ?? steps()[0])?.id);
  });
  root.classList.toggle("kt-story", state.story);
  draw();
  new ResizeObserver(() => { if (scroller.clientWidth !== drawn) draw(); }).observe(scroller);
  const first = (which) => (told.length ? told : events).find(which);
  const start = byId.get(selected) ?? first((event) => event.kind === "strike") ?? first((event) => event.outcome === "failed") ?? events[0];
  if (start) select(start.id, {quiet: true});
  return {select, step, key};
}

const look = (event) => `kt-${event.kind} kt-${event.outcome || "plain"}`;

function legend() {
  const entry = (name, text) => make("span", {}, make("i", {class: `kt-dot ${name}`}), text);
  return make("p", {class: "kt-legend"}, entry("kt-call kt-ok", "succeeded"), entry("kt-call kt-failed", "failed"),
    entry("kt-call kt-lost", "nobody was told"), entry("kt-strike kt-plain", "a fault strikes"), entry("kt-log kt-plain", "log"));
}
