import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { stepOf } from "../../src/math/grid.js";
import { protocolFields, protocolNames, stimulusFromProtocol } from "../../src/stimuli/protocol.js";
import { noiseDistributions, whiteNoise } from "../../src/stimuli/white-noise.js";
import { InputError } from "../../src/tensor/errors.js";

const folder = new URL("../../stimuli/", import.meta.url);
const textOf = (name: string) => readFileSync(new URL(name, folder), "utf8");
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
const protocolFiles = files.filter((name) => name !== "protocol.schema.json");

interface Schema {
  readonly type?: "object" | "string" | "integer" | "number";
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}
type ObjectSchema = Schema & Required<Pick<Schema, "properties" | "required">>;

const schema = JSON.parse(textOf("protocol.schema.json")) as ObjectSchema;
const gridSchema = schema.properties.grid as ObjectSchema;
const full = { $schema: "./protocol.schema.json", ...whiteNoise({ ...basic(), seed: 2 }).specification };

function basic() {
  return { grid: { height: 3, width: 4, step: 0.5 }, frames: 10, frameSeconds: 0.02 };
}

/** Values that the schema's own words refuse, and ones on the edge that they take. */
function around(rule: Schema): { wrong: unknown[]; right: unknown[] } {
  const [wrong, right]: [unknown[], unknown[]] = [[null, [], true], []];
  if (rule.type !== "object") wrong.push({});
  if (rule.type === "string") right.push("x", "");
  else wrong.push("no such word");
  if (rule.type === "integer") wrong.push((rule.minimum ?? 0) + 0.5);
  if (rule.type !== "integer" && rule.type !== "number") wrong.push(1);
  if (rule.const !== undefined) right.push(rule.const);
  if (rule.enum !== undefined) right.push(...rule.enum);
  if (rule.minimum !== undefined) {
    wrong.push(rule.minimum - 1);
    right.push(rule.minimum);
  }
  if (rule.exclusiveMinimum !== undefined) {
    wrong.push(rule.exclusiveMinimum);
    right.push(rule.exclusiveMinimum + 1e-9);
  }
  if (rule.maximum !== undefined) {
    wrong.push(rule.maximum + 1);
    right.push(rule.maximum);
  }
  if (rule.default !== undefined) right.push(rule.default);
  return { wrong, right };
}

describe("stimulusFromProtocol", () => {
  it("makes again, bit for bit, a stimulus whose specification was written out", () => {
    for (const distribution of noiseDistributions) {
      const noise = whiteNoise({ ...basic(), distribution, contrast: 0.7, seed: 2 ** 40 + 1 });
      const again = stimulusFromProtocol(JSON.parse(JSON.stringify(noise.specification)));
      expect(again.read(0, 10)).toEqual(noise.read(0, 10));
      expect(again.specification).toEqual(noise.specification);
    }
  });

  it.each(protocolFiles)("makes the stimulus of %s", (name) => {
    const protocol = JSON.parse(textOf(name));
    const stimulus = stimulusFromProtocol(protocol);
    const { $schema, ...rest } = protocol;
    expect($schema).toBe("./protocol.schema.json");
    expect(stimulus.specification).toEqual(rest);
    expect(stimulus.read(stimulus.frames - 1, 1)).toHaveLength(protocol.grid.height * protocol.grid.width);
  });

  it.each<[unknown, string]>([
    [null, "protocol is null, a JSON object is needed"],
    [[1], "protocol is a list of 1, a JSON object is needed"],
    [{ ...full, name: "grating" }, 'name is "grating", one of "white-noise" is needed'],
    [
      { ...full, speed: 1 },
      `protocol has a field "speed" that is not known, it takes ${protocolFields.protocol.join(", ")}`,
    ],
    [
      { ...full, grid: { height: 3, width: 4, depth: 1 } },
      'grid has a field "depth" that is not known, it takes height, width, step',
    ],
    [{ ...full, $schema: 1 }, "$schema is 1, a string is needed"],
    [{ ...full, grid: 16 }, "grid is 16, { height, width, step? } is needed"],
    [{ ...full, frames: "10" }, 'frames is "10", a whole number of at least 1 is needed'],
    [{ ...full, seed: -1 }, "seed is -1, a whole number of at least 0 is needed"],
  ])("refuses %o", (protocol, message) => {
    expect(() => stimulusFromProtocol(protocol)).toThrow(new InputError(`stimulusFromProtocol: ${message}`));
  });
});

