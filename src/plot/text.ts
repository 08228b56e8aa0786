/** What is measured, and in which unit; the unit of a pure number is "". */
export interface Quantity {
  readonly label: string;
  readonly unit: string;
}

/** A quantity as an axis shows it: `frequency (cycles/degree)`. */
export function quantityText(quantity: Quantity): string {
  return labelText(quantity.unit === "" ? quantity.label : `${quantity.label} (${quantity.unit})`);
}

/** A text for plotly, which reads `<` and `&` as mark-up. */
export function labelText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** The lines of a text of at most `most` characters each, broken at spaces; a longer word stands alone. */
export function wrapText(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A number with so many significant digits, without an exponent where it is short: `0.0123`, `1235`, `1.20e-7`. */
export function numberText(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value > 0 ? "∞" : "-∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return `${value}`;
  const magnitude = Math.abs(value);
  if (magnitude < 1e-4 || magnitude >= 1e7) return value.toExponential(digits - 1);
  const rounded = Number(magnitude.toPrecision(digits));
  return value.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(rounded))));
}

/** A number on an axis: no zeros after the last digit that counts, and the minus sign that plotly writes. */
export function tickText(value: number): string {
  return `${Number(value.toPrecision(4))}`.replace("-", "−");
}

/** A value and its standard error, both to the error's second digit: `1.234 ± 0.056`. */
export function measuredText(value: number, error: number): string {
  const decimals = 1 - Math.floor(Math.log10(Number(error.toPrecision(2))));
  if (!Number.isFinite(value) || !(decimals <= 7 && decimals >= -5))
    return `${numberText(value)} ± ${numberText(error, 2)}`;
  return `${toDecimals(value, decimals)} ± ${toDecimals(error, decimals)}`;
}

/** Rounded to so many decimals; below 0, to tens, hundreds, …. */
function toDecimals(value: number, decimals: number): string {
  if (decimals >= 0) return value.toFixed(decimals);
  return `${Math.round(value * 10 ** decimals) * 10 ** -decimals}`;
}
