// The header: where one is, what fires, what is not known, and how old all of this is.

import { h } from "./dom.js";
import { state, now } from "./api.js";
import { counts, distinct } from "./groups.js";
import { age, time } from "./time.js";
import { counted } from "./texts.js";
import { address } from "./router.js";
import { braces, matcher } from "./matchers.js";

const PAGES = [["alerts", "Alerts"], ["silences", "Silences"], ["rules", "Rules"], ["fleet", "Fleet"], ["notifications", "Notifications"], ["status", "Status"]];

/// @param frozen whether what is below the header is older than the header says
export function header(page, frozen) {
  const current = { silence: "silences", "silence-form": "silences", why: "alerts" }[page] || page;
  return [
    h("div", { class: "bar" },
      h("a", { class: "name", href: "#/alerts" }, "Longshore alerting"),
      h("nav", { "aria-label": "Pages" }, h("ul", {}, PAGES.map(([name, title]) =>
        h("li", {}, h("a", { href: `#/${name}`, "aria-current": current === name ? "page" : null }, title))))),
      state.asOf ? h("span", { class: "asof" }, "as of ", h("time", { datetime: new Date(state.asOf).toISOString() }, time(state.asOf, now()))) : null),
    state.overview ? h("ul", { class: "facts", "aria-label": "State" }, facts()) : null,
    banners(),
    frozen ? h("p", { class: "banner", key: "frozen" }, "What is below is not refreshed while text is selected in it.") : null,
  ];
}

function fact(key, kind, value, title, href) {
  const text = [h("strong", {}, value), ` ${title}`];
  return h("li", { key, class: kind }, href ? h("a", { href }, text) : h("span", {}, text));
}

/// The matcher of a severity, in each of the spellings that alerts have.
export function severityIs(values) {
  return values.length === 1 ? matcher("severity", "=", values[0])
    : matcher("severity", "=~", values.map(it => it.replace(/[.*+?()|[\]{}^$\\]/g, "\\$&")).join("|"));
}

/// A source is asked by rules: without any, nobody knows whether it is up.
export function askedSources(sources) {
  return sources.filter(it => it.rules > 0);
}

/// One that has not answered all of its rules lately is not called up, before it is known to be down.
function sourcesFact(all, down, unsure) {
  const noun = all === 1 ? "source" : "sources";
  return unsure && !down
    ? fact("sources", "doubt", `${all - unsure} of ${all}`, `${noun} ${all === 1 ? "answers" : "answer"} all rules`, "#/status")
    : fact("sources", down ? "bad" : "", `${all - down} of ${all}`, `${noun} up${unsure ? ", not all rules answered" : ""}`, "#/status");
}

function facts() {
  const { overview } = state;
  const sums = counts(distinct(state.groups));
  const unknown = unknownAlerts();
  const asked = askedSources(overview.sources);
  const down = asked.filter(it => !it.up);
  const unsure = asked.filter(it => it.up && it.failingSince);
  const waiting = overview.notifications.waiting;
  return [
    sums.active === 0 ? fact("firing", "calm", "0", "firing", "#/alerts") : null,
    sums.bySeverity.map(it => fact(`severity ${it.name}`, `severity rank${it.rank}`, it.count.toLocaleString(),
      it.name || "without severity", address("/alerts", { silenced: "false", inhibited: "false", muted: "false", filter: braces([severityIs(it.values)]) }))),
    sums.silenced ? fact("silenced", "", sums.silenced.toLocaleString(), "silenced", "#/alerts?active=false&inhibited=false&muted=false&silenced=true") : null,
    sums.inhibited ? fact("inhibited", "", sums.inhibited.toLocaleString(), "inhibited", "#/alerts?active=false&silenced=false&muted=false&inhibited=true") : null,
    sums.muted ? fact("muted", "", sums.muted.toLocaleString(), "muted", "#/alerts?active=false&silenced=false&inhibited=false&muted=true") : null,
    overview.pendingTotal ? fact("pending", "", overview.pendingTotal.toLocaleString(), "pending", "#/alerts?show=pending") : null,
    unknown.count ? fact("unknown", "bad", unknown.count.toLocaleString(),
      unknown.since ? `not known since ${time(unknown.since, now())}` : "not known", "#/rules?state=failing") : null,
    asked.length
      ? sourcesFact(asked.length, down.length, unsure.length)
      : fact("sources", "", "no", overview.sources.length ? "rule asks a source" : "source of rules", "#/status"),
    overview.rules.failing ? fact("rules", "bad", overview.rules.failing.toLocaleString(), overview.rules.failing === 1 ? "rule fails" : "rules fail", "#/rules?state=failing") : null,
    waiting || overview.notifications.failing
      ? fact("waiting", overview.notifications.failing ? "bad" : "", waiting.toLocaleString(),
        (waiting === 1 ? "message waits" : "messages wait") + (overview.notifications.oldest ? `, the oldest for ${age(now() - Date.parse(overview.notifications.oldest))}` : ""), "#/notifications")
      : fact("waiting", "", "0", "messages wait", "#/notifications"),
  ];
}

/// The firing alerts of which it is not known whether they still fire.
export function unknownAlerts() {
  const firing = new Set(distinct(state.groups).map(it => it.fingerprint));
  const known = new Map();
  let since = null;
  for (const rule of state.overview.notKnown) {
    for (const fingerprint of rule.fingerprints) {
      if (!firing.has(fingerprint)) continue;
      known.set(fingerprint, rule);
      if (rule.since && (!since || rule.since < since)) since = rule.since;
    }
  }
  return { count: known.size, since, known };
}

function banners() {
  const made = [];
  const { away, overview } = state;
  if (away && away.isAway) {
    made.push(h("p", { class: "banner bad", role: "alert", key: "away" }, state.asOf
      ? `Longshore has not answered since ${time(state.asOf, now())}; what you see is from then. (${away.message})`
      : `Longshore does not answer: ${away.message}. Nothing is known yet.`));
  } else if (away) {
    made.push(h("p", { class: "banner bad", role: "alert", key: "refused" }, away.message,
      state.asOf ? ` What you see is from ${time(state.asOf, now())}.` : ""));
  }
  if (!overview) return made;
  if (overview.obstacle) made.push(h("p", { class: "banner bad", key: "obstacle" }, `Notifications may be missing: ${overview.obstacle}.`));
  for (const source of overview.sources.filter(it => !it.up)) {
    made.push(h("p", { class: "banner bad", key: `source ${source.name}` },
      `Source ${source.name} does not answer${source.failingSince ? ` since ${time(source.failingSince, now())}` : ""}: ${source.cause || "the cause is not known"}. `
      + `Alerts of its ${counted(source.rules, "rule")} stay as they were: none begins, none is resolved.`));
  }
  for (const broken of overview.rules.broken) {
    made.push(h("p", { class: "banner doubt", key: `broken ${broken}` }, `Broken, its last good version is in force: ${broken}`));
  }
  return made;
}
