// Times and durations as people read them, in their own time zone.

const UNITS = { s: 1e3, m: 60e3, h: 3600e3, d: 86400e3, w: 604800e3 };

/// Beyond it, times are no times any more.
const LONGEST = 3650 * UNITS.d;

/// The milliseconds of `30m`, `2h` or `1d12h`.
export function millis(text) {
  const parts = [...text.trim().matchAll(/(\d+)\s*([smhdw])\s*/g)];
  if (!parts.length || parts.map(it => it[0]).join("") !== text.trim()) {
    throw new Error(`'${text}' is not a duration; write 30m, 2h or 1d`);
  }
  const sum = parts.reduce((total, it) => total + it[1] * UNITS[it[2]], 0);
  if (sum > LONGEST) throw new Error(`'${text}' is above ten years; write 30m, 2h or 1d`);
  if (sum === 0) throw new Error("the duration is 0; write 30m, 2h or 1d");
  return sum;
}

/// `1d12h` of milliseconds, to the minute.
export function shortDuration(ms) {
  let left = Math.max(1, Math.round(ms / 60e3));
  let text = "";
  for (const [unit, minutes] of [["d", 1440], ["h", 60], ["m", 1]]) {
    if (left >= minutes) {
      text += Math.floor(left / minutes) + unit;
      left %= minutes;
    }
  }
  return text;
}

/// About how long: `5 min`, `2 h 10 min`, `3 d 4 h`.
export function age(ms) {
  const minutes = Math.floor(ms / 60e3);
  if (ms < 60e3) return `${Math.max(0, Math.floor(ms / 1e3))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${Math.floor(hours / 24)} d`;
}

/// A time: of today without the date.
export function time(text, now) {
  const at = new Date(text);
  const clock = at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  if (at.toDateString() === new Date(now).toDateString()) return clock;
  const far = Math.abs(at - now) > 300 * 86400e3;
  const day = at.toLocaleDateString(undefined, { weekday: "short", day: "numeric", month: "short", ...(far ? { year: "numeric" } : {}) });
  return `${day} ${clock}`;
}

/// A time on an axis: with the day below it where that is another than before, or than today at the
/// begin; with seconds where the times are less than a minute apart.
///
/// @param before the time left of it, if there is one
/// @param step the milliseconds between two
export function axisTime(at, before, step, now) {
  const day = new Date(at);
  const date = day.toLocaleDateString(undefined, { day: "numeric", month: "short" });
  if (step >= 86400e3) return date;
  const clock = day.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(step < 60e3 ? { second: "2-digit" } : {}) });
  return day.toDateString() === new Date(before ?? now).toDateString() ? clock : `${clock}\n${date}`;
}

/// A text in which times in ISO 8601, or as messages have them, are shown in the reader's time zone.
export function localTimes(text, now) {
  return text.replace(/(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z| UTC)/g, (_, day, clock) => time(`${day}T${clock}Z`, now));
}
