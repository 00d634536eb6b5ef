// Silences: what they cover, until when, and what can be done with them.

import { actions } from "./actions.js";
import { ask, h, own } from "./dom.js";
import { accessNotice, fetchJson, now, silenceById, state } from "./api.js";
import { address } from "./router.js";
import { braces, matchesAll, ofApi, text } from "./matchers.js";
import { distinct } from "./groups.js";
import { age, time } from "./time.js";
import { counted } from "./texts.js";
import { filterOf, grow, limit, link } from "./alerts.js";

const { init, act, isBusy, problemOf, rerender, update } = actions();
export { init };

function post(silence) {
  return fetchJson("api/v2/silences", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(silence) });
}

/// A silence as it is now: others may have changed it since it was shown.
export function current(id) {
  return fetchJson(`api/v2/silence/${encodeURIComponent(id)}`);
}

function extend({ id }, ms) {
  return act(id, "Extended", async () => {
    const silence = await current(id);
    if (silence.status.state === "expired") throw new Error("It was ended meanwhile. Recreate makes a new one.");
    const { matchers, startsAt, endsAt, createdBy, annotations } = silence;
    await post({ id, matchers, startsAt, createdBy, comment: ownComment(silence), annotations,
      endsAt: new Date(Math.max(Date.parse(endsAt), now()) + ms).toISOString() });
  });
}

async function end(silence) {
  const covered = coveredBy(silence);
  const details = [covered.length ? `${counted(covered.length, "alert")} that ${covered.length === 1 ? "it covers fires" : "it covers fire"} now and will notify again.` : "Nothing that fires now is covered by it."];
  if (await ask("End this silence now?", details, "End it")) {
    await act(silence.id, "Ended", () => fetchJson(`api/v2/silence/${silence.id}`, { method: "DELETE" }));
  }
}

/// What fires now and is covered: as the server says of an active one.
export function coveredBy(silence) {
  if (silence.status.problem) return [];
  const alerts = distinct(state.groups);
  if (silence.status.state === "active") return alerts.filter(it => it.status.silencedBy.includes(silence.id));
  const matchers = silence.matchers.map(ofApi);
  return alerts.filter(it => matchesAll(matchers, it.labels));
}

/// The comment that somebody wrote, without what the API says before it of one that matches nothing.
export function ownComment({ comment, status: { problem } }) {
  const before = `[matches nothing: ${problem}] `;
  return problem && comment.startsWith(before) ? comment.slice(before.length) : comment;
}

/// A few words for an alert that is covered.
export function coveredItem(alert) {
  const { alertname, ...rest } = alert.labels;
  return h("li", { key: alert.fingerprint }, h("a", { href: `#/why?alert=${alert.fingerprint}` }, alertname || alert.fingerprint), " ",
    h("span", { class: "meta" }, Object.entries(rest).map(([name, value]) => [`${name}=`, own(value), " "])));
}

function when(silence) {
  const at = Date.parse(silence.endsAt);
  switch (silence.status.state) {
    case "pending": return `Begins ${time(silence.startsAt, now())}, until ${time(silence.endsAt, now())}`;
    case "active": return `Until ${time(silence.endsAt, now())} (${age(at - now())} left)`;
    default: return `Ended ${time(silence.endsAt, now())}`;
  }
}

function card(silence, isWhole) {
  const isOver = silence.status.state === "expired";
  const covered = isOver ? [] : coveredBy(silence);
  const disabled = isBusy(silence.id);
  const problem = problemOf(silence.id);
  return h("li", { key: silence.id, class: `silence ${silence.status.state}` },
    h("h2", {}, h("a", { href: `#/silences/${silence.id}` }, ownComment(silence) || "A silence without a comment")),
    h("p", { class: "meta" }, h("span", { class: "badge" }, silence.status.state), ` ${when(silence)}, by ${silence.createdBy || "nobody named"}`),
    h("ul", { class: "chips", "aria-label": "Matchers" }, silence.matchers.map(ofApi).map(it => h("li", { class: "chip", key: text(it) }, own(text(it))))),
    silence.status.problem ? h("p", { class: "problem" }, `It matches nothing: ${silence.status.problem}`) : null,
    isOver || silence.status.problem ? null : isWhole ? covers(silence, covered) : h("p", { class: "meta" }, `Covers ${counted(covered.length, "alert")} that ${covered.length === 1 ? "fires" : "fire"} now`),
    problem ? h("p", { class: "problem", role: "alert" }, problem) : null,
    h("div", { class: "actions" }, isOver
      ? link(address("/silences/new", { from: silence.id }), "Recreate")
      : [
        h("button", { type: "button", disabled, onclick: () => extend(silence, 3600e3) }, "Extend by 1 h"),
        link(`#/silences/${silence.id}/edit`, "Edit"),
        h("button", { type: "button", class: "danger", disabled, onclick: () => end(silence) }, "End"),
      ]));
}

