import { describe, expect, it } from "vitest";
import {
  checkChoice,
  checkFinite,
  checkInteger,
  checkNumber,
  checkOptions,
  checkPositive,
  checkTensor,
  describe as described,
} from "../../src/tensor/arguments.js";
import { InputError } from "../../src/tensor/errors.js";
import { sizeOf, tensor, typeOf, zeros } from "../../src/tensor/tensor.js";

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("tensor", () => {
  it("is float32 by default and float64 where its data is", () => {
    expect(typeOf(tensor([1, 2], [2]))).toBe("float32");
    expect(typeOf(tensor(new Float64Array(2), [2]))).toBe("float64");
    expect(typeOf(tensor([1, 2], [2], "float64"))).toBe("float64");
    expect(typeOf(tensor(new Float64Array(2), [2], "float32"))).toBe("float32");
  });

  it("uses an array of the right type without a copy and copies any other", () => {
    const data = new Float32Array([1, 2, 3]);
    expect(tensor(data, [3]).data).toBe(data);
    expect(tensor([1, 2, 3], [3]).data).toEqual(data);
  });

  it("refuses elements that are no numbers and types that it does not have", () => {
    expect(() => tensor([[1], [2]] as never, [2])).toThrow(
      "tensor: data[0] is a list of 1, a number is needed: nested lists are flattened first",
    );
    expect(() => tensor([1, "b"] as never, [2])).toThrow('tensor: data[1] is "b", a number is needed');
    expect(() => tensor([1], [1], "float16" as never)).toThrow(
      'tensor: type is "float16", "float32" or "float64" is needed',
    );
    expect(tensor([Number.NaN], [1]).data[0]).toBeNaN();
  });

  it.each([
    [() => zeros([1], "int8" as never), 'zeros: type is "int8", "float32" or "float64" is needed'],
    [() => zeros(3 as never), "zeros: shape is 3, a list with the length of every axis is needed"],
    [() => zeros("3" as never), 'zeros: shape is "3", a list with the length of every axis is needed'],
    [() => zeros(undefined as never), "zeros: shape is undefined, a list with the length of every axis is needed"],
    [() => zeros(["3"] as never), 'zeros: shape [3] needs whole numbers of at least 0, axis 0 is "3"'],
    [
      () => tensor([1], undefined as never),
      "tensor: shape is undefined, a list with the length of every axis is needed",
    ],
    [() => tensor(undefined as never, [1]), "tensor: data is undefined, a list or typed array of numbers is needed"],
    [() => tensor("1" as never, [1]), 'tensor: data is "1", a list or typed array of numbers is needed'],
    [
      () => tensor(new BigInt64Array(2) as never, [2]),
      "tensor: data is an object (BigInt64Array), a list or typed array of numbers is needed",
    ],
    [() => tensor(["1", "2"] as never, [2]), 'tensor: data[0] is "1", a number is needed'],
  ])("refuses arguments of other kinds: %s", (make, message) => {
    const error = caught(make);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toBe(message);
  });

  it("takes every typed array of numbers", () => {
    for (const list of [new Int8Array([1, 2]), new Uint16Array([1, 2]), Object.freeze([1, 2])])
      expect(tensor(list, [2]).data).toEqual(new Float32Array([1, 2]));
  });

  it("keeps a copy of the shape", () => {
    const shape = [2];
    const made = tensor([1, 2], shape);
    shape[0] = 7;
    expect(made.shape).toEqual([2]);
  });

  it("refuses data whose count is not the product of the shape", () => {
    expect(() => tensor([1, 2, 3], [2, 2])).toThrow("tensor: data has 3 elements, shape [2, 2] needs 4");
  });

  it("refuses lengths that are no whole numbers, and tensors too large to address", () => {
    expect(() => tensor([], [1.5])).toThrow("tensor: shape [1.5] needs whole numbers of at least 0, axis 0 is 1.5");
    expect(() => zeros([2, -1])).toThrow("zeros: shape [2, -1] needs whole numbers of at least 0, axis 1 is -1");
    expect(() => zeros([65536, 65536])).toThrow("has 4294967296 elements, at most 2147483648 fit");
  });

  it("has one element for no axes and none for an axis of 0", () => {
    expect(sizeOf([])).toBe(1);
    expect(zeros([3, 0]).data.length).toBe(0);
  });
});

