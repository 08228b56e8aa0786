/**
 * A small assembler: expressions and statements are records that hold their own bytes, a module is a `Uint8Array`.
 *
 * An `Expr<"f32">` leaves one value on the stack, a `Statement` none; a local is an expression that can also be set.
 * `instructions.ts` has the arithmetic (`i32.add(a, b)`, `f32x4.mul(a, b)`, `v128.load(address, offset)`), this file the
 * control flow, the functions and the module. Types are checked by the compiler, so that a kernel that compiles validates.
 *
 *     const scale = defineFunction("scale", { address: "i32", count: "i32", factor: "f32" }, (f, { address, count, factor }) => {
 *       const by = f.local("v128");
 *       return [
 *         by.set(f32x4.splat(factor)),
 *         whileTrue(count, [
 *           v128.store(address, f32x4.mul(v128.load(address), by)),
 *           address.set(i32.add(address, 16)),
 *           count.set(i32.sub(count, 1)),
 *         ]),
 *       ];
 *     });
 *     const bytes = assemble({ memory: { pages: 1 }, functions: [scale] });
 */

/** The types of a value on the stack. */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

/** A place that a branch can go to: the end of a block or the start of a loop. */
export interface Label {
  readonly kind: "label";
}

/** Bytes, nested. Labels become depths and callees become numbers when the module is laid out. */
export type Code = number | readonly Code[] | Mark;

type Mark = "close" | { readonly open: Label } | { readonly target: Label } | { readonly callee: WasmFunction };

/** Code that leaves one value of type `T`. */
export interface Expr<T extends ValueType> {
  readonly type: T;
  readonly code: Code;
}

/** Code that leaves nothing. */
export interface Statement {
  readonly type: "none";
  readonly code: Code;
}

/** A local variable: read it as an expression, write it by `set`; `tee` writes and leaves the value. */
export interface Local<T extends ValueType> extends Expr<T> {
  readonly set: (value: Expr<T>) => Statement;
  readonly tee: (value: Expr<T>) => Expr<T>;
}

/** Where an i32 is wanted, a number is a constant. */
export type I32 = Expr<"i32"> | number;

/** A function of a module, exported under its name. */
export interface WasmFunction {
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly result: ValueType | undefined;
  readonly locals: readonly ValueType[];
  readonly body: readonly Code[];
}

/** Declares the locals of the function being built. */
export interface FunctionBuilder {
  /** a new local, zero at first */
  readonly local: <T extends ValueType>(type: T) => Local<T>;
  /** `count` new locals of one type */
  readonly locals: <T extends ValueType>(type: T, count: number) => Local<T>[];
}

const typeBytes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };
const noResult = 0x40;

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const low = value % 128;
    value = Math.floor(value / 128);
    bytes.push(value > 0 ? low | 0x80 : low);
  } while (value > 0);
  return bytes;
}

/** Signed LEB128. */
export function signed(value: bigint): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = Number(value & 0x7fn);
    value >>= 7n;
    const done = value === (low & 0x40 ? -1n : 0n);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

/** An i32 expression of an expression or a constant (from -2³¹ to 2³² - 1). */
export function asI32(value: I32): Expr<"i32"> {
  return typeof value === "number" ? { type: "i32", code: [0x41, ...signed(BigInt(value | 0))] } : value;
}

function localOf<T extends ValueType>(type: T, index: number): Local<T> {
  const at = unsigned(index);
  return {
    type,
    code: [0x20, ...at],
    set: (value) => ({ type: "none", code: [value.code, 0x21, ...at] }),
    tee: (value) => ({ type, code: [value.code, 0x22, ...at] }),
  };
}

/**
 * A function. Parameters are named; `build` gets them as locals and returns the statements, or, with a `result` type, the
 * statements and the value to return: `{ body, value }`.
 */
export function defineFunction<P extends Readonly<Record<string, ValueType>>, R extends ValueType>(
  name: string,
  params: P,
  build: (
    f: FunctionBuilder,
    params: { readonly [K in keyof P]: Local<P[K]> },
  ) => readonly Statement[] | { readonly body: readonly Statement[]; readonly value: Expr<R> },
): WasmFunction {
  const types = Object.values(params);
  const locals: ValueType[] = [];
  const local = <T extends ValueType>(type: T) => localOf(type, types.length + locals.push(type) - 1);
  const named = Object.fromEntries(Object.entries(params).map(([key, type], index) => [key, localOf(type, index)]));
  const built = build(
    { local, locals: (type, count) => Array.from({ length: count }, () => local(type)) },
    named as unknown as { readonly [K in keyof P]: Local<P[K]> },
  );
  if (!("body" in built)) return { name, params: types, result: undefined, locals, body: built.map((s) => s.code) };
  const body = [...built.body.map((s) => s.code), built.value.code];
  return { name, params: types, result: built.value.type, locals, body };
}

function labelled(opcode: number, label: Label, body: Code): Statement {
  return { type: "none", code: [{ open: label }, opcode, noResult, body, "close", 0x0b] };
}

function codes(body: readonly Statement[]): Code[] {
  return body.map((statement) => statement.code);
}

