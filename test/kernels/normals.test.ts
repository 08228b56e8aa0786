import { describe, expect, it } from "vitest";
import { fillNormalsTwin, fillWordsTwin } from "../../src/kernels/normals.js";
import { compileRowFillers, rowFillers } from "../../src/kernels/normals-fill.js";
import { philox } from "../../src/kernels/normals-philox.js";

type Words = readonly [number, number, number, number];

/** The generator again, by big integers and nothing else in common. */
function slowPhilox(counter: Words, key: readonly [number, number]): number[] {
  let [a, b, c, d] = counter.map(BigInt);
  let [k0, k1] = key.map(BigInt);
  const low = (x: bigint) => x & 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const [p, q] = [a * 0xd2511f53n, c * 0xcd9e8d57n];
    [a, b, c, d] = [(q >> 32n) ^ b ^ k0, low(q), (p >> 32n) ^ d ^ k1, low(p)];
    [k0, k1] = [low(k0 + 0x9e3779b9n), low(k1 + 0xbb67ae85n)];
  }
  return [a, b, c, d].map(Number);
}

function fastPhilox(counter: Words, key: readonly [number, number]): number[] {
  const out = new Uint32Array(4);
  philox(out, 0, ...counter, ...key);
  return [...out];
}

/** Words without pattern, by another generator (Weyl steps and a multiply). */
function mixed(i: number): number {
  const x = Math.imul((i + 1) ^ ((i + 1) >>> 15), 0x2c1b3c6d);
  return (x ^ (x >>> 12)) >>> 0;
}

/** How many elements differ in a bit. */
function differing(a: Float32Array | Uint32Array, b: Float32Array | Uint32Array): number {
  const [x, y] = [a, b].map((values) => new Uint32Array(values.buffer, values.byteOffset, values.length));
  return x.reduce((count, bits, i) => count + (bits === y[i] ? 0 : 1), 0);
}

describe("Philox4x32-10", () => {
  // Random123's kat_vectors, "philox4x32 10"
  const known: [string, Words, [number, number], number[]][] = [
    ["zeros", [0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [
      "ones",
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      "the digits of pi",
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ];
  it.each(known)("gives the published words for %s", (_, counter, key, words) => {
    expect(fastPhilox(counter, key)).toEqual(words);
  });

  it("agrees with the same rounds in big integers", () => {
    for (let i = 0; i < 500; i++) {
      const counter: Words = [mixed(6 * i), mixed(6 * i + 1), mixed(6 * i + 2), mixed(6 * i + 3)];
      const key = [mixed(6 * i + 4), mixed(6 * i + 5)] as const;
      expect(fastPhilox(counter, key)).toEqual(slowPhilox(counter, key));
    }
  });
});

describe("a row of words or normals", () => {
  it("is the same bits from the compiled kernel and from its twin", () => {
    const compiled = compileRowFillers();
    expect(compiled).toBeDefined();
    for (const length of [1, 15, 16, 17, 100, 576, 16 * 1024 - 1, 16 * 1024 + 1, 40_000]) {
      for (let row = 0; row < 8; row++) {
        const place = [mixed(row) | 0, mixed(row + 99) | 0, row, mixed(row + 999) | 0, mixed(row + 9999) | 0] as const;
        const [fast, slow] = [new Float32Array(length), new Float32Array(length)];
        compiled?.normals(fast, ...place);
        fillNormalsTwin(slow, ...place);
        expect(differing(fast, slow)).toBe(0);
        const [fastWords, slowWords] = [new Uint32Array(length), new Uint32Array(length)];
        compiled?.words(fastWords, ...place);
        fillWordsTwin(slowWords, ...place);
        expect(differing(fastWords, slowWords)).toBe(0);
        expect(fast[0] !== 0 && fastWords[0] !== 0).toBe(true);
      }
    }
  });

  it("when shorter is the start of a longer one, and nothing beyond is written", () => {
    for (const [fill, Row] of [
      [rowFillers().normals, Float32Array],
      [fillNormalsTwin, Float32Array],
      [rowFillers().words, Uint32Array],
      [fillWordsTwin, Uint32Array],
    ] as const) {
      const long = new Row(100);
      (fill as (out: typeof long, ...place: number[]) => void)(long, 5, 0, 1, 7, 0);
      for (const length of [0, 1, 16, 37, 99]) {
        const guarded = new Row(101).fill(9);
        (fill as (out: typeof long, ...place: number[]) => void)(guarded.subarray(0, length), 5, 0, 1, 7, 0);
        expect(differing(guarded.subarray(0, length), long.subarray(0, length))).toBe(0);
        expect(guarded.subarray(length).every((value) => value === 9)).toBe(true);
      }
    }
  });

  it("has the words of four Philox blocks side by side in every sixteen", () => {
    const row = new Uint32Array(64);
    fillWordsTwin(row, 3, 4, 1, 11, 12);
    for (let block = 0; block < 16; block++) {
      const at = 16 * (block >> 2) + (block & 3);
      expect([0, 4, 8, 12].map((w) => row[at + w])).toEqual(slowPhilox([block, 3, 4, 1], [11, 12]));
    }
  });

  it("as normals is Box and Muller's of the words of their blocks, to single precision", () => {
    const values = new Float32Array(160);
    fillNormalsTwin(values, 3, 0, 1, 11, 0);
    for (let block = 0; block < 40; block++) {
      const words = fastPhilox([block, 3, 0, 1], [11, 0]);
      const at = 16 * (block >> 2) + (block & 3);
      for (const w of [0, 2]) {
        const radius = Math.sqrt(-2 * Math.log((2 * (words[w] >>> 2) + 1) / 2 ** 31));
        // the lower 30 bits, signed, are the angle; bit 30 exchanges the two, bit 31 is the sign of both
        const angle = (((words[w + 1] << 2) / 2 ** 31) * Math.PI) / 4;
        const sign = words[w + 1] >>> 31 ? -1 : 1;
        const pair = [sign * radius * Math.cos(angle), sign * radius * Math.sin(angle)];
        if ((words[w + 1] >>> 30) & 1) pair.reverse();
        expect(Math.abs(values[at + 4 * w] - pair[0])).toBeLessThan(2e-6);
        expect(Math.abs(values[at + 4 * w + 4] - pair[1])).toBeLessThan(2e-6);
      }
    }
  });
});
