import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conv, convInputGradient } from "../../src/conv/conv.js";
import { type FieldLayer, receptiveField } from "../../src/conv/receptive-field.js";
import { InputError } from "../../src/tensor/errors.js";
import { sizeOf, type Tensor, tensor, zeros } from "../../src/tensor/tensor.js";

const ones = (shape: readonly number[]): Tensor => tensor(new Float64Array(sizeOf(shape)).fill(1), shape);

const kernelOf = (layer: FieldLayer) => ones([1, 1, ...layer.kernel]);

const optionsOf = ({ kernel: _, ...options }: FieldLayer) => options;

/** The first and last cell along each dimension that one unit of the last layer has a gradient in. */
function measured(layers: readonly FieldLayer[], inputSpace: readonly number[], unit: readonly number[]) {
  const shapes = [[1, ...inputSpace]];
  let V = zeros(shapes[0], "float64");
  for (const layer of layers) {
    V = conv(V, kernelOf(layer), optionsOf(layer));
    shapes.push([...V.shape]);
  }
  let G = zeros(V.shape, "float64");
  G.data[unit.reduce((at, j, axis) => at * V.shape[axis + 1] + j, 0)] = 1;
  for (let i = layers.length - 1; i >= 0; i--)
    G = convInputGradient(kernelOf(layers[i]), G, { ...optionsOf(layers[i]), inputShape: shapes[i] });
  const bounds = inputSpace.map(() => ({ first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY }));
  G.data.forEach((gradient, at) => {
    if (gradient === 0) return;
    for (let axis = inputSpace.length - 1, rest = at; axis >= 0; axis--) {
      const cell = rest % inputSpace[axis];
      rest = Math.floor(rest / inputSpace[axis]);
      bounds[axis].first = Math.min(bounds[axis].first, cell);
      bounds[axis].last = Math.max(bounds[axis].last, cell);
    }
  });
  return { bounds, outputSpace: V.shape.slice(1) };
}

const layer = (space: number): fc.Arbitrary<FieldLayer> =>
  fc
    .record({
      kernel: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: space, maxLength: space }),
      stride: fc.oneof(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: space, maxLength: space }),
      ),
      dilation: fc.oneof(
        fc.integer({ min: 1, max: 2 }),
        fc.array(fc.integer({ min: 1, max: 2 }), { minLength: space, maxLength: space }),
      ),
      padding: fc.oneof(
        fc.constantFrom("valid" as const, "same" as const, "full" as const),
        fc.integer({ min: 0, max: 2 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), {
          minLength: space,
          maxLength: space,
        }),
      ),
    })
    .map((drawn) => drawn as FieldLayer);

/** Where the unit lies along a dimension of the output: often in its middle, sometimes anywhere. */
const share = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 0.35, max: 0.65, noNaN: true }) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }) },
);

const stacks = fc.constantFrom(1, 1, 2).chain((space) =>
  fc.record({
    layers: fc.array(layer(space), { minLength: 1, maxLength: 4 - space }),
    inputSpace: fc.array(space === 1 ? fc.integer({ min: 80, max: 120 }) : fc.integer({ min: 26, max: 40 }), {
      minLength: space,
      maxLength: space,
    }),
    pick: fc.array(share, {
      minLength: space,
      maxLength: space,
    }),
  }),
);

/** The first and last cell of a unit's field in theory. */
function predicted(layers: readonly FieldLayer[], inputSpace: readonly number[], unit: readonly number[]) {
  const { size, jump, offset } = receptiveField(layers, { inputSpace });
  return unit.map((j, axis) => {
    const first = offset[axis] + j * jump[axis];
    return { first, last: first + size[axis] - 1 };
  });
}

