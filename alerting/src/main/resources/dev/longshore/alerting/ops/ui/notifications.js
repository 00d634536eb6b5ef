// Messages to receivers: what waits and why, and what became of the latest.

import { h } from "./dom.js";
import { fetchJson, now, state } from "./api.js";
import { age, localTimes, time } from "./time.js";
import { counted } from "./texts.js";
import { grow, limit } from "./alerts.js";

let page = null;
let problem = "";
let rerender = () => {};

export function init(render) {
  rerender = render;
}

export async function load() {
  try {
    page = await fetchJson("notifications");
    problem = "";
  } catch (e) {
    problem = e.message;
    throw e;
  }
}

const FATES = { delivered: "delivered", deferred: "tried again", refused: "refused", given_up: "given up" };

/// What a group's id says to people: the labels behind the route.
export function groupName(id) {
  const labels = /:(\{.*\})$/s.exec(id);
  return labels && labels[1] !== "{}" ? labels[1] : "all alerts of the route";
}

function to(it) {
  return `${it.receiver} (${it.integration}${it.channel ? `, ${it.channel}` : ""})`;
}

export function view() {
  const nodes = [h("h1", { tabindex: "-1", key: "title" }, "Notifications")];
  if (problem && !state.away) nodes.push(h("p", { class: "problem", role: "alert", key: "problem" }, problem));
  if (!page) {
    nodes.push(h("p", { key: "wait" }, problem || state.away ? "Nothing is known yet." : "Waiting for the first answer…"));
    return { title: "Notifications", nodes };
  }
  const most = limit("outcomes");
  nodes.push(
    h("section", { key: "waiting" },
      h("h2", { class: "plain" }, page.waitingTotal ? `${counted(page.waitingTotal, "message")} ${page.waitingTotal === 1 ? "waits" : "wait"}` : "No message waits"),
      h("ul", { class: "messages" }, page.waiting.slice(0, limit("waiting")).map((it, i) => h("li", { key: i, class: it.problem ? "message failing" : "message" },
        h("h3", {}, to(it)),
        h("p", { class: "text" }, groupName(it.group)),
        h("p", { class: "meta" }, `waits for ${age(now() - Date.parse(it.since))}`
          + (it.attempts ? `, ${counted(it.attempts, "attempt")} failed` : "") + (it.notBefore ? `; next attempt at ${time(it.notBefore, now())}` : "; is sent as soon as it is its turn")),
        it.problem ? h("p", { class: "problem" }, it.problem) : null))),
      page.waiting.length > limit("waiting") ? h("button", { type: "button", class: "more", "data-more": "waiting", onclick: () => { grow("waiting"); rerender(); } }, `Show more: ${page.waitingTotal - limit("waiting")}`) : null),
    h("section", { key: "outcomes" },
      h("h2", { class: "plain" }, "Latest, newest first"),
      h("p", { class: "meta" }, `Since ${time(page.outcomesSince, now())}, when Longshore started; at most 500. Of an alert, “Why?” knows more.`),
      page.outcomes.length ? h("ul", { class: "messages" }, page.outcomes.slice(0, most).map(it => h("li", { key: `${it.at} ${it.receiver} ${it.integration} ${it.group} ${it.fate}`, class: `message ${it.fate}` },
        h("h3", {}, h("time", { datetime: it.at }, time(it.at, now())), " ", to(it), " ", h("span", { class: `badge ${it.fate}` }, FATES[it.fate] || it.fate)),
        h("p", { class: "text" }, groupName(it.group)),
        h("p", { class: it.fate === "delivered" ? "meta" : "problem" }, localTimes(it.detail, now())))))
        : h("p", { class: "empty" }, "None yet."),
      page.outcomes.length > most ? h("button", { type: "button", class: "more", "data-more": "outcomes", onclick: () => { grow("outcomes"); rerender(); } }, `Show more: ${page.outcomes.length - most}`) : null));
  return { title: "Notifications", nodes };
}