function covers(silence, covered) {
  const key = `covered ${silence.id}`;
  return h("div", { key },
    h("h3", {}, covered.length ? `Covers ${counted(covered.length, "alert")} that ${covered.length === 1 ? "fires" : "fire"} now` : "Covers nothing that fires now"),
    h("ul", { class: "covered" }, covered.slice(0, limit(key)).map(coveredItem)),
    covered.length > limit(key) ? h("button", { type: "button", class: "more", "data-more": key, onclick: () => { grow(key); rerender(); } }, `Show more: ${covered.length - limit(key)}`) : null);
}

/// Who may silence, where that should be known.
export function notice() {
  const text = accessNotice();
  return text ? h("p", { class: "banner doubt", key: "notice" }, text[0].toUpperCase() + text.slice(1)) : null;
}

const STATES = [["active", "Active"], ["pending", "Pending"], ["expired", "Expired"]];

export function view({ page, id, query }) {
  if (!state.silences) return { title: "Silences", nodes: [h("h1", { tabindex: "-1" }, "Silences"), h("p", {}, state.away ? "Nothing is known yet." : "Waiting for the first answer…")] };
  return page === "silence" ? one(id) : list(query);
}

function one(id) {
  const silence = silenceById(id);
  return {
    title: silence ? `Silence: ${ownComment(silence)}` : "No such silence",
    nodes: [
      h("h1", { tabindex: "-1" }, silence ? "Silence" : "There is no such silence"),
      silence ? h("ul", { class: "silences" }, card(silence, true)) : h("p", {}, `No silence has the id ${id}. One that has ended is kept for five days.`),
      h("p", {}, link("#/silences", "All silences")),
    ],
  };
}

function list(query) {
  const wanted = query.get("state") || "active";
  const { matchers } = filterOf(query);
  const all = state.silences.filter(it => matchers.every(one => it.matchers.some(other => text(ofApi(other)) === text(one))));
  const shown = all.filter(it => it.status.state === wanted);
  const empty = {
    active: "No silence is active.", pending: "No silence waits for its start.", expired: "No silence has ended within the last five days.",
  }[wanted] || "There are no such silences.";
  return {
    title: "Silences",
    nodes: [
      h("h1", { tabindex: "-1", key: "title" }, "Silences"),
      notice(),
      h("div", { class: "actions", key: "actions" }, link("#/silences/new", "New silence", "button main"),
        h("nav", { class: "toggles", "aria-label": "State" }, STATES.map(([name, title]) => h("a", {
          class: "toggle", "aria-current": name === wanted ? "true" : null, href: address("/silences", { ...Object.fromEntries(query), state: name }),
        }, `${title} (${all.filter(it => it.status.state === name).length})`)))),
      matchers.length ? h("p", { class: "meta", key: "filter" }, `Only those with ${braces(matchers)}. `, h("a", { href: "#/silences" }, "Show all")) : null,
      shown.length ? h("ul", { class: "silences", key: "list" }, shown.slice(0, limit(wanted)).map(it => card(it, false))) : h("p", { class: "empty", key: "empty" }, empty),
      shown.length > limit(wanted) ? h("button", { type: "button", class: "more", key: "more", "data-more": wanted, onclick: () => { grow(wanted); rerender(); } }, `Show more: ${shown.length - limit(wanted)}`) : null,
    ],
  };
}

/// Sends a silence, new or changed.
export async function send(silence) {
  const { silenceID } = await post(silence);
  await update();
  return silenceID;
}
