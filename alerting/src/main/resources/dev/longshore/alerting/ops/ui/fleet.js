// The fleet: what the agents say of their nodes, the loudest workloads and the newest errors.

import { h } from "./dom.js";
import { fetchJson, now, state } from "./api.js";
import { age, localTimes, time } from "./time.js";
import { counted, isUrl } from "./texts.js";
import { grow, limit } from "./alerts.js";

let fleet = null;
let problem = "";
let rerender = () => {};

export function init(render) {
  rerender = render;
}

export async function load() {
  try {
    fleet = await fetchJson("fleet");
    problem = "";
  } catch (e) {
    problem = e.message;
    throw e;
  }
}

function bytes(value) {
  let left = value;
  for (const unit of ["B", "KiB", "MiB", "GiB"]) {
    if (left < 1000) return `${unit === "B" || left >= 100 ? Math.round(left) : left.toFixed(1)} ${unit}`;
    left /= 1024;
  }
  return `${left.toFixed(1)} TiB`;
}

function kibana(url, title, of) {
  return isUrl(url) ? h("a", { href: url, rel: "noreferrer", target: "_blank", "aria-label": `${title} of ${of} in Kibana` }, title) : null;
}

function cell(title, text) {
  return h("td", { class: "number", "data-title": title }, text);
}

const WORDS = { ok: "ok", silent: "silent", attention: "needs attention", stopped: "stopped", "without report": "no report" };

function nodeRow(node, name) {
  const { buffer, records } = node;
  const free = buffer && buffer.volumeBytes ? Math.round(100 * buffer.volumeFreeBytes / buffer.volumeBytes) : null;
  return h("tr", { key: name },
    h("th", { scope: "row" }, name, " ", h("span", { class: `badge ${node.state.split(" ")[0]}` }, WORDS[node.state] || node.state),
      node.problems.map(it => h("p", { class: node.state === "silent" ? "problem" : "because", key: it }, localTimes(it, now())))),
    cell("Last heard", `${age(now() - Date.parse(node.lastHeard))} ago`),
    cell("Behind", node.behindSeconds === undefined ? "–" : age(node.behindSeconds * 1e3)),
    cell("Buffered", buffer ? `${bytes(buffer.bytes)}, ${counted(buffer.records, "line")}` : "–"),
    cell("Free disk", free === null ? "–" : `${bytes(buffer.volumeFreeBytes)} (${free} %)`),
    cell("Lost", records ? bytes(records.lostBytes) : "–"),
    cell("Dead letters", records ? records.deadLettered.toLocaleString() : "–"),
    h("td", { "data-title": "Version" }, node.version || "–"),
    h("td", {}, kibana(node.kibana, "Lines", name)));
}

function table(key, caption, titles, rows) {
  return h("table", { class: "fleet", key },
    h("caption", {}, caption),
    h("thead", {}, h("tr", {}, titles.map(([title, kind]) => h("th", { scope: "col", class: kind || null }, title)))),
    h("tbody", {}, rows));
}

function loads(key, caption, list) {
  if (!list.length) return null;
  return table(key, caption, [["Workload"], ["Bytes a second", "number"], ["Lines a second", "number"], ["Errors a minute", "number"], ["Nodes", "number"], ["Kibana"]], list.map(it => {
    const name = `${it.namespace}/${it.service}`;
    return h("tr", { key: name }, h("th", { scope: "row" }, name), cell("Bytes a second", bytes(it.bytesPerSecond)),
      cell("Lines a second", it.recordsPerSecond.toLocaleString()), cell("Errors a minute", it.errorsPerMinute.toLocaleString()), cell("Nodes", it.nodes),
      h("td", {}, kibana(it.kibana, "Lines", name), " ", it.errorsPerMinute ? kibana(it.kibanaErrors, "Errors", name) : null));
  }));
}

function errors() {
  if (!fleet.errors.length) return null;
  return table("errors", "Newest errors", [["Error"], ["Workload"], ["First seen", "number"], ["Lines", "number"], ["Nodes", "number"], ["Kibana"]],
    fleet.errors.map(it => h("tr", { key: `${it.fingerprint} ${it.namespace}/${it.service}` }, h("th", { scope: "row" }, it.type || it.fingerprint, h("p", { class: "meta" }, [it.type ? it.fingerprint : "", it.image ? `since image ${it.image}` : ""].filter(Boolean).join("; "))), h("td", {}, `${it.namespace}/${it.service}`),
      cell("First seen", it.firstSeen ? time(it.firstSeen, now()) : "–"), cell("Lines", it.count.toLocaleString()), cell("Nodes", it.nodes),
      h("td", {}, kibana(it.kibana, "Lines", it.type || it.fingerprint)))));
}

export function view() {
  const nodes = [h("h1", { tabindex: "-1", key: "title" }, "Fleet")];
  if (problem && !state.away) nodes.push(h("p", { class: "problem", role: "alert", key: "problem" }, problem));
  if (!fleet) {
    nodes.push(h("p", { key: "wait" }, problem || state.away ? "Nothing is known yet." : "Waiting for the first answer…"));
    return { title: "Fleet", nodes };
  }
  if (fleet.problem) {
    nodes.push(h("p", { class: "banner doubt", key: "old" }, fleet.asOf
      ? `What you see is from ${time(fleet.asOf, now())}: ${fleet.problem}` : `Nothing is known of the agents: ${fleet.problem}`));
  }
  if (!fleet.asOf) return { title: "Fleet", nodes };
  if (!fleet.nodes.length) {
    nodes.push(h("p", { class: "empty", key: "none" }, "No agent has published anything within a day."));
    return { title: "Fleet", nodes };
  }
  const clusters = new Set(fleet.nodes.map(it => it.cluster)).size > 1;
  const need = fleet.nodes.filter(it => !["ok", "stopped"].includes(it.state)).length;
  const shown = fleet.nodes.slice(0, limit("fleet"));
  nodes.push(
    h("p", { class: "meta", role: "status", key: "found" }, `${counted(fleet.nodes.length + fleet.leftOut, "node")}; `
      + (need ? `${counted(need, "needs", "need")} attention.` : "none needs attention.")),
    table("nodes", "Nodes", [["Node"], ["Last heard", "number"], ["Behind", "number"], ["Buffered", "number"], ["Free disk", "number"], ["Lost", "number"], ["Dead letters", "number"], ["Version"], ["Kibana"]],
      shown.map(it => nodeRow(it, clusters ? `${it.cluster}/${it.node}` : it.node))),
    fleet.nodes.length > shown.length ? h("button", { type: "button", class: "more", key: "more", "data-more": "fleet", onclick: () => { grow("fleet"); rerender(); } }, `Show more: ${fleet.nodes.length - shown.length}`) : null,
    fleet.leftOut ? h("p", { class: "meta", key: "left" }, `${counted(fleet.leftOut, "node")} more published something within a day.`) : null,
    loads("loudest", "Loudest workloads", fleet.loudest),
    loads("erroneous", "Workloads with the most errors", fleet.erroneous),
    errors());
  return { title: "Fleet", nodes };
}
