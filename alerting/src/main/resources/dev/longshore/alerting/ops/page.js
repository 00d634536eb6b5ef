"use strict";
// What is told, and why: the alerts by group, the decisions about each, and the silences.
// Everything that comes from alerts is put in as text, never as markup.

const main = document.getElementById("main");
const problem = document.getElementById("problem");
const filter = document.getElementById("filter");

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function link(text, href) {
  const made = element("a", "", text);
  made.href = href;
  return made;
}

async function ask(path, options) {
  const reply = await fetch(path, options);
  const body = await reply.text();
  if (!reply.ok) {
    let said = body;
    try { said = JSON.parse(body); } catch (e) { /* not JSON: shown as it is */ }
    throw new Error(path.split("?")[0] + " answers " + reply.status + ": " + said);
  }
  return body ? JSON.parse(body) : null;
}

function time(text) {
  return new Date(text).toLocaleString(undefined, { dateStyle: "short", timeStyle: "medium" });
}

function hash() {
  const [path, query] = location.hash.replace(/^#/, "").split("?");
  return { path: path || "/alerts", query: new URLSearchParams(query || "") };
}

function matchers(text) {
  const parts = [];
  let part = "", quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "\\" && quoted) { part += c + (text[++i] || ""); continue; }
    if (c === '"') quoted = !quoted;
    if (c === "," && !quoted) { parts.push(part); part = ""; } else part += c;
  }
  parts.push(part);
  return parts.map(it => it.trim()).filter(it => it);
}

function filters() {
  return matchers(filter.value.trim().replace(/^\{|\}$/g, ""))
    .map(it => "filter=" + encodeURIComponent(it)).join("&");
}

function labels(map) {
  const made = element("div", "labels");
  for (const [name, value] of Object.entries(map)) made.append(element("span", "", name + "=" + value));
  return made;
}

function silenceOf(map) {
  const text = Object.entries(map).map(([name, value]) => name + "=" + JSON.stringify(value)).join(",");
  return "#/silences/new?filter=" + encodeURIComponent("{" + text + "}");
}

function alertElement(alert) {
  const quiet = alert.status.state !== "active";
  const mild = ["warning", "info"].includes((alert.labels.severity || "").toLowerCase());
  const made = element("div", "alert" + (quiet ? " quiet" : mild ? " mild" : ""));
  made.append(labels(alert.labels));
  for (const name of ["summary", "description", "message"]) {
    if (alert.annotations[name]) made.append(element("div", "text", alert.annotations[name]));
  }
  const meta = element("div", "meta", (quiet ? "suppressed" : "firing") + " since " + time(alert.startsAt) + "  ");
  if (alert.status.silencedBy.length) meta.append("silenced by " + alert.status.silencedBy.join(", ") + "  ");
  if (alert.status.inhibitedBy.length) meta.append("inhibited by " + alert.status.inhibitedBy.join(", ") + "  ");
  if (/^https?:/.test(alert.generatorURL)) meta.append(link("Source", alert.generatorURL), " · ");
  meta.append(link("Silence", silenceOf(alert.labels)), " · ", link("Why?", "#/explain?alert=" + alert.fingerprint));
  made.append(meta);
  return made;
}

async function showAlerts(query) {
  const receiver = query.get("receiver");
  const asked = [filters(), receiver ? "receiver=" + encodeURIComponent(receiver) : ""].filter(it => it).join("&");
  const groups = await ask("api/v2/alerts/groups" + (asked ? "?" + asked : ""));
  const made = [];
  for (const group of groups) {
    const names = Object.entries(group.labels).map(([name, value]) => name + "=" + value).join(", ");
    made.push(element("section", "group",
      element("h2", "", group.receiver.name + (names ? "  ·  " + names : "")), ...group.alerts.map(alertElement)));
  }
  return made.length ? made : [element("p", "", "Nothing fires.")];
}

async function showExplanation(query) {
  const page = await ask("explain?alert=" + encodeURIComponent(query.get("alert") || ""));
  const made = [];
  for (const alert of page.alerts) {
    made.push(labels(alert.labels), element("p", "meta", alert.state + (alert.startsAt ? " since " + time(alert.startsAt) : "")));
    const table = element("table");
    for (const it of alert.decisions) {
      table.append(element("tr", "", element("td", "", time(it.at)), element("td", "", it.stage), element("td", "text", it.what)));
    }
    made.push(table);
  }
  return made.length ? made : [element("p", "", "Nothing is known of it.")];
}

