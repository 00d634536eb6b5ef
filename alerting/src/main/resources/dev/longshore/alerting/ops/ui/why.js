// Why people were notified of an alert, or not: what `alerting explain` shows.

import { h } from "./dom.js";
import { fetchJson, now, silenceById, state } from "./api.js";
import { address } from "./router.js";
import { braces, ofLabels } from "./matchers.js";
import { age, localTimes, time } from "./time.js";
import { isUrl, linksOf } from "./texts.js";
import { label, link, texts } from "./alerts.js";
import { timeline } from "./timeline.js";

/// What was answered about which alert.
let known = { alert: "", page: null, problem: "" };

export async function load({ query }) {
  const alert = query.get("alert") || "";
  if (known.alert !== alert) known = { alert, page: null, problem: "" };
  try {
    const page = await fetchJson(`explain?alert=${encodeURIComponent(alert)}`);
    if (known.alert === alert) known = { alert, page, problem: "" };
  } catch (e) {
    if (known.alert === alert) known.problem = e.message;
    throw e;
  }
}

export function view({ query }) {
  const alert = query.get("alert") || "";
  const isKnown = known.alert === alert && known.page;
  const names = isKnown ? [...new Set(known.page.alerts.map(it => it.labels.alertname))] : [];
  const title = names.length === 1 && names[0] ? `Why? ${names[0]}` : "Why?";
  return {
    title,
    nodes: [
      h("h1", { tabindex: "-1", key: "title" }, title),
      known.problem && !state.away ? h("p", { class: "problem", role: "alert", key: "problem" }, known.problem) : null,
      !isKnown ? h("p", { key: "wait" }, known.problem || state.away ? "Nothing is known of it." : "Waiting for the answer…")
        : known.page.alerts.length ? known.page.alerts.map(it => one(it, known.page.rules))
          : h("p", { class: "empty", key: "none" }, "Nothing is known of it: no alert that fires, and no decision about one that has ended."),
      isKnown && known.page.more ? h("p", { class: "meta", key: "more" }, `and ${known.page.more} more; name one by its labels`) : null,
      isKnown && !known.page.alerts.length ? known.page.rules.map(rule) : null,
    ],
  };
}

function stateOf(alert) {
  const since = at => (at ? ` since ${time(at, now())} (${age(now() - Date.parse(at))})` : "");
  switch (alert.state) {
    case "firing": return `Firing${since(alert.startsAt)}`;
    case "pending": return `Pending${since(alert.activeAt)}`;
    case "resolved": return `Resolved${alert.endsAt ? ` since ${time(alert.endsAt, now())}` : ""}`;
    default: return "It has ended; what is left are the decisions about it";
  }
}

function unsure(alert) {
  const rule = state.overview?.notKnown.find(it => it.fingerprints.includes(alert.fingerprint));
  return rule ? h("p", { class: "banner doubt", key: "unsure" }, `Not known${rule.since ? ` since ${time(rule.since, now())}` : ""}: ${rule.cause}`) : null;
}

function suppressions(alert) {
  return [
    alert.silencedBy.map(id => {
      const silence = silenceById(id);
      return h("p", { class: "because", key: id }, h("a", { href: `#/silences/${id}` },
        silence ? `Silenced by ${silence.createdBy} until ${time(silence.endsAt, now())}: ${silence.comment}` : `Silenced by ${id}`));
    }),
    alert.inhibitedBy.map(it => h("p", { class: "because", key: it }, "Inhibited by ", h("a", { href: `#/why?alert=${it}` }, it))),
  ];
}

function place(group) {
  const mute = group.mutedBy.length ? state.overview?.mutes.find(it => it.receiver === group.receiver && it.intervals.join() === group.mutedBy.join()) : null;
  return h("li", { key: group.key + group.receiver },
    h("strong", {}, group.receiver), ", in group ", h("code", {}, group.key),
    group.nextLook ? `; next decision at ${time(group.nextLook, now())}` : "",
    group.acknowledgedBy ? `; acknowledged by ${group.acknowledgedBy} until ${time(group.acknowledgedUntil, now())}` : "",
    group.mutedBy.length ? `; muted by ${group.mutedBy.join(", ")}${mute?.until ? ` until ${time(mute.until, now())}` : ""}` : "");
}

function one(alert, rules) {
  const annotations = alert.annotations || {};
  const links = linksOf(annotations);
  if (isUrl(alert.generatorURL || "")) links.push({ name: "Source", url: alert.generatorURL });
  const own = alert.rule ? rules.filter(it => it.place === alert.rule) : [];
  return h("article", { key: alert.fingerprint, class: "why" },
    h("h2", {}, stateOf(alert)),
    unsure(alert),
    texts(annotations),
    suppressions(alert),
    alert.value ? h("p", { class: "meta" }, `Value ${alert.value}`) : null,
    h("div", { class: "labels", key: "labels" }, Object.entries(alert.labels).map(([name, value]) => label(name, value))),
    h("div", { class: "actions", key: "actions" }, links.map(it => link(it.url, it.name)),
      link(address("/silences/new", { filter: braces(ofLabels(alert.labels)) }), "Silence")),
    timeline(alert, now()),
    alert.groups.length ? [h("h3", {}, "Who is notified"), h("ul", { class: "places" }, alert.groups.map(place))] : null,
    own.map(rule),
    !own.length && alert.origin === "posted" ? h("p", { class: "meta" }, "It is posted to Longshore; its rule is where the link “Source” leads.") : null,
    h("h3", {}, "Decisions, newest first"),
    alert.decisions.length ? h("ol", { class: "decisions" }, alert.decisions.map((it, i) => ({ ...it, i })).reverse().map(it =>
      h("li", { key: it.i }, h("time", { datetime: it.at }, time(it.at, now())), h("span", { class: "badge" }, it.stage), h("span", { class: "text" }, localTimes(it.what, now())))))
      : h("p", { class: "meta" }, "None yet."));
}

/// The rule of an alert.
function rule(it) {
  return h("section", { key: it.place, class: "rule" },
    h("h3", {}, "Rule ", h("a", { href: `#/rules?q=${encodeURIComponent(it.name)}` }, it.name)),
    h("pre", {}, it.query),
    h("p", { class: "meta" }, [it.place, it.forSeconds ? `for ${age(it.forSeconds * 1e3)}` : "", `state ${it.state}`,
      it.lastEvaluation ? `last evaluated ${time(it.lastEvaluation, now())}` : "not evaluated yet"].filter(Boolean).join("; ")),
    it.lastError ? h("p", { class: "problem" }, it.lastError) : null);
}
