// The life of an alert as a small chart: since when it was pending, when it fired, and when somebody
// decided something about it. The table of decisions says the same in words.

import { h } from "./dom.js";
import { age, axisTime, time } from "./time.js";
import { counted } from "./texts.js";

/// In pixels, with the axis below.
const HEIGHT = 106;

/// Where the bar of states ends and where the sticks of decisions end, of the chart's height.
const BAR = 0.62;
const STICK = 0.95;

/// What is drawn, from the back to the front; each has a swatch of its colour in the key.
const KINDS = ["pending", "firing", "decision", "notification"];

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

const kindOf = mark => (mark.stage === "notify" ? "notification" : "decision");

/// The same as uPlot takes it: the times, then a column of heights for each kind.
export function columns({ bars, marks, from, to }) {
  const times = [...new Set([from, to, ...bars.flatMap(it => [it.from, it.to]), ...marks.map(it => it.at)])].sort((a, b) => a - b);
  return [times, ...KINDS.map(kind => times.map(at => {
    if (bars.some(it => it.kind === kind && it.from <= at && at <= it.to)) return BAR;
    return marks.some(it => kindOf(it) === kind && it.at === at) ? STICK : null;
  }))];
}

/// What is said of the time that somebody points at.
export function readout({ bars, marks }, at, now) {
  const decided = marks.filter(it => it.at === at).map(it => `${it.stage}: ${it.what}`);
  const states = bars.filter(it => it.from <= at && at <= it.to).map(it => it.kind);
  return `${time(at, now)} ${decided.join("; ") || states.at(-1) || "not active"}`;
}

export function timeline(alert, now) {
  const life = spans(alert, now);
  if (!life.bars.length && !life.marks.length) return null;
  const words = `From ${time(life.from, now)} to ${time(life.to, now)}: ` + (life.bars.map(it => `${it.kind} for ${age(it.to - it.from)}`).join(", ") || "not firing")
    + `; ${counted(life.marks.length, "decision")}`;
  return h("figure", { class: "timeline", key: "timeline" },
    h("div", { class: "chart", role: "img", "aria-label": words, mount: node => draw(node, life, now) }),
    h("figcaption", { class: "meta" },
      h("span", { class: "swatches" }, KINDS.map(kind => h("span", { key: kind }, h("span", { class: `swatch ${kind}` }), kind))),
      h("span", { class: "readout", "aria-hidden": "true", mount: () => {} })));
}

/// By element: the chart in it, and what it shows.
const charts = new WeakMap();

/// What was loaded of the library; it is not asked for before the first chart.
let library = null;

function draw(node, life, now) {
  const known = charts.get(node);
  if (known) {
    Object.assign(known, { life, now });
    show(known);
    return;
  }
  const chart = { node, life, now, plot: null };
  charts.set(node, chart);
  library ??= import("./uplot.js");
  library.then(({ default: UPlot }) => {
    // It is as wide as the page, and knows that only when it is a part of it.
    new ResizeObserver(() => {
      const width = node.clientWidth;
      if (!width) return;
      chart.plot ??= new UPlot(options(UPlot, chart), columns(chart.life), node);
      chart.plot.setSize({ width, height: HEIGHT });
    }).observe(node);
  });
}

/// New data moves the chart along, unless somebody has chosen a part of it.
function show({ plot, life }) {
  if (!plot) return;
  const { min, max } = plot.scales.x;
  const times = plot.data[0];
  plot.setData(columns(life), min === times[0] && max === times.at(-1));
}

/// A colour of the key, as the light or the dark scheme has it.
const colour = (chart, kind) => getComputedStyle(chart.node.parentNode.querySelector(`.swatch.${kind}`)).backgroundColor;
const text = chart => getComputedStyle(chart.node).color;
const lines = chart => getComputedStyle(chart.node).borderColor;

function options(UPlot, chart) {
  const area = kind => ({ width: 0, points: { show: false }, fill: () => colour(chart, kind) });
  const sticks = kind => ({
    width: 0, points: { show: false }, fill: () => colour(chart, kind),
    paths: UPlot.paths.bars({ size: [1, kind === "notification" ? 3 : 2, kind === "notification" ? 3 : 2] }),
  });
  const said = chart.node.parentNode.querySelector(".readout");
  return {
    width: chart.node.clientWidth,
    height: HEIGHT,
    ms: 1,
    padding: [0, 8, 0, 8],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false } },
    scales: { x: { time: true }, y: { range: [0, 1] } },
    axes: [
      {
        stroke: () => text(chart), font: "13px system-ui, sans-serif", size: 44, space: 90,
        grid: { stroke: () => lines(chart), width: 1 }, ticks: { stroke: () => lines(chart), width: 1, size: 5 },
        values: (_, splits, _axis, _space, step) => splits.map((at, i) => axisTime(at, splits[i - 1], step, chart.now)),
      },
      { show: false },
    ],
    series: [{}, area("pending"), area("firing"), sticks("decision"), sticks("notification")],
    hooks: {
      setCursor: [plot => { said.textContent = plot.cursor.idx == null ? "" : readout(chart.life, plot.data[0][plot.cursor.idx], chart.now); }],
      ready: [plot => matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { if (chart.node.isConnected) plot.redraw(false); })],
    },
  };
}
