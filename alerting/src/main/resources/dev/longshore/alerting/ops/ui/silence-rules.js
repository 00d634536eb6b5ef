// What is to be asked before something is silenced.

import { matchesAll } from "./matchers.js";

/// Alerts by which Longshore says that it can't do its work.
const OWN = ["LongshoreSourceDown", "LongshoreRuleFailing", "LongshoreConfigurationBroken", "LongshoreStateNotWritable",
  "LongshoreStateLost", "LongshoreAlertsRefused", "LongshoreNotificationsFailing"];
const SEVERITIES = ["", "page", "critical", "warning"];

export function isOwn(labels) {
  return (labels.alertname || "").startsWith("Longshore");
}

/// Whether matchers cover alerts of Longshore's own, also those that don't fire now.
export function coversOwn(matchers, covered) {
  return covered.some(it => isOwn(it.labels))
    || OWN.some(alertname => SEVERITIES.some(severity => matchesAll(matchers, { alertname, severity })));
}

/// Whether matchers name nothing in particular: each takes nearly any value.
export function coversAnything(matchers) {
  return matchers.every(({ op, value }) => op === "!=" || op === "!~" || (op === "=~" && /^[.*+?()|^$]*$/.test(value)));
}

/// What to ask about before silencing; empty when nothing is unusual.
///
/// @param covered alerts that fire now and are covered
/// @param total how many fire now
export function doubts(matchers, covered, total) {
  const found = [];
  if (coversAnything(matchers)) found.push("It covers nearly every alert, also those that will begin while it lasts.");
  else if (total > 1 && covered.length === total) found.push(`It covers all ${total.toLocaleString()} alerts that fire now.`);
  if (coversOwn(matchers, covered)) found.push("It covers alerts of Longshore itself: nobody would hear that a source is down, or that notifications fail.");
  return found;
}
