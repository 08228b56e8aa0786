/** The scales of an axis. */
export const scales = ["linear", "log"] as const;

/** Ticks at 1, 2 and 5 of each decade, written out; nothing for a linear axis. */
export function logTicks(scale: "linear" | "log" | undefined) {
  return scale === "log" ? { dtick: "D2", tickformat: "~g", exponentformat: "none" } : {};
}