describe("receptiveField", () => {
  it("is what the gradient of a unit reaches, for random stacks; where paths end in padding, the gradient reaches less", () => {
    let whole = 0;
    fc.assert(
      fc.property(stacks, ({ layers, inputSpace, pick }) => {
        const spaces = layers.map((_, l) =>
          l === 0 ? inputSpace : receptiveField(layers.slice(0, l), { inputSpace }).outputSpace!,
        );
        const { outputSpace } = receptiveField(layers, { inputSpace });
        const unit = pick.map((at, axis) => Math.floor(at * outputSpace![axis]));
        const seen = measured(layers, inputSpace, unit);
        const field = predicted(layers, inputSpace, unit);
        expect(seen.outputSpace).toEqual(outputSpace);
        const inside = spaces.every((space, l) =>
          predicted(layers.slice(l), space, unit).every(({ first, last }, a) => first >= 0 && last < space[a]),
        );
        if (inside) {
          whole++;
          expect(seen.bounds).toEqual(field);
        } else {
          seen.bounds.forEach(({ first, last }, a) => {
            expect(Math.min(first, field[a].last)).toBeGreaterThanOrEqual(field[a].first);
            expect(Math.max(last, field[a].first)).toBeLessThanOrEqual(field[a].last);
          });
        }
      }),
      { numRuns: 150, seed: 1 },
    );
    expect(whole).toBeGreaterThan(75);
  });

  it("grows by k - 1 a layer at stride 1, and exponentially with strides or doubled dilations", () => {
    const three = { kernel: [3, 3] };
    const stack = (n: number) => Array.from({ length: n }, () => three);
    for (const n of [1, 2, 5]) expect(receptiveField(stack(n)).size).toEqual([2 * n + 1, 2 * n + 1]);
    const strided = (n: number) => Array.from({ length: n }, () => ({ kernel: [2], stride: 2 }));
    for (const n of [1, 3, 6]) expect(receptiveField(strided(n)).size).toEqual([2 ** n]);
    const dilated = (n: number) => Array.from({ length: n }, (_, i) => ({ kernel: [3], dilation: 2 ** i }));
    for (const n of [1, 3, 6]) expect(receptiveField(dilated(n)).size).toEqual([2 ** (n + 1) - 1]);
  });

  it("begins in the padding, and with full padding a whole window before the image", () => {
    const field = receptiveField([
      { kernel: [5], padding: "full" },
      { kernel: [3], stride: 2, padding: [[1, 0]] },
    ]);
    expect(field).toEqual({ kind: "receptive-field", size: [7], jump: [2], offset: [-5] });
    expect(receptiveField([{ kernel: [4], padding: "same" }]).offset).toEqual([-1]);
  });

  it("takes same with a stride by the input's size, which decides how much padding it is", () => {
    const layers = [{ kernel: [3], stride: 2, padding: "same" }] as const;
    expect(receptiveField(layers, { inputSpace: [7] })).toMatchObject({ offset: [-1], outputSpace: [4] });
    expect(receptiveField(layers, { inputSpace: [8] })).toMatchObject({ offset: [0], outputSpace: [4] });
  });

  const one = { kernel: [3, 3] };
  const loose = (value: unknown) => value as never;
  it.each<[() => unknown, string]>([
    [() => receptiveField([]), "receptiveField: layers is a list of 0, a list of at least one layer is needed"],
    [
      () => receptiveField(loose(one)),
      "receptiveField: layers is an object (Object), a list of at least one layer is needed",
    ],
    [
      () => receptiveField(Array(2).fill({ kernel: [1], stride: 1e8 })),
      "receptiveField: layers[1]: size 1, jump 10000000000000000 and offset 0 are not all below 2^53",
    ],
    [
      () => receptiveField([one, loose(3)]),
      "receptiveField: layers[1]: it is 3, { kernel, stride?, dilation?, padding? } is needed",
    ],
    [
      () => receptiveField([loose({ ...one, size: 2 })]),
      'receptiveField: layers[0]: option "size" is not known, it takes kernel, stride, dilation, padding',
    ],
    [
      () => receptiveField([{ kernel: loose(3) }]),
      "receptiveField: layers[0]: kernel is 3, a list of 1 to 3 lengths is needed",
    ],
    [
      () => receptiveField([{ kernel: [3, 0] }]),
      "receptiveField: layers[0]: kernel[1] is 0, a whole number of at least 1 is needed",
    ],
    [
      () => receptiveField([one, { kernel: [3] }]),
      "receptiveField: layers[1]: kernel has 1 space dimensions, 2 are needed as before",
    ],
    [
      () => receptiveField([one, { ...one, stride: 0 }]),
      "receptiveField: layers[1]: stride is 0, a whole number of at least 1 is needed",
    ],
    [
      () => receptiveField([{ ...one, dilation: [2] }]),
      "receptiveField: layers[0]: dilation has 1 entries, the kernel has 2 space dimensions",
    ],
    [
      () => receptiveField([{ ...one, stride: 2, padding: "same" }]),
      'receptiveField: layers[0]: padding is "same" with a stride of 2, which needs inputSpace to tell how much it is',
    ],
    [
      () => receptiveField([one, one], { inputSpace: [4, 9] }),
      "receptiveField: layers[1]: kernel spans 3 cells along space axis 0, the padded input has 2",
    ],
    [
      () => receptiveField([one], { inputSpace: loose(9) }),
      "receptiveField: inputSpace is 9, a list of lengths is needed",
    ],
    [
      () => receptiveField([one], { inputSpace: [9] }),
      "receptiveField: inputSpace is [9], the layers have 2 space dimensions",
    ],
    [
      () => receptiveField([one], { inputSpace: [9, 0] }),
      "receptiveField: inputSpace[1] is 0, a whole number of at least 1 is needed",
    ],
    [
      () => receptiveField([one], loose({ input: [9, 9] })),
      'receptiveField: option "input" is not known, it takes inputSpace',
    ],
  ])("refuses what does not fit: %#", (call, message) => {
    expect(call).toThrow(InputError);
    expect(call).toThrow(new InputError(message));
  });
});