/** Goes to the label. */
export function branch(label: Label): Statement {
  return { type: "none", code: [0x0c, { target: label }] };
}

/** Goes to the label where the condition is not 0. */
export function branchIf(label: Label, condition: Expr<"i32">): Statement {
  return { type: "none", code: [condition.code, 0x0d, { target: label }] };
}

/** Statements with a label at their end: `branch(exit)` leaves the block. */
export function block(body: (exit: Label) => readonly Statement[]): Statement {
  const label: Label = { kind: "label" };
  return labelled(0x02, label, codes(body(label)));
}

/** Statements with a label at their start: `branch(again)` repeats them; without it they run once. */
export function loop(body: (again: Label) => readonly Statement[]): Statement {
  const label: Label = { kind: "label" };
  return labelled(0x03, label, codes(body(label)));
}

/** Repeats the body, at least once, as long as the condition after it is not 0: the cheapest loop. */
export function doWhile(body: readonly Statement[], condition: Expr<"i32">): Statement {
  return loop((again) => [...body, branchIf(again, condition)]);
}

/** Repeats the body as long as the condition before it is not 0. */
export function whileTrue(condition: Expr<"i32">, body: readonly Statement[]): Statement {
  return when(condition, [doWhile(body, condition)]);
}

/** Runs `then` where the condition is not 0, else `otherwise`. */
export function when(
  condition: Expr<"i32">,
  then: readonly Statement[],
  otherwise: readonly Statement[] = [],
): Statement {
  const label: Label = { kind: "label" };
  const rest: Code[] = otherwise.length > 0 ? [0x05, ...codes(otherwise)] : [];
  return { type: "none", code: [condition.code, labelled(0x04, label, [...codes(then), ...rest]).code] };
}

/** Evaluates and forgets a value. */
export function drop(value: Expr<ValueType>): Statement {
  return { type: "none", code: [value.code, 0x1a] };
}

/** Calls a function of the same module that returns nothing. */
export function call(f: WasmFunction, args: readonly Expr<ValueType>[]): Statement {
  return { type: "none", code: [args.map((argument) => argument.code), 0x10, { callee: f }] };
}

function flatten(code: Code, open: Label[], functions: readonly WasmFunction[], out: number[]): void {
  if (typeof code === "number") out.push(code);
  else if (code === "close") open.pop();
  else if ("open" in code) open.push(code.open);
  else if ("target" in code) out.push(...unsigned(depthOf(code.target, open)));
  else if ("callee" in code) out.push(...unsigned(positionOf(code.callee, functions)));
  else for (const part of code) flatten(part, open, functions, out);
}

function depthOf(label: Label, open: readonly Label[]): number {
  const at = open.lastIndexOf(label);
  if (at < 0) throw new Error("assembler: a branch is outside the block of its label");
  return open.length - 1 - at;
}

function positionOf(callee: WasmFunction, functions: readonly WasmFunction[]): number {
  const at = functions.indexOf(callee);
  if (at < 0) throw new Error(`assembler: ${callee.name} is called and not in the module`);
  return at;
}

function sized(bytes: readonly number[]): number[] {
  return [...unsigned(bytes.length), ...bytes];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): number[] {
  return sized([...value].map((letter) => letter.charCodeAt(0)));
}

function bodyOf(f: WasmFunction, functions: readonly WasmFunction[]): number[] {
  const bytes: number[] = vector(f.locals.map((type) => [1, typeBytes[type]]));
  flatten(f.body, [], functions, bytes);
  bytes.push(0x0b);
  return sized(bytes);
}

function signatureOf(f: WasmFunction): number[] {
  const results = f.result === undefined ? [] : [[typeBytes[f.result]]];
  return [0x60, ...vector(f.params.map((type) => [typeBytes[type]])), ...vector(results)];
}

/**
 * The bytes of a module that exports its functions and its `memory`.
 *
 * @param module.memory the pages of 64 KiB at first, and at most; with `imported`, the memory is taken from the import `env.memory`
 */
export function assemble(module: {
  readonly memory?: { readonly pages: number; readonly maximum?: number; readonly imported?: boolean };
  readonly functions: readonly WasmFunction[];
}): Uint8Array {
  const { memory, functions } = module;
  const section = (id: number, items: readonly (readonly number[])[]) =>
    items.length > 0 ? [id, ...sized(vector(items))] : [];
  const limits = memory
    ? memory.maximum === undefined
      ? [0, ...unsigned(memory.pages)]
      : [1, ...unsigned(memory.pages), ...unsigned(memory.maximum)]
    : [];
  const exported = functions.map((f, index) => [...text(f.name), 0, ...unsigned(index)]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, functions.map(signatureOf)),
    ...section(2, memory?.imported ? [[...text("env"), ...text("memory"), 2, ...limits]] : []),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(5, memory && !memory.imported ? [limits] : []),
    ...section(7, [...exported, ...(memory ? [[...text("memory"), 2, 0]] : [])]),
    ...section(
      10,
      functions.map((f) => bodyOf(f, functions)),
    ),
  ]);
}
