// What fires, by group: folded, by severity and age, rendered as far as somebody looks.

import { h, own } from "./dom.js";
import { state, now, silenceById } from "./api.js";
import { address, replace, route } from "./router.js";
import { braces, matchesAll, ofLabels, parse, quoted, text } from "./matchers.js";
import { counts, distinct, rank, severity, shownGroups } from "./groups.js";
import { age, localTimes, time } from "./time.js";
import { counted, isUrl, linksOf, partsOf, textsOf } from "./texts.js";
import { unknownAlerts } from "./header.js";
import * as acknowledge from "./acknowledge.js";

/// Groups are open by themselves while no more alerts than this are shown.
const OPEN_BY_ITSELF = 12;
const STEP = 40;

const opened = new Map();
const limits = new Map();
let typed = null;
let rerender = () => {};

export function init(render, refresh) {
  rerender = render;
  acknowledge.init(render, refresh);
}

const SUPPRESSIONS = [["silenced", "Silenced"], ["inhibited", "Inhibited"], ["muted", "Muted"]];

function hiddenOf(query) {
  return Object.fromEntries(["active", "silenced", "inhibited", "muted"].map(name => [name, query.get(name) === "false"]));
}

/// The receiver of an address, a regular expression for the whole name. Links in messages hold the
/// name itself, such as `C++ (prod)`, which is not an expression that matches it.
function receiverOf(receiver) {
  if (!receiver) return { receiverPattern: null, problem: "" };
  if ((state.groups || []).some(it => it.receiver.name === receiver)) return { receiverPattern: { test: it => it === receiver }, problem: "" };
  try {
    return { receiverPattern: new RegExp(`^(?:${receiver})$`), problem: "" };
  } catch {
    // The name of one to which nothing fires now.
    return { receiverPattern: { test: () => false }, problem: "" };
  }
}

function filtersOf(query) {
  return parse(query.getAll("filter").map(it => it.trim().replace(/^\{|\}$/g, "")).join(", "));
}

/// The filter of an address.
export function filterOf(query) {
  const { matchers, words } = filtersOf(query);
  const more = parse(query.get("q") || "");
  const receiver = query.get("receiver") || "";
  const { receiverPattern, problem } = receiverOf(receiver);
  const all = [...matchers, ...more.matchers];
  return {
    matchers: all, words: [...words, ...more.words], receiver, receiverPattern, hidden: hiddenOf(query),
    problem: [problem, ...all.map(it => it.problem)].filter(it => it).join("; "),
  };
}

