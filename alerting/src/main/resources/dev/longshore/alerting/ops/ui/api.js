// What is known of the server, and since when: the one place that asks it.

const TIMEOUT = 20e3;

/// What the last answers said. `asOf` is the server's time of the last answer, null before the first.
export const state = {
  overview: null,
  groups: null,
  silences: null,
  asOf: null,
  /// Why the last attempt failed; null while it succeeds.
  away: null,
};

let serverTime = 0;
let takenAt = 0;

/// The server's time: what it said last and what has passed since.
export function now() {
  return takenAt ? serverTime + (performance.now() - takenAt) : Date.now();
}

/// A failure with words for people. `isAway` is whether there was no answer at all.
export class Failure extends Error {
  constructor(message, isAway, status) {
    super(message);
    this.isAway = isAway;
    this.status = status;
  }
}

/// Asks the API, below the page's own address.
export async function fetchJson(path, options = {}) {
  let reply, body;
  try {
    reply = await fetch(path, { ...options, signal: AbortSignal.timeout(TIMEOUT), headers: { Accept: "application/json", ...options.headers } });
    body = await reply.text();
  } catch (e) {
    throw new Failure(e.name === "TimeoutError" ? `no answer within ${TIMEOUT / 1e3} s` : "it can't be reached", true, 0);
  }
  if (!reply.ok) throw refused(reply.status, said(body), path.split("?")[0]);
  try {
    return body ? JSON.parse(body) : null;
  } catch {
    throw new Failure("what answers is not Longshore's API; a proxy or a login page may stand before it", true, reply.status);
  }
}

function said(body) {
  try {
    const parsed = JSON.parse(body);
    return typeof parsed === "string" ? parsed : parsed.message || parsed.error || "";
  } catch {
    return body.trimStart().startsWith("<") ? "" : body.trim().slice(0, 500);
  }
}

function refused(status, text, path) {
  const because = text ? `: ${text}` : "";
  switch (status) {
    case 401: return new Failure(`You are not logged in, or no longer${because}. Load the page again to log in.`, false, status);
    case 403: return new Failure(`You may not do this${because}. Ask who runs Longshore for the right.`, false, status);
    case 404: return new Failure(text || `there is no ${path}`, false, status);
    case 429: return new Failure(`Longshore is busy${because}. Try again in a moment.`, false, status);
    case 502: case 503: case 504: return new Failure(`it answers ${status}${because}`, true, status);
    default: return new Failure(text || `${path} answers ${status}`, status >= 500, status);
  }
}

/// Takes the state anew. What can't be had stays as it was, and `away` says so.
export async function refresh() {
  try {
    const [overview, groups, silences] = await Promise.all([
      fetchJson("overview"), fetchJson("api/v2/alerts/groups"), fetchJson("api/v2/silences")]);
    serverTime = Date.parse(overview.now);
    takenAt = performance.now();
    Object.assign(state, { overview, groups, silences, asOf: serverTime, away: null });
  } catch (e) {
    if (!(e instanceof Failure)) throw e;
    state.away = e;
  }
}

/// Who may do what, as the server says; empty while that is not known.
export function access() {
  return state.overview?.access || {};
}

/// What people should know before they silence; empty when there is nothing.
export function accessNotice() {
  const { login, warning, problem, you } = access();
  if (problem) return problem;
  if (login === false) return warning || "No login is configured: everybody who reaches this page may silence.";
  return you && ["none", "read"].includes(you.role) ? `${you.name ? `${you.name} may` : "You may"} look, but not silence: the role is ${you.role}.` : "";
}

/// The silence with an id, of those that are known; null when there is none.
export function silenceById(id) {
  return (state.silences || []).find(it => it.id === id) || null;
}

const NAME = "by";

/// Who is at the page: who has logged in, or the name given last; empty while nobody said.
export function myName() {
  try { return access().you?.name || localStorage.getItem(NAME) || ""; } catch { return ""; }
}

export function rememberName(name) {
  try { localStorage.setItem(NAME, name); } catch { /* A browser that keeps nothing. */ }
}
