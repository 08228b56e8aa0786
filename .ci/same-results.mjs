// Exits 1 unless two results.json hold the same numbers; what a run's machine and clock decide is left out.
// usage: node .ci/same-results.mjs A B
import { readFileSync } from "node:fs";

const [a, b] = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, "utf8")));

function differences(left, right, path) {
  if (Object.is(left, right)) return [];
  const nested = typeof left === "object" && typeof right === "object" && left !== null && right !== null;
  if (!nested) return [`${path}: ${JSON.stringify(left)} and ${JSON.stringify(right)}`];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].flatMap((key) => differences(left[key], right[key], `${path}.${key}`));
}

const found = differences(a.experiments, b.experiments, "experiments");
for (const line of found.slice(0, 10)) console.error(line);
console.log(found.length === 0 ? "every number is the same" : `${found.length} numbers differ`);
process.exit(found.length === 0 ? 0 : 1);