async function showSilences() {
  const silences = await ask("api/v2/silences?" + filters());
  const table = element("table", "", element("tr", "", ..."State,Matchers,Until,By,Comment,".split(",").map(it => element("th", "", it))));
  for (const it of silences.filter(it => it.status.state !== "expired")) {
    const text = it.matchers.map(m => m.name + (m.isEqual ? (m.isRegex ? "=~" : "=") : (m.isRegex ? "!~" : "!=")) + JSON.stringify(m.value)).join(", ");
    const end = element("button", "", "End it");
    end.onclick = () => act(() => ask("api/v2/silence/" + it.id, { method: "DELETE" }));
    table.append(element("tr", "", element("td", "", it.status.state), element("td", "text", text),
      element("td", "", time(it.endsAt)), element("td", "", it.createdBy), element("td", "text", it.comment), element("td", "", end)));
  }
  return [table.childElementCount > 1 ? table : element("p", "", "There is no silence.")];
}

function field(form, name, title, value) {
  const input = element("input");
  input.name = name;
  input.required = true;
  input.value = value;
  form.append(element("label", "", title), input);
  return input;
}

function matcherOf(text) {
  const parsed = /^\s*([^=!~\s]+)\s*(=~|!~|!=|=)\s*(.*?)\s*$/.exec(text);
  if (!parsed) throw new Error("'" + text + "' is no matcher; write name=\"value\"");
  let value = parsed[3];
  if (value.startsWith('"')) value = JSON.parse(value);
  return { name: parsed[1], value, isRegex: parsed[2].endsWith("~"), isEqual: parsed[2].startsWith("=") };
}

function millis(text) {
  const unit = { m: 60e3, h: 3600e3, d: 86400e3, w: 604800e3 };
  const parts = [...text.trim().matchAll(/(\d+)([mhdw])/g)];
  if (!parts.length || parts.map(it => it[0]).join("") !== text.trim()) {
    throw new Error("'" + text + "' is no duration; write 30m, 2h or 1d");
  }
  return parts.reduce((sum, it) => sum + it[1] * unit[it[2]], 0);
}

async function showNewSilence(query) {
  const form = element("form");
  const which = field(form, "matchers", "Matchers", (query.get("filter") || "").replace(/^\{|\}$/g, ""));
  const lasts = field(form, "for", "For (30m, 2h, 1d)", "2h");
  const by = field(form, "by", "Your name", localStorage.getItem("by") || "");
  const why = field(form, "why", "Why", "");
  const covers = element("p", "meta");
  const preview = async () => {
    try {
      const asked = matchers(which.value).map(it => "filter=" + encodeURIComponent(it)).join("&");
      covers.textContent = asked ? "It covers " + (await ask("api/v2/alerts?" + asked)).length + " that fire now." : "";
    } catch (e) { covers.textContent = e.message; }
  };
  which.oninput = preview;
  form.append(covers, element("button", "", "Silence"));
  form.onsubmit = event => {
    event.preventDefault();
    localStorage.setItem("by", by.value);
    act(async () => {
      const now = Date.now();
      await ask("api/v2/silences", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          matchers: matchers(which.value).map(matcherOf),
          startsAt: new Date(now).toISOString(),
          endsAt: new Date(now + millis(lasts.value)).toISOString(),
          createdBy: by.value,
          comment: why.value,
        }),
      });
      location.hash = "#/silences";
    });
  };
  await preview();
  return [form];
}

const pages = { "/alerts": showAlerts, "/silences": showSilences, "/silences/new": showNewSilence, "/explain": showExplanation };

let turn = 0;

async function show() {
  const mine = ++turn;
  const { path, query } = hash();
  try {
    const made = await (pages[path] || showAlerts)(query);
    if (mine === turn) {
      main.replaceChildren(...made);
      problem.hidden = true;
    }
  } catch (e) {
    problem.textContent = e.message;
    problem.hidden = false;
  }
}

async function act(action) {
  try {
    await action();
    await show();
  } catch (e) {
    problem.textContent = e.message;
    problem.hidden = false;
  }
}

addEventListener("hashchange", show);
filter.addEventListener("change", show);
setInterval(() => { if (hash().path === "/alerts") show(); }, 10e3);
show();
