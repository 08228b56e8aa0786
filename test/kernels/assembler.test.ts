import { describe, expect, it } from "vitest";
import {
  assemble,
  block,
  branch,
  branchIf,
  call,
  defineFunction,
  doWhile,
  type drop,
  type Expr,
  type Label,
  loop,
  signed,
  unsigned,
  when,
  whileTrue,
} from "../../src/kernels/assembler.js";
import { f64, i32 } from "../../src/kernels/instructions.js";
import { exportsOf } from "./run-module.js";

describe("the encodings", () => {
  it("write the integers of the specification's examples", () => {
    expect(unsigned(624485)).toEqual([0xe5, 0x8e, 0x26]);
    expect(unsigned(0)).toEqual([0]);
    expect(unsigned(2 ** 32 - 1)).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(signed(-123456n)).toEqual([0xc0, 0xbb, 0x78]);
    expect(signed(63n)).toEqual([63]);
    expect(signed(64n)).toEqual([0xc0, 0]);
    expect(signed(-64n)).toEqual([0x40]);
  });

  it("lay out a module as the specification does, byte for byte", () => {
    const add = defineFunction("add", { a: "i32", b: "i32" }, (_, { a, b }) => ({ body: [], value: i32.add(a, b) }));
    const type = [1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f];
    const code = [10, 9, 1, 7, 0, 0x20, 0, 0x20, 1, 0x6a, 0x0b];
    const name = [7, 7, 1, 3, 0x61, 0x64, 0x64, 0, 0];
    expect([...assemble({ functions: [add] })]).toEqual([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...type,
      ...[3, 2, 1, 0],
      ...name,
      ...code,
    ]);
  });
});

describe("the control flow", () => {
  it("loops, tests and returns: the factorial", () => {
    const factorial = defineFunction("factorial", { n: "i32" }, (f, { n }) => {
      const product = f.local("i32");
      const step = [product.set(i32.mul(product, n)), n.set(i32.sub(n, 1))];
      return { body: [product.set(i32.const(1)), whileTrue(i32.gtS(n, 1), step)], value: product };
    });
    const { factorial: run } = exportsOf([factorial]);
    expect([0, 1, 2, 5, 10].map((n) => run!(n))).toEqual([1, 1, 2, 120, 3628800]);
  });

  it("runs the body of doWhile once where its condition is 0, that of whileTrue not at all", () => {
    const count = (name: string, kind: (c: Expr<"i32">, body: ReturnType<typeof drop>[]) => ReturnType<typeof drop>) =>
      defineFunction(name, {}, (f) => {
        const n = f.local("i32");
        return { body: [kind(i32.const(0), [n.set(i32.add(n, 1))])], value: n };
      });
    const run = exportsOf([count("do", (c, body) => doWhile(body, c)), count("while", whileTrue)]);
    expect([run.do!(), run.while!()]).toEqual([1, 0]);
  });

  it("finds the labels of nested blocks by their depth", () => {
    const find = defineFunction("find", { square: "i32" }, (f, { square }) => {
      const root = f.local("i32");
      const found = f.local("i32");
      const search = block((exit) => [
        loop((again) => [
          when(
            i32.eq(i32.mul(root, root), square),
            [block(() => [found.set(root), branch(exit)])],
            [found.set(i32.const(-1)), branchIf(exit, i32.gtS(root, 100))],
          ),
          root.set(i32.add(root, 1)),
          branch(again),
        ]),
      ]);
      return { body: [search], value: found };
    });
    const { find: run } = exportsOf([find]);
    expect([0, 49, 2500, 50].map((n) => run!(n))).toEqual([0, 7, 50, -1]);
  });

  it("calls a function by its place in the module", () => {
    const unused = defineFunction("unused", {}, () => []);
    const put = defineFunction("put", { at: "i32", value: "f64" }, (_, { at, value }) => [f64.store(at, value, 8)]);
    const twice = defineFunction("twice", { value: "f64" }, (_, { value }) => [
      call(put, [i32.const(0), value]),
      call(put, [i32.const(8), f64.add(value, value)]),
    ]);
    const run = exportsOf([unused, put, twice]);
    run.twice!(1.5);
    expect([...new Float64Array(run.memory.buffer, 8, 2)]).toEqual([1.5, 3]);
  });

  it("refuses a branch out of its label's block and a call out of the module", () => {
    let outside: Label = { kind: "label" };
    const stray = defineFunction("stray", {}, () => [
      block((exit) => {
        outside = exit;
        return [];
      }),
      branch(outside),
    ]);
    expect(() => assemble({ functions: [stray] })).toThrow("assembler: a branch is outside the block of its label");
    const other = defineFunction("other", {}, () => []);
    const calls = defineFunction("calls", {}, () => [call(other, [])]);
    expect(() => assemble({ functions: [calls] })).toThrow("assembler: other is called and not in the module");
  });
});