describe("protocol.schema.json", () => {
  it("names the fields that the function takes, and closes both records", () => {
    expect(Object.keys(schema.properties)).toEqual([...protocolFields.protocol]);
    expect(Object.keys(gridSchema.properties)).toEqual([...protocolFields.grid]);
    expect([schema.additionalProperties, gridSchema.additionalProperties]).toEqual([false, false]);
    expect(schema.properties.distribution.enum).toEqual([...noiseDistributions]);
    expect(protocolNames).toEqual([schema.properties.name.const]);
  });

  it("asks for the fields that the function cannot do without, and for no others", () => {
    for (const field of Object.keys(schema.properties)) {
      const { [field]: _, ...rest } = full as Record<string, unknown>;
      const make = () => stimulusFromProtocol(rest);
      if (schema.required.includes(field)) expect(make, field).toThrow(`stimulusFromProtocol: ${field} is undefined`);
      else expect(make, field).not.toThrow();
    }
    for (const field of Object.keys(gridSchema.properties)) {
      const { [field]: _, ...rest } = basic().grid as Record<string, unknown>;
      const make = () => stimulusFromProtocol({ ...full, grid: rest });
      if (gridSchema.required.includes(field)) expect(make, field).toThrow(`grid.${field} is undefined`);
      else expect(make, field).not.toThrow();
    }
  });

  it("draws the limits of each field where the function draws them", () => {
    for (const [field, rule] of Object.entries(schema.properties)) {
      const { wrong, right } = around(rule);
      for (const value of wrong)
        expect(() => stimulusFromProtocol({ ...full, [field]: value }), `${field}: ${value}`).toThrow(field);
      for (const value of right)
        expect(() => stimulusFromProtocol({ ...full, [field]: value }), `${field}: ${value}`).not.toThrow();
    }
    for (const [field, rule] of Object.entries(gridSchema.properties)) {
      const { wrong, right } = around(rule);
      const withGrid = (value: unknown) => () =>
        stimulusFromProtocol({ ...full, grid: { ...basic().grid, [field]: value } });
      for (const value of wrong) expect(withGrid(value), `grid.${field}: ${value}`).toThrow(`grid.${field}`);
      for (const value of right) expect(withGrid(value), `grid.${field}: ${value}`).not.toThrow();
    }
  });

  it("gives the defaults that the function fills in, and a description of every field", () => {
    const { distribution, contrast, $schema, ...bare } = full as Record<string, unknown>;
    const grid = { height: 3, width: 4 };
    expect(stimulusFromProtocol({ ...bare, grid }).specification).toMatchObject({
      distribution: schema.properties.distribution.default,
      contrast: schema.properties.contrast.default,
    });
    expect(stepOf(stimulusFromProtocol({ ...bare, grid }).grid)).toBe(gridSchema.properties.step.default);
    const fields = [...Object.values(schema.properties), ...Object.values(gridSchema.properties)];
    for (const field of fields) expect(field.description?.length).toBeGreaterThan(5);
  });
});

describe("stimuli/README.md", () => {
  it("lists every file with its sha256", () => {
    const readme = textOf("README.md");
    expect(files.length).toBeGreaterThan(1);
    for (const name of files) {
      const hash = createHash("sha256").update(textOf(name)).digest("hex");
      expect(readme).toMatch(new RegExp(`^\\| ${name} +\\| ${hash} \\|$`, "m"));
    }
  });
});
