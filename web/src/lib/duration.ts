/** Lengths of time in whole seconds, as people type them. */

const units: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  秒: 1,
  m: 60,
  min: 60,
  分: 60,
  分钟: 60,
  h: 3600,
  hr: 3600,
  时: 3600,
  小时: 3600,
  d: 86_400,
  天: 86_400,
};

/** The seconds of 1:30, 90 min, 1 h 30 min or 1.5 小时; a bare number is minutes. Null when it is none. */
export function readDuration(typed: string): number | null {
  const text = typed.normalize("NFKC").toLowerCase().replace(/\s/g, "");
  if (/^\d{1,9}$/.test(text)) return Number(text) * 60;
  const clock = /^(\d{1,9}):([0-5]\d)(?::([0-5]\d))?$/.exec(text);
  if (clock) return Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0);
  const parts = Array.from(text.matchAll(/(\d+(?:\.\d+)?)([^\d.]+)/g));
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) return null;
  let seconds = 0;
  for (const [, digits = "", unit = ""] of parts) {
    const size = units[unit];
    if (size === undefined) return null;
    seconds += Number(digits) * size;
  }
  return Number.isInteger(seconds) ? seconds : null;
}

/** 1 h 30 min, or 1 小时 30 分钟. */
export function writeDuration(seconds: number, chinese: boolean): string {
  const names = chinese ? ["小时", "分钟", "秒"] : ["h", "min", "s"];
  const counts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const parts = counts.flatMap((count, i) => (count > 0 ? [`${count} ${names[i]}`] : []));
  return parts.length > 0 ? parts.join(" ") : `0 ${names[1]}`;
}
