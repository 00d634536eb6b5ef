// The rules: state, last evaluation, error, expression, and a drill.

import { ask, h, say } from "./dom.js";
import { fetchJson, now, state } from "./api.js";
import { address, replace, route } from "./router.js";
import { braces, ofLabels } from "./matchers.js";
import { age, time } from "./time.js";
import { counted } from "./texts.js";
import { grow, limit, link } from "./alerts.js";

let groups = null;
let problem = "";
let rerender = () => {};
const drills = new Map();

export function init(render) {
  rerender = render;
}

export async function load() {
  try {
    groups = (await fetchJson("rules")).groups;
    problem = "";
  } catch (e) {
    problem = e.message;
    throw e;
  }
}

const STATES = [["", "All"], ["failing", "Failing"], ["firing", "Firing"], ["pending", "Pending"], ["inactive", "Inactive"]];

function isOf(rule, wanted) {
  if (!wanted) return true;
  if (rule.type === "recording") return false;
  return wanted === "failing" ? Boolean(rule.lastError) || rule.stale : rule.state === wanted;
}

function hasWord(rule, group, word) {
  return `${rule.name}\n${rule.query}\n${rule.place}\n${group.name}`.toLowerCase().includes(word.toLowerCase());
}

async function drill(rule) {
  const sure = await ask(`Send a drill of ${rule.name}?`,
    ["A message that is marked as a drill goes the way that this rule's alerts go, to the people who get them. It ends by itself after 2 minutes."], "Send the drill");
  if (!sure) return;
  drills.set(rule.name, "Sending…");
  rerender();
  try {
    const { receivers } = await fetchJson("drill", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ rule: rule.name }) });
    drills.set(rule.name, `The drill goes to ${receivers.join(", ")}.`);
  } catch (e) {
    drills.set(rule.name, e.message);
  }
  say(drills.get(rule.name));
  rerender();
}

function row(rule) {
  if (rule.type === "recording") {
    return h("li", { key: rule.place + rule.name, class: "rule quiet" }, h("h3", {}, rule.name, " ", h("span", { class: "badge" }, "recording")),
      h("pre", {}, rule.query), h("p", { class: "meta" }, `${rule.place}; evaluated by Prometheus`));
  }
  const isFailing = Boolean(rule.lastError) || rule.stale;
  return h("li", { key: rule.place + rule.name, class: `rule${isFailing ? " failing" : ""}` },
    h("h3", {}, rule.name, " ",
      h("span", { class: `badge ${rule.state}` }, rule.state === "inactive" ? "inactive" : `${rule.state} ${rule.firing || rule.pending}`),
      isFailing ? h("span", { class: "badge unsure" }, rule.knownAt ? `not known since ${time(rule.knownAt, now())}` : "not known") : null),
    rule.lastError ? h("p", { class: "problem" }, rule.lastError) : null,
    rule.behind ? h("p", { class: "because" }, rule.behind) : null,
    rule.warnings.map(it => h("p", { class: "because", key: it }, it)),
    h("pre", {}, rule.query),
    h("p", { class: "meta" }, [rule.place, rule.forSeconds ? `for ${age(rule.forSeconds * 1e3)}` : "", rule.source ? `source ${rule.source}` : "no source",
      rule.lastEvaluation ? `last evaluated ${time(rule.lastEvaluation, now())}, took ${Math.round(rule.evaluationSeconds * 1e3)} ms` : "not evaluated yet"].filter(Boolean).join("; ")),
    h("div", { class: "actions" },
      rule.firing ? link(address("/alerts", { filter: braces(ofLabels({ alertname: rule.name })) }), "Alerts") : null,
      h("button", { type: "button", onclick: () => drill(rule) }, "Drill")),
    drills.has(rule.name) ? h("p", { class: "because", role: "status" }, drills.get(rule.name)) : null);
}

export function view({ query }) {
  const wanted = query.get("state") || "";
  const word = query.get("q") || "";
  const nodes = [h("h1", { tabindex: "-1", key: "title" }, "Rules")];
  if (problem && !state.away) nodes.push(h("p", { class: "problem", role: "alert", key: "problem" }, problem));
  if (!groups) {
    nodes.push(h("p", { key: "wait" }, problem || state.away ? "Nothing is known yet." : "Waiting for the first answer…"));
    return { title: "Rules", nodes };
  }
  const all = groups.flatMap(group => group.rules);
  const shown = groups.map(group => ({ ...group, rules: group.rules.filter(it => isOf(it, wanted) && hasWord(it, group, word)) })).filter(it => it.rules.length);
  const total = shown.reduce((sum, it) => sum + it.rules.length, 0);
  let left = limit("rules");
  nodes.push(
    h("form", { class: "search", role: "search", key: "search", onsubmit: event => event.preventDefault() },
      h("label", { for: "word" }, "Filter"),
      h("input", { id: "word", type: "search", autocomplete: "off", initial: word, placeholder: "a name, a metric, a file", oninput: event => replace(address("/rules", { ...Object.fromEntries(route().query), q: event.target.value })) }),
      h("nav", { class: "toggles", "aria-label": "State" }, STATES.map(([name, title]) => h("a", { key: name, class: "toggle", "aria-current": name === wanted ? "true" : null,
        href: address("/rules", { q: word, state: name }) }, `${title} (${all.filter(it => isOf(it, name)).length})`)))),
    h("p", { class: "meta", role: "status", key: "found" }, total ? counted(total, "rule") : all.length ? `None of ${counted(all.length, "rule")} matches.` : "No rules are loaded."),
    shown.map(group => {
      const rules = group.rules.slice(0, left);
      left -= rules.length;
      return rules.length ? h("section", { key: `${group.file} ${group.name}`, class: "group" },
        h("h2", { class: "plain" }, group.name, " ", h("span", { class: "meta" }, `every ${age(group.intervalSeconds * 1e3)}, ${group.file}`)),
        h("ul", { class: "rules" }, rules.map(row))) : null;
    }),
    total > limit("rules") ? h("button", { type: "button", class: "more", key: "more", "data-more": "rules", onclick: () => { grow("rules"); rerender(); } }, `Show more: ${total - limit("rules")}`) : null);
  return { title: "Rules", nodes };
}
