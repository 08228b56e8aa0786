/**
 * What it costs to begin: `import "striate"` beside a bare Node, and `striate --help`; whole processes, in turn.
 *
 * npm run build && npx tsx bench/startup.ts [runs 15]
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median, quantile } from "../src/math/statistics.js";

const [runs = 15] = process.argv.slice(2).map(Number);
const built = (path: string) => fileURLToPath(new URL(`../dist/${path}`, import.meta.url));
const commands = {
  "bare Node": ["--input-type=module", "-e", ""],
  'import "striate"': ["--input-type=module", "-e", `import ${JSON.stringify(built("index.js"))}`],
  "striate --help": [built("cli/striate.js"), "--help"],
};

function seconds(args: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
  return (performance.now() - started) / 1000;
}

const times = Object.fromEntries(Object.keys(commands).map((name) => [name, [] as number[]]));
for (let run = 0; run <= runs; run++) {
  for (const [name, args] of Object.entries(commands)) {
    const took = seconds(args);
    // The first round fills the disk's cache.
    if (run > 0) times[name].push(took);
  }
}
const rows = Object.entries(times).map(([name, all]) => ({ name, median: median(all), p90: quantile(all, 0.9) }));
for (const { name, median: middle, p90 } of rows) {
  const beyond = middle - rows[0].median;
  console.log(
    `${name.padEnd(18)} median ${middle.toFixed(3)} s, p90 ${p90.toFixed(3)} s, beyond bare Node ${beyond.toFixed(3)} s`,
  );
}
console.log(JSON.stringify({ bench: "startup", node: process.version, runs, rows }));
