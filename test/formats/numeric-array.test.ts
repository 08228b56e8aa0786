import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type NumericArray, tensorFrom } from "../../src/formats/numeric-array.js";
import { InputError } from "../../src/tensor/errors.js";

function columnMajor(shape: readonly number[], data: NumericArray["data"]): NumericArray {
  return { kind: "array", type: "test", shape, order: "column-major", data };
}

/** The place of an index, first index fastest. */
function placeOf(index: readonly number[], shape: readonly number[]): number {
  return index.reduceRight((place, i, axis) => place * shape[axis] + i, 0);
}

describe("tensorFrom", () => {
  it("keeps every element at its index, for any shape", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 5 }), (shape) => {
        const size = shape.reduce((product, length) => product * length, 1);
        const tensor = tensorFrom(
          columnMajor(
            shape,
            Float64Array.from({ length: size }, (_, i) => i),
          ),
        );
        expect(tensor.shape).toEqual(shape);
        for (let at = 0; at < size; at++) {
          // the index that a row-major place stands for, last index fastest
          let rest = at;
          const index = [...shape].reverse().map((length) => {
            const i = rest % length;
            rest = (rest - i) / length;
            return i;
          });
          expect(tensor.data[at]).toBe(placeOf(index.reverse(), shape));
        }
      }),
    );
  });

  it("chooses float32 where that holds every value of the type, else float64", () => {
    const types = [Int8Array, Uint8Array, Int16Array, Uint16Array, Float32Array].map((T) => new T([1]));
    for (const data of types) expect(tensorFrom(columnMajor([1], data)).data).toBeInstanceOf(Float32Array);
    const wide = [Int32Array, Uint32Array, Float64Array].map((T) => new T([1]));
    for (const data of wide) expect(tensorFrom(columnMajor([1], data)).data).toBeInstanceOf(Float64Array);
    expect(tensorFrom(columnMajor([1], new Float64Array([1])), "float32").data).toBeInstanceOf(Float32Array);
  });

  it("refuses what it cannot turn into a tensor", () => {
    const complex = { ...columnMajor([1], new Float64Array(1)), imaginary: new Float64Array(1) };
    expect(() => tensorFrom(complex)).toThrow(new InputError("tensorFrom: array is complex, real numbers are needed"));
    const short = columnMajor([2, 2], new Float64Array(3));
    const message = "tensorFrom: array has 3 elements, its shape [2, 2] needs 4";
    expect(() => tensorFrom(short)).toThrow(new InputError(message));
    const text = { kind: "text", shape: [1, 1], rows: ["a"] } as unknown as NumericArray;
    const kind = "tensorFrom: array is an object (Object), an array read from a file is needed";
    expect(() => tensorFrom(text)).toThrow(new InputError(kind));
    const order = { ...columnMajor([1], new Float64Array(1)), order: "zigzag" } as unknown as NumericArray;
    expect(() => tensorFrom(order)).toThrow('array.order is "zigzag", one of "row-major", "column-major" is needed');
    expect(() => tensorFrom(columnMajor([1], new Float64Array(1)), "int8" as "float32")).toThrow('type is "int8"');
  });
});
