// What is said in words, and links within texts.

export function counted(count, one, many = one + "s") {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}

/// Whether a text is a link that may be followed: never `javascript:`.
export function isUrl(text) {
  return /^https?:\/\/\S+$/i.test(text);
}

/// A text in parts: links that stand within it, and what is between them. A dot or a bracket that closes the sentence is no
/// part of a link.
export function partsOf(text) {
  const parts = [];
  let done = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"'`]+/gi)) {
    const url = bare(found[0]);
    if (/^https?:\/\/$/i.test(url)) continue;
    if (found.index > done) parts.push({ text: text.slice(done, found.index) });
    parts.push({ url });
    done = found.index + url.length;
  }
  if (done < text.length) parts.push({ text: text.slice(done) });
  return parts;
}

function bare(url) {
  let end = url.length;
  for (; end > 0; end--) {
    const last = url[end - 1];
    const isOpen = last === ")" && url.slice(0, end).split("(").length === url.slice(0, end).split(")").length;
    if (isOpen || !/[.,;:!?)\]}*_]/.test(last)) break;
  }
  return url.slice(0, end);
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
