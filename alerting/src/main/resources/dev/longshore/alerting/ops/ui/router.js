// The address of what is shown: `#/alerts?filter={…}&receiver=…`, as Alertmanager's page has it, so
// that its links work and a view can be handed on.

/// Reads the part behind `#`.
export function parseHash(hash) {
  const text = hash.replace(/^#/, "");
  const mark = text.indexOf("?");
  const path = (mark < 0 ? text : text.slice(0, mark)).replace(/\/+$/, "") || "/alerts";
  const query = new URLSearchParams(mark < 0 ? "" : text.slice(mark + 1));
  const parts = path.split("/").slice(1).map(part => { try { return decodeURIComponent(part); } catch { return part; } });
  return { path, query, ...page(parts) };
}

function page(parts) {
  const [first, second, third] = parts;
  if (first === "silences" && second === "new") return { page: "silence-form", id: "" };
  if (first === "silences" && second === "edit" && third) return { page: "silence-form", id: third };
  if (first === "silences" && second && third === "edit") return { page: "silence-form", id: second };
  if (first === "silences" && second && !third) return { page: "silence", id: second };
  if ((first === "why" || first === "explain") && !second) return { page: "why", id: "" };
  const known = ["alerts", "silences", "rules", "fleet", "notifications", "status"].includes(first) && !second;
  return { page: known ? first : "unknown", id: "" };
}

/// An address; parameters that are empty or null are left out.
export function address(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== "" && value !== null && value !== undefined) query.set(name, value);
  }
  const text = query.toString();
  return `#${path}${text ? "?" + text : ""}`;
}

export function route() {
  return parseHash(location.hash);
}

/// Goes to an address without a step in the history: while somebody types.
export function replace(hash) {
  if (hash !== location.hash) {
    history.replaceState(history.state, "", hash);
    dispatchEvent(new Event("routereplaced"));
  }
}