describe("argument checks", () => {
  const messageOf = (check: () => void): string => {
    try {
      check();
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return (error as Error).message;
    }
    return "";
  };

  it("name the function, the argument, what it got and what it needs", () => {
    expect(messageOf(() => checkInteger("f", "n", 1.5, 1))).toBe("f: n is 1.5, a whole number of at least 1 is needed");
    expect(messageOf(() => checkInteger("f", "n", 9, 0, 3))).toBe("f: n is 9, a whole number from 0 to 3 is needed");
    expect(messageOf(() => checkNumber("f", "x", Number.NaN))).toBe("f: x is NaN, a finite number is needed");
    expect(messageOf(() => checkPositive("f", "x", 0))).toBe("f: x is 0, a number above 0 is needed");
    expect(messageOf(() => checkChoice("f", "c", "z", ["a", "b"]))).toBe('f: c is "z", one of "a", "b" is needed');
    expect(messageOf(() => checkFinite("f", "v", [0, Number.POSITIVE_INFINITY]))).toBe(
      "f: v[1] is Infinity, finite numbers are needed",
    );
    expect(messageOf(() => checkTensor("f", "t", [1, 2]))).toBe("f: t is a list of 2, a tensor is needed");
    expect(messageOf(() => checkTensor("f", "t", zeros([2]), 2))).toBe("f: t has shape [2], 2 axes are needed");
    expect(messageOf(() => checkOptions("f", { lag: 1 }, ["lags"]))).toBe(
      'f: option "lag" is not known, it takes lags',
    );
  });

  it("name the part of a tensor written by hand that does not fit", () => {
    const refusal = (parts: object) => messageOf(() => checkTensor("f", "t", { kind: "tensor", ...parts }));
    const data = new Float32Array(3);
    expect(refusal({ data })).toBe("f: t.shape is undefined, a list of lengths is needed");
    expect(refusal({ shape: [3] })).toBe("f: t.data is undefined, a Float32Array or Float64Array is needed");
    expect(refusal({ shape: [3], data: [1, 2, 3] })).toBe(
      "f: t.data is a list of 3, a Float32Array or Float64Array is needed",
    );
    expect(refusal({ shape: [2, 2], data })).toBe("f: t.data has 3 elements, shape [2, 2] needs 4");
  });

  it("refuse options that are no record", () => {
    const refusal = (options: unknown) => messageOf(() => checkOptions("f", options as object, ["lags"]));
    expect(refusal(null)).toBe("f: options is null, a record is needed");
    expect(refusal(5)).toBe("f: options is 5, a record is needed");
    expect(refusal([])).toBe("f: options is a list of 0, a record is needed");
    expect(refusal(() => 1)).toBe("f: options is a function, a record is needed");
    expect(refusal(Object.freeze(Object.assign(Object.create(null), { lags: 1 })))).toBe("");
  });

  it("pass what fits", () => {
    expect(messageOf(() => checkInteger("f", "n", 3, 0, 3))).toBe("");
    expect(messageOf(() => checkPositive("f", "x", 1e-9))).toBe("");
    expect(messageOf(() => checkTensor("f", "t", zeros([2, 2]), 2))).toBe("");
    expect(messageOf(() => checkOptions("f", undefined, []))).toBe("");
  });

  it("describe any value in a word or two", () => {
    expect([described(zeros([2, 3])), described({}), described("a"), described(() => 0)]).toEqual([
      "a tensor of shape [2, 3]",
      "an object (Object)",
      '"a"',
      "a function",
    ]);
  });
});
