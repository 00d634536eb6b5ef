// The life of an alert as a small chart: since when it was pending, when it fired, and when somebody
// decided something about it. The table of decisions says the same in words.

import { h } from "./dom.js";
import { age, time } from "./time.js";

const WIDTH = 720;
const HEIGHT = 56;
const BAR_TOP = 14;
const BAR_HEIGHT = 18;

/// The spans and marks of an alert, in milliseconds.
///
/// @param alert as `explain` has it
export function spans(alert, now) {
  const marks = alert.decisions.map(it => ({ at: Date.parse(it.at), stage: it.stage, what: it.what }));
  const starts = alert.startsAt ? Date.parse(alert.startsAt) : null;
  const active = alert.activeAt ? Date.parse(alert.activeAt) : null;
  const isOver = alert.state === "resolved";
  const ends = isOver && alert.endsAt ? Date.parse(alert.endsAt) : now;
  const bars = [];
  if (active !== null && (starts === null || active < starts)) bars.push({ kind: "pending", from: active, to: Math.min(starts ?? now, now) });
  if (starts !== null) bars.push({ kind: "firing", from: starts, to: Math.max(ends, starts) });
  const times = [...marks.map(it => it.at), ...bars.map(it => it.from)];
  const from = times.length ? Math.min(...times) : now;
  return { bars, marks, from, to: Math.max(now, from + 1e3) };
}

export function timeline(alert, now) {
  const { bars, marks, from, to } = spans(alert, now);
  if (!bars.length && !marks.length) return null;
  const x = at => Math.round(((at - from) / (to - from)) * (WIDTH - 2) * 10) / 10 + 1;
  const words = `From ${time(from, now)} to ${time(to, now)}: ` + (bars.map(it => `${it.kind} for ${age(it.to - it.from)}`).join(", ") || "not firing")
    + `; ${marks.length} decisions`;
  return h("figure", { class: "timeline", key: "timeline" },
    h("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": words, preserveAspectRatio: "none" },
      h("rect", { class: "base", x: 0, y: BAR_TOP, width: WIDTH, height: BAR_HEIGHT }),
      bars.map(it => h("rect", { key: it.kind, class: it.kind, x: x(it.from), y: BAR_TOP, width: Math.max(2, x(it.to) - x(it.from)), height: BAR_HEIGHT })),
      marks.map((it, i) => h("line", { key: `mark${i}`, class: `mark ${it.stage}`, x1: x(it.at), x2: x(it.at), y1: BAR_TOP - 8, y2: BAR_TOP + BAR_HEIGHT + 8 },
        h("title", {}, `${time(it.at, now)} ${it.stage}: ${it.what}`)))),
    h("figcaption", { class: "meta" }, h("span", {}, time(from, now)),
      h("span", { class: "key" }, h("span", { class: "swatch pending" }), "pending ", h("span", { class: "swatch firing" }), "firing ", h("span", { class: "swatch mark" }), "decision"),
      h("span", {}, `now, ${time(to, now)}`)));
}
