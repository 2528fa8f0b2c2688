// Numbers as people read them. Labels hold {names} for the values.
export const fill = (label, values) => label.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

const STEP = 1000;

// "62 of 84 MB": both in the unit of the whole.
export function amount(done, all, labels) {
  let unit = 0;
  while (all / STEP ** unit >= STEP && unit < labels.units.length - 1) unit += 1;
  const digits = unit > 1 && all / STEP ** unit < 10 ? 1 : 0;
  const format = new Intl.NumberFormat(document.documentElement.lang, {
    maximumFractionDigits: digits,
  });
  const said = (bytes) => format.format(bytes / STEP ** unit);
  return fill(labels.of, { done: said(done), all: `${said(all)} ${labels.units[unit]}` });
}

export function left(seconds, labels) {
  if (seconds < 60) return fill(labels.seconds, { n: Math.max(1, Math.ceil(seconds / 5) * 5) });
  if (seconds < 3600) return fill(labels.minutes, { n: Math.ceil(seconds / 60) });
  return fill(labels.hours, { n: Math.ceil(seconds / 3600) });
}
