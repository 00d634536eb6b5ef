// What runs: version, sources, configuration.

import { h } from "./dom.js";
import { fetchJson, now, state } from "./api.js";
import { age, time } from "./time.js";
import { counted } from "./texts.js";
import { askedSources } from "./header.js";
import { notice } from "./silences.js";

let page = null;

export async function load() {
  page = await fetchJson("api/v2/status");
}

function badge(source) {
  if (!askedSources([source]).length) return h("span", { class: "badge" }, "not asked");
  return h("span", { class: source.up ? "badge delivered" : "badge refused" }, source.up ? "up" : "down");
}

export function view() {
  const { overview } = state;
  return {
    title: "Status",
    nodes: [
      h("h1", { tabindex: "-1", key: "title" }, "Status"),
      page ? h("p", { key: "version" }, `Longshore ${page.versionInfo.revision || "from source"}, started ${time(page.uptime, now())} (${age(now() - Date.parse(page.uptime))} ago); `
        + `speaks Alertmanager's API ${page.versionInfo.version}.`) : h("p", { key: "wait" }, state.away ? "Nothing is known yet." : "Waiting for the first answer…"),
      notice(),
      overview ? h("section", { key: "sources" }, h("h2", { class: "plain" }, "Sources"),
        overview.sources.length ? h("ul", { class: "messages" }, overview.sources.map(it => h("li", { key: it.name, class: it.up ? "message" : "message failing" },
          h("h3", {}, it.name, " ", badge(it)),
          h("p", { class: "meta" }, `${it.kind}; ${counted(it.rules, "rule")}${it.failingSince ? `; not every rule has an answer since ${time(it.failingSince, now())}` : ""}`),
          it.cause ? h("p", { class: "problem" }, it.cause) : null)))
          : h("p", { class: "empty" }, "None: rules are evaluated elsewhere, and alerts are posted.")) : null,
      page ? h("section", { key: "config" }, h("h2", { class: "plain" }, "Routing in force, secrets hidden"), h("pre", { tabindex: "0" }, page.config.original)) : null,
    ],
  };
}
