// The page around the timeline: which scenario, what it promised, what became of it.
import {make, mountTimeline} from "./timeline.js";
import {clock} from "./axis.js";

const page = JSON.parse(document.getElementById("data").textContent);
const place = document.getElementById("page");
const FATES = {passed: "kept", failed: "broken", error: "in error", blocked: "not judged", "not reached": "not reached"};
const LABELS = {"not reached": "Try"};
let view = null;

const asked = () => new URLSearchParams(location.hash.slice(1));
const remember = (scenario, event) => history.replaceState(null, "", `#scenario=${scenario.name}&event=${event}`);
const term = (title, text) => text ? [make("dt", {}, title), make("dd", {}, text)] : [];

function sentence(text) {
  const [head, ...rest] = text.split(/  +/);
  return rest.length ? [make("b", {}, head), ` ${rest.join(" ")}`] : [text];
}

function explain(scenario, timeline) {
  const story = (scenario.story ?? []).map((line) => make("li", {class: line.strike ? "strike" : null},
    make("button", {type: "button", onclick: () => show(line, timeline)}, make("span", {class: "kt-when"}, clock(line.at_ms * 1000)),
      make("span", {}, ...sentence(line.text)))));
  return make("aside", {"aria-label": "The scenario", class: scenario.outcome},
    make("p", {class: "promise"}, make("b", {}, `${scenario.promise} is ${FATES[scenario.outcome]}`), ` ${scenario.sentence}`),
    make("h2", {}, scenario.title),
    scenario.message ? make("p", {class: "message"}, scenario.message) : null,
    make("dl", {}, ...term("Expected", scenario.expected), ...term("Got", scenario.got), ...term(LABELS[scenario.outcome] ?? "Likely mistake", scenario.diagnosis),
      ...term("Struck by", (scenario.faults ?? []).join("\n")), ...term("Just this again", scenario.again)),
    story.length ? make("details", {open: !matchMedia("(max-width: 900px)").matches},
      make("summary", {}, "What happened, in virtual time"), make("ol", {class: "story"}, ...story)) : null);
}

// The event that a line of the story is about: of those at its millisecond, the one in the lane it names.
function show(line, timeline) {
  if (!timeline) return;
  const head = line.text.split(/  +/)[0].split("#")[0], at = (event) => Math.floor(event.at_us / 1000);
  const near = timeline.events.filter((event) => at(event) === line.at_ms);
  const ended = timeline.events.filter((event) => event.until_us != null && Math.floor(event.until_us / 1000) === line.at_ms);
  const among = [...near, ...ended], strike = line.strike && among.find((event) => event.kind === "strike");
  const hit = strike || among.find((event) => timeline.lanes[event.lane].name === head && event.kind !== "environment") || among[0]
    || timeline.events.findLast((event) => at(event) <= line.at_ms);
  if (hit) view?.select(hit.id);
}

function open(scenario, event) {
  const timeline = page.timelines[scenario.timeline], stage = make("section", {"aria-label": "Timeline"});
  document.getElementById("scenario").replaceChildren(explain(scenario, timeline), stage);
  view = timeline ? mountTimeline(stage, timeline, {selected: event, onSelect: (id) => remember(scenario, id)}) : null;
  if (!timeline) stage.append(make("p", {class: "kt-note"}, "There is no timeline of this scenario: it ended before anything was deployed, or could not be kept."));
}

function begin() {
  const named = asked(), found = page.scenarios.find((one) => one.name === named.get("scenario")) ?? page.scenarios[0];
  const chooser = make("select", {id: "chooser", onchange: () => { open(page.scenarios[chooser.selectedIndex], null); }},
    ...page.scenarios.map((one) => make("option", {selected: one === found}, `${one.promise} ${FATES[one.outcome]}: ${one.title}`)));
  place.replaceChildren(
    document.getElementById("timeline"),
    page.scenarios.length > 1 ? make("p", {class: "chooser"}, make("label", {for: "chooser"}, `Scenario (${page.scenarios.length})`), chooser) : "",
    ...page.notes.map((note) => make("p", {class: "kt-note"}, note)), make("div", {id: "scenario"}));
  if (found) open(found, Number(named.get("event")) || null);
}

function moved() {
  const named = asked(), chooser = document.getElementById("chooser");
  const scenario = page.scenarios.findIndex((one) => one.name === (named.get("scenario") ?? page.scenarios[chooser?.selectedIndex ?? 0].name));
  if (chooser && scenario >= 0 && scenario !== chooser.selectedIndex) { chooser.selectedIndex = scenario; open(page.scenarios[scenario], null); }
  view?.select(Number(named.get("event")));
}

// A link of the verdict: the scenario is chosen, and the focus goes where it is explained.
function follow(event) {
  const link = event.target.closest?.("a[href^='#scenario=']");
  if (!link) return;
  event.preventDefault();
  history.pushState(null, "", link.hash);
  moved();
  const heading = document.querySelector("#scenario h2");
  heading.tabIndex = -1;
  heading.focus();
  document.getElementById("timeline").scrollIntoView();
}

addEventListener("hashchange", moved);
document.addEventListener("click", follow);
document.addEventListener("keydown", (event) => { if (event.target === document.body) view?.key(event); });
begin();
