// Which alerts are shown, in which order, and what is counted of them.

const RANKS = [
  ["page", "critical", "emergency", "disaster", "fatal", "p1", "sev1"],
  ["error", "high", "major", "p2", "sev2"],
  [""],
  ["warning", "warn", "medium", "p3", "sev3"],
  ["minor", "low", "p4", "sev4"],
  ["info", "informational", "notice", "none", "debug", "p5", "sev5"],
];

export function severity(labels) {
  return (labels.severity || "").toLowerCase();
}

/// How severe, 0 the most; a severity that is not known counts as one that is not given.
export function rank(labels) {
  const found = RANKS.findIndex(it => it.includes(severity(labels)));
  return found < 0 ? 2 : found;
}

/// Every alert once, whatever number of groups it is in; an alert that notifies in one of them counts as active.
export function distinct(groups) {
  const alerts = new Map();
  for (const group of groups) {
    for (const alert of group.alerts) {
      const known = alerts.get(alert.fingerprint);
      if (!known || (known.status.state !== "active" && alert.status.state === "active")) alerts.set(alert.fingerprint, alert);
    }
  }
  return [...alerts.values()];
}

/// The numbers of the header; `values` of a severity are the spellings that its label has.
export function counts(alerts) {
  const bySeverity = new Map();
  const sums = { active: 0, silenced: 0, inhibited: 0, muted: 0, bySeverity: [] };
  for (const alert of alerts) {
    const { state, silencedBy, inhibitedBy, mutedBy } = alert.status;
    if (state === "active") {
      sums.active++;
      const name = severity(alert.labels);
      const known = bySeverity.get(name) || { name, rank: rank(alert.labels), count: 0, values: new Set() };
      known.count++;
      known.values.add(alert.labels.severity || "");
      bySeverity.set(name, known);
    } else if (silencedBy.length) sums.silenced++;
    else if (inhibitedBy.length) sums.inhibited++;
    else if (mutedBy.length) sums.muted++;
  }
  sums.bySeverity = [...bySeverity.values()].map(it => ({ ...it, values: [...it.values].sort() })).sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
  return sums;
}

/// What is asked for. `receiver` is a regular expression for the whole name, as in Alertmanager.
export function isShown(alert, receiver, { matchers, words, hidden, receiverPattern }, matchesAll) {
  const { state, silencedBy, inhibitedBy, mutedBy } = alert.status;
  if (state === "active" ? hidden.active
    : (silencedBy.length && hidden.silenced) || (inhibitedBy.length && hidden.inhibited) || (mutedBy.length && hidden.muted)) return false;
  if (receiverPattern && !receiverPattern.test(receiver)) return false;
  return matchesAll(matchers, alert.labels) && hasWords(alert, receiver, words);
}

function hasWords(alert, receiver, words) {
  if (!words.length) return true;
  const text = [receiver, ...Object.entries(alert.labels).map(([name, value]) => `${name}=${value}`), ...Object.values(alert.annotations)]
    .join("\n").toLowerCase();
  return words.every(it => text.includes(it.toLowerCase()));
}

function byUrgency(a, b) {
  return (a.status.state !== "active") - (b.status.state !== "active") || rank(a.labels) - rank(b.labels)
    || (a.startsAt < b.startsAt ? 1 : a.startsAt > b.startsAt ? -1 : 0) || (a.fingerprint < b.fingerprint ? -1 : 1);
}

/// Groups with the alerts that are shown: what notifies before what is suppressed, the most severe
/// first, and of equals the one that began last.
export function shownGroups(groups, filter, matchesAll) {
  const seen = new Map();
  const shown = [];
  for (const group of groups) {
    const alerts = group.alerts.filter(it => isShown(it, group.receiver.name, filter, matchesAll)).sort(byUrgency);
    if (!alerts.length) continue;
    const name = group.receiver.name + JSON.stringify(group.labels);
    const nth = seen.get(name) || 0;
    seen.set(name, nth + 1);
    shown.push({ key: name + (nth || ""), id: group.id, acknowledgement: group.acknowledgement, receiver: group.receiver.name, labels: group.labels, alerts, total: group.alerts.length });
  }
  return shown.sort((a, b) => byUrgency(a.alerts[0], b.alerts[0]) || (a.key < b.key ? -1 : 1));
}