/// A word as it is typed.
const word = text => (/[\s,"]/.test(text) ? quoted(text) : text);

function textOf({ matchers, words }) {
  return [...matchers.map(text), ...words.map(word)].join(" ");
}

function parameters(query, changes) {
  const several = query.getAll("filter").length > 1;
  return { ...Object.fromEntries(query), ...(several ? { filter: braces(filtersOf(query).matchers) } : {}), ...changes };
}

function go(query, changes) {
  replace(address("/alerts", parameters(query, changes)));
}

function setTyped(query, value) {
  const { matchers, words } = parse(value);
  go(query, { filter: matchers.length ? braces(matchers) : "", q: words.map(word).join(" ") });
}

let pause = 0;

function search(query, filter) {
  return h("form", { class: "search", role: "search", key: "search", onsubmit: event => { event.preventDefault(); setTyped(route().query, typed ?? textOf(filter)); } },
    h("label", { for: "filter" }, "Filter"),
    h("input", {
      id: "filter", type: "search", autocomplete: "off", spellcheck: "false", autocapitalize: "off", initial: textOf(filter),
      placeholder: 'checkout, severity="page", pod=~"web.*"', "aria-describedby": "found",
      oninput: event => {
        typed = event.target.value;
        clearTimeout(pause);
        pause = setTimeout(() => setTyped(route().query, typed), 120);
      },
    }),
    h("div", { class: "toggles", role: "group", "aria-label": "Show also what is" }, h("span", { class: "meta", "aria-hidden": "true" }, "Show"), SUPPRESSIONS.map(([name, title]) => h("button", {
      type: "button", "aria-pressed": String(!filter.hidden[name]), class: "toggle check",
      onclick: () => { const { query: current } = route(); go(current, { [name]: current.get(name) === "false" ? "true" : "false" }); },
    }, title)),
    filter.receiver ? h("button", { type: "button", class: "toggle", key: "receiver", onclick: () => { go(route().query, { receiver: "" }); atFilter(); } },
      `Receiver ${filter.receiver} ✕`) : null));
}

/// Where one is behind a button that takes itself away: in the field, with what the address says.
function atFilter() {
  const field = document.getElementById("filter");
  field.value = textOf(filterOf(route().query));
  field.focus();
}

/// Puts what the address says into the field, unless it says what is typed there.
export function syncField(query) {
  const field = document.getElementById("filter");
  const wanted = textOf(filterOf(query));
  if (field && document.activeElement !== field && textOf(parse(field.value)) !== wanted) field.value = wanted;
}

function add(labelName, value) {
  const { query } = route();
  const filter = filterOf(query);
  const added = ofLabels({ [labelName]: value })[0];
  if (!filter.matchers.some(it => text(it) === text(added))) {
    typed = null;
    location.hash = address("/alerts", parameters(query, { filter: braces([...filter.matchers, added]), show: "" }));
  }
}

/// A label, by which one can filter.
export function label(name, value) {
  return h("button", { type: "button", class: "label", key: name, "aria-label": `Filter by ${name}=${value}`, onclick: () => add(name, value) }, `${name}=`, own(value));
}

export function link(href, title, kind = "button") {
  const outside = isUrl(href);
  return h("a", { class: kind, href, ...(outside ? { target: "_blank", rel: "noopener noreferrer" } : {}) }, title);
}

/// The annotations that are texts; links within them can be followed.
export function texts(annotations) {
  return textsOf(annotations).map((it, i) => h("p", { class: "text", key: `text${i}` }, it.name ? h("strong", {}, `${it.name}: `) : null,
    partsOf(it.text).map(part => (part.url ? link(part.url, part.url, null) : localTimes(part.text, now())))));
}

function silencedBy(id) {
  const silence = silenceById(id);
  return h("p", { class: "because", key: id }, h("a", { href: `#/silences/${id}` }, silence
    ? `Silenced by ${silence.createdBy} until ${time(silence.endsAt, now())}: ${silence.comment}` : `Silenced by ${id}`));
}

function inhibitedBy(fingerprint, byFingerprint) {
  const cause = byFingerprint.get(fingerprint);
  return h("p", { class: "because", key: fingerprint }, "Inhibited by ",
    h("a", { href: `#/why?alert=${fingerprint}` }, cause ? cause.labels.alertname || fingerprint : fingerprint));
}

function mutedBy(intervals, receiver) {
  const mute = state.overview.mutes.find(it => it.receiver === receiver && it.intervals.join() === intervals.join());
  return h("p", { class: "because" }, `Muted for ${receiver} by time interval ${intervals.join(", ")} `
    + (mute ? (mute.until ? `until ${time(mute.until, now())}` : "for more than a year") + `: ${mute.reason}` : ""));
}

function stateText(alert) {
  const since = `since ${time(alert.startsAt, now())} (${age(now() - Date.parse(alert.startsAt))})`;
  const { state: status, silencedBy: silences, inhibitedBy: causes } = alert.status;
  if (status === "active") return `Firing ${since}`;
  return `Firing ${since}, but ${silences.length ? "silenced" : causes.length ? "inhibited" : "muted"}`;
}

/// An alert of a group. Labels of the group are not repeated.
export function alertCard(alert, receiver, groupLabels, byFingerprint, unknown, groupAction) {
  const quiet = alert.status.state !== "active";
  const rest = Object.entries(alert.labels).filter(([name]) => !(name in groupLabels));
  const rule = unknown.known.get(alert.fingerprint);
  const links = linksOf(alert.annotations);
  if (isUrl(alert.generatorURL)) links.push({ name: "Source", url: alert.generatorURL });
  return h("li", { key: alert.fingerprint, class: `alert rank${rank(alert.labels)}${quiet ? " quiet" : ""}` },
    h("h3", {}, own(alert.labels.alertname || "An alert without a name"), " ",
      h("span", { class: `badge rank${rank(alert.labels)}` }, severity(alert.labels) || "no severity"),
      alert.labels.longshore_drill ? h("span", { class: "badge" }, "drill") : null,
      rule ? h("span", { class: "badge unsure" }, rule.since ? `not known since ${time(rule.since, now())}` : "not known") : null),
    h("p", { class: "meta" }, stateText(alert)),
    texts(alert.annotations),
    rule ? h("p", { class: "because" }, `Whether it still fires is not known: ${rule.cause || "its rule has no answer"}`) : null,
    alert.status.silencedBy.map(silencedBy),
    alert.status.inhibitedBy.map(it => inhibitedBy(it, byFingerprint)),
    alert.status.mutedBy.length ? mutedBy(alert.status.mutedBy, receiver) : null,
    rest.length ? h("div", { class: "labels", key: "labels" }, rest.map(([name, value]) => label(name, value))) : null,
    h("div", { class: "actions", key: "actions" },
      links.map(it => link(it.url, it.name)),
      link(address("/silences/new", { filter: braces(ofLabels(alert.labels)) }), "Silence"),
      link(`#/why?alert=${alert.fingerprint}`, "Why?"), groupAction));
}

function severities(alerts) {
  const sums = counts(alerts);
  const suppressed = alerts.length - sums.active;
  return [
    sums.bySeverity.map(it => h("span", { class: `badge rank${it.rank}`, key: it.name }, `${it.count.toLocaleString()} ${it.name || "no severity"}`)),
    suppressed ? h("span", { class: "badge", key: "suppressed" }, `${suppressed.toLocaleString()} suppressed`) : null,
  ];
}

function summaryOf(alert) {
  return localTimes((textsOf(alert.annotations)[0] || { text: alert.labels.alertname || "" }).text, now());
}

function more(key, left, what) {
  return h("button", { type: "button", class: "more", key: "more", "data-more": key, onclick: () => { grow(key); rerender(); } },
    `Show more: ${left.toLocaleString()} ${what}`);
}

export function grow(key) {
  limits.set(key, (limits.get(key) || STEP) + STEP);
}

export function limit(key) {
  return limits.get(key) || STEP;
}

function groupSection(group, isOpen, byFingerprint, unknown) {
  const names = Object.entries(group.labels);
  const newest = group.alerts.reduce((latest, it) => (it.startsAt > latest ? it.startsAt : latest), "");
  const most = limit(group.key);
  const isSingle = group.alerts.length === 1;
  return h("section", { key: group.key, class: `group rank${rank(group.alerts[0].labels)}${group.alerts[0].status.state === "active" ? "" : " quiet"}` },
    h("h2", {}, h("button", {
      type: "button", class: "fold", "aria-expanded": String(isOpen), onclick: () => { opened.set(group.key, !isOpen); rerender(); },
    },
    h("span", { class: "title" }, names.length ? names.map(([name, value], i) => [i ? " · " : "", name === "alertname" ? "" : `${name}=`, own(value)]) : "All others"),
    h("span", { class: "meta" }, `to ${group.receiver}, newest ${age(now() - Date.parse(newest))} ago`),
    h("span", { class: "badges" }, group.acknowledgement ? h("span", { class: "badge", key: "acknowledged" }, `acknowledged by ${group.acknowledgement.createdBy}`) : null, severities(group.alerts)))),
    isOpen ? [
      acknowledge.acknowledgement(group),
      isSingle ? null : h("div", { class: "actions" }, names.map(([name, value]) => label(name, value)),
        names.length ? link(address("/silences/new", { filter: braces(ofLabels(group.labels)) }), "Silence the group") : null,
        acknowledge.acknowledgeButton(group)),
      h("ul", { class: "alerts" }, group.alerts.slice(0, most).map(it => alertCard(it, group.receiver, isSingle ? {} : group.labels, byFingerprint, unknown, isSingle ? acknowledge.acknowledgeButton(group) : null))),
      group.alerts.length > most ? more(group.key, group.alerts.length - most, "alerts of this group") : null,
    ] : h("p", { class: "text first" }, summaryOf(group.alerts[0])));
}

function pendingSection(filter, wanted) {
  const { pending, pendingTotal } = state.overview;
  const shown = pending.filter(it => matchesAll(filter.matchers, it.labels)
    && filter.words.every(word => [...Object.entries(it.labels).map(([name, value]) => `${name}=${value}`), ...Object.values(it.annotations)]
      .join("\n").toLowerCase().includes(word.toLowerCase())));
  if (!shown.length) return null;
  const key = "pending";
  const isOpen = opened.get(key) ?? wanted;
  return h("section", { key, class: "group pending" },
    h("h2", {}, h("button", { type: "button", class: "fold", "aria-expanded": String(isOpen), onclick: () => { opened.set(key, !isOpen); rerender(); } },
      h("span", { class: "title" }, "Pending"),
      h("span", { class: "meta" }, "their conditions hold, but not for as long as their rules want; nobody is notified yet"),
      h("span", { class: "badges" }, h("span", { class: "badge" }, String(shown.length))))),
    isOpen ? [
      h("ul", { class: "alerts" }, shown.slice(0, limit(key)).map(it => h("li", { key: it.fingerprint, class: `alert quiet rank${rank(it.labels)}` },
        h("h3", {}, it.labels.alertname, " ", h("span", { class: `badge rank${rank(it.labels)}` }, severity(it.labels) || "no severity")),
        h("p", { class: "meta" }, `Pending since ${time(it.activeAt, now())}; fires at ${time(it.firesAt, now())} if its condition holds until then`),
        texts(it.annotations),
        h("div", { class: "labels", key: "labels" }, Object.entries(it.labels).filter(([name]) => name !== "alertname").map(([name, value]) => label(name, value))),
        h("div", { class: "actions" }, linksOf(it.annotations).map(one => link(one.url, one.name)), link(`#/why?alert=${it.fingerprint}`, "Why?"))))),
      shown.length > limit(key) ? more(key, shown.length - limit(key), "pending alerts") : null,
      pendingTotal > pending.length ? h("p", { class: "meta" }, `${counted(pendingTotal - pending.length, "newer pending alert")} not listed.`) : null,
    ] : null);
}

/// What is said where no alert is shown.
function nothing(all, filter, isFiltered) {
  const { overview } = state;
  if (filter.problem) return [h("p", { class: "empty" }, `This filter can't be read: ${filter.problem}`)];
  if (all.length && isFiltered) {
    const suppressed = SUPPRESSIONS.filter(([name]) => filter.hidden[name]).map(([name]) => name);
    return [
      h("p", { class: "empty" }, `Nothing of ${all.length.toLocaleString()} matches this filter.`,
        suppressed.length ? ` What is ${suppressed.join(" or ")} is not shown.` : ""),
      h("button", { type: "button", onclick: () => { typed = ""; location.hash = "#/alerts"; atFilter(); } }, "Clear the filter"),
    ];
  }
  const down = overview.sources.filter(it => !it.up || it.failingSince);
  if (down.length) {
    return [h("p", { class: "empty" }, `No alert is known to fire. What the rules of ${down.map(it => it.name).join(", ")} would raise is not known: `
      + (down.length === 1 ? "it does not answer all of them." : "they do not answer all of them."))];
  }
  if (overview.rules.failing) {
    return [h("p", { class: "empty" }, `No alert is known to fire. What ${counted(overview.rules.failing, "rule")} that ${overview.rules.failing === 1 ? "fails" : "fail"} would raise is not known.`)];
  }
  const evaluated = overview.rules.lastEvaluation;
  return [h("p", { class: "empty" }, "Nothing fires."),
    h("p", { class: "meta" }, overview.rules.total === 0
      ? "No rules are loaded here: what fires comes from those who post alerts, such as a Prometheus. Whether they can reach Longshore is not known."
      : evaluated ? `${counted(overview.rules.total, "rule")}, last evaluated ${time(evaluated, now())}.`
        : `${counted(overview.rules.total, "rule")}, none evaluated yet.`)];
}

export function view({ query }) {
  if (!state.groups) return { title: "Alerts", nodes: [h("h1", { tabindex: "-1" }, "Alerts"), h("p", {}, state.away ? "Nothing is known yet." : "Waiting for the first answer…")] };
  const filter = filterOf(query);
  const all = distinct(state.groups);
  const byFingerprint = new Map(all.map(it => [it.fingerprint, it]));
  const unknown = unknownAlerts();
  const groups = filter.problem ? [] : shownGroups(state.groups, filter, matchesAll);
  const shown = distinct(groups);
  const isFiltered = Boolean(filter.matchers.length || filter.words.length || filter.receiver || Object.values(filter.hidden).some(it => it));
  const isOpenByItself = groups.reduce((sum, it) => sum + it.alerts.length, 0) <= OPEN_BY_ITSELF;
  const only = query.get("show") === "pending";
  const most = limit("groups");
  return {
    title: "Alerts",
    nodes: [
      h("h1", { tabindex: "-1", key: "title" }, "Alerts"),
      search(query, filter),
      h("p", { id: "found", class: "meta", key: "found", role: "status", "aria-live": "polite" }, only ? "Only pending alerts are shown."
        : shown.length ? `${shown.length === all.length ? (all.length === 1 ? "" : "All ") : `${shown.length.toLocaleString()} of `}${counted(all.length, "alert")} in ${counted(groups.length, "group")}` : ""),
      only ? h("p", { key: "all" }, link("#/alerts", "Show what fires")) : null,
      only ? null : groups.length ? groups.slice(0, most).map(it => groupSection(it, opened.get(it.key) ?? isOpenByItself, byFingerprint, unknown))
        : h("div", { key: "nothing" }, nothing(all, filter, isFiltered)),
      !only && groups.length > most ? more("groups", groups.length - most, "groups") : null,
      filter.receiver ? null : pendingSection(filter, only || groups.length === 0),
    ],
  };
}
