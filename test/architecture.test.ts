import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, it } from "vitest";

/** The floors from the ground up: a file may import from its own folder and from any floor before it. */
const floors = [
  "kernels",
  "tensor",
  "math",
  "conv",
  "stimuli",
  "cells",
  "reverse-correlation",
  "fit",
  "learn",
  "compare",
  "formats",
  "plot",
  "experiments",
];
const edges = ["node", "cli", "lab"];

/** The packages that each part may import; the decision pages say why. */
const packages: Record<string, readonly string[]> = {
  formats: ["fflate", "h5wasm"],
  node: ["jsdom", "plotly.js-cartesian-dist-min", "@napi-rs/canvas", "svg-path-properties", "sharp", "@resvg/resvg-js"],
  cli: ["commander"],
};

const root = join(import.meta.dirname, "..", "src");

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

/** Every module that a source names: static, type-only, re-exported and dynamic. */
function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const named = code.matchAll(/(?:^|[\s;}])(?:import|export)\s[^;'"]*?from\s*["']([^"']+)["']/g);
  const bare = code.matchAll(/(?:^|[\s;])import\s*["']([^"']+)["']/g);
  const dynamic = code.matchAll(/\bimport\s*\(\s*["']([^"']+)["']/g);
  return [...named, ...bare, ...dynamic].map((match) => match[1]);
}

const sources = filesBelow(root).map((path) => {
  const text = readFileSync(path, "utf8");
  return {
    path,
    name: relative(root, path),
    place: relative(root, path).split("/")[0],
    text,
    imports: importsOf(text),
  };
});

function violationOf(source: (typeof sources)[number], imported: string): string | undefined {
  const core = !edges.includes(source.place);
  if (imported.startsWith("node:"))
    return core || source.place === "lab" ? "only node/ and cli/ may import node:" : undefined;
  if (!imported.startsWith(".")) {
    return packages[source.place]?.includes(imported) ? undefined : `${source.place} may not import this package`;
  }
  if (!imported.endsWith(".js")) return "imports are written ./name.js";
  const target = normalize(join(dirname(source.name), imported)).split("/")[0];
  if (target === source.place || source.name === "index.ts") return undefined;
  if (target === "index.js") return core ? "the core does not import its own face" : undefined;
  if (core && edges.includes(target)) return "nothing imports an edge";
  if (!core) return source.place === "node" && target === "cli" ? "node/ does not import cli/" : undefined;
  return floors.indexOf(target) < floors.indexOf(source.place) ? undefined : `${target} is not below ${source.place}`;
}

describe("the house", () => {
  it("has only the named floors and edges", () => {
    const places = readdirSync(root).filter((name) => statSync(join(root, name)).isDirectory());
    expect(places.filter((place) => ![...floors, ...edges].includes(place))).toEqual([]);
  });

  it("lets a file import only from its own folder, from floors below, and the packages named for it", () => {
    const violations = sources.flatMap((source) =>
      source.imports.flatMap((imported) => {
        const violation = violationOf(source, imported);
        return violation === undefined ? [] : [`${source.name} imports ${imported}: ${violation}`];
      }),
    );
    expect(violations).toEqual([]);
  });

  it("has no cycle of imports, type-only imports included", () => {
    const graph = new Map(
      sources.map((source) => [
        source.name,
        source.imports
          .filter((imported) => imported.startsWith("."))
          .map((imported) => normalize(join(dirname(source.name), imported)).replace(/\.js$/, ".ts")),
      ]),
    );
    expect(cycleOf(graph)).toEqual([]);
  });

  it("keeps every file within 300 lines", () => {
    const long = sources.filter((source) => source.text.split("\n").length > 301).map((source) => source.name);
    expect(long).toEqual([]);
  });

  it("names its files in kebab-case", () => {
    expect(
      sources.filter((source) => !/^[a-z0-9-]+\.ts$/.test(source.name.split("/").at(-1)!)).map((s) => s.name),
    ).toEqual([]);
  });

  it("finds imports of every form, so that none slips by", () => {
    const text = `import { a } from "./a.js";\nimport type { B } from "../b.js";\nexport * from "./c.js";\nimport "./d.js";\nconst e = await import("./e.js");\nimport {\n  f,\n} from "f";`;
    expect(importsOf(text).sort()).toEqual(["../b.js", "./a.js", "./c.js", "./d.js", "./e.js", "f"]);
  });
});

function cycleOf(graph: Map<string, string[]>): string[] {
  const finished = new Set<string>();
  const visit = (name: string, trail: readonly string[]): string[] => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name];
    if (finished.has(name)) return [];
    for (const next of graph.get(name) ?? []) {
      const cycle = visit(next, [...trail, name]);
      if (cycle.length > 0) return cycle;
    }
    finished.add(name);
    return [];
  };
  for (const name of graph.keys()) {
    const cycle = visit(name, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
