// What is said in words, and links within texts.

export function counted(count, one, many = one + "s") {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}

/// Whether a text is a link that may be followed: never `javascript:`.
export function isUrl(text) {
  return /^https?:\/\/\S+$/i.test(text);
}

const FIRST = ["runbook_url", "runbook", "dashboard_url", "dashboard"];
const TITLES = { runbook_url: "Runbook", runbook: "Runbook", dashboard_url: "Dashboard", dashboard: "Dashboard" };

/// The annotations that are links: runbook, dashboard, then the others by name.
export function linksOf(annotations) {
  const rank = name => (FIRST.indexOf(name) + FIRST.length + 1) % (FIRST.length + 1);
  return Object.entries(annotations).filter(([, value]) => isUrl(value.trim()))
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([name, value]) => ({ name: TITLES[name] || name.replace(/_url$/, "").replaceAll("_", " "), url: value.trim() }));
}

const LEADING = ["summary", "message", "description"];

/// The annotations that are texts: `summary`, `message` and `description` without their names, then the others.
export function textsOf(annotations) {
  const texts = Object.entries(annotations).filter(([, value]) => value.trim() && !isUrl(value.trim()));
  const leading = LEADING.flatMap(name => texts.filter(it => it[0] === name).map(([, text]) => ({ name: "", text })));
  return leading.concat(texts.filter(it => !LEADING.includes(it[0])).map(([name, text]) => ({ name, text })));
}
