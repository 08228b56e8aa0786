import { describe, expect, it } from "vitest";
import { conv } from "../../src/conv/conv.js";
import { poolChannels } from "../../src/conv/maxout.js";
import { pool } from "../../src/conv/pool.js";
import { tiledConv } from "../../src/conv/tiled.js";
import { unsharedConv } from "../../src/conv/unshared.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";
import { dot, noise } from "./cases.js";
import { apart, gather, shifted, turned, valueAt } from "./laws-tensors.js";

const most = (Z: Tensor) => Math.max(...Z.data);

/** The four quarter turns of an image. */
function turns(V: Tensor): readonly Tensor[] {
  const versions = [V];
  for (let n = 1; n < 4; n++) versions.push(turned(versions[n - 1]));
  return versions;
}

/** Tensors of one shape as one, along a new first axis. */
function stacked(parts: readonly Tensor[], shape: readonly number[]): Tensor {
  return tensor(Float64Array.from(parts.flatMap(({ data }) => [...data])), shape);
}

describe("Max pooling", () => {
  /** The shares of cells and of pools that a shift along the rows leaves as they were. */
  const kept = (V: Tensor, by: number, k: number) => {
    const moved = shifted(V, [0, by]);
    const share = (a: Tensor, b: Tensor) => Array.from(a.data).filter((z, i) => z === b.data[i]).length / a.data.length;
    // Windows far enough apart to share no cell, moved or not.
    const options = { kind: "max", size: [k, k], stride: [k, k + by] } as const;
    const [before, after] = [pool(V, options), pool(moved, options)];
    return {
      cells: share(V, moved),
      pools: share(before, after),
      count: before.data.length,
    };
  };

  it("keeps (k - d)/(k + d) of its outputs under a shift by d of independent cells, of which none keeps its value", () => {
    for (const [k, d] of [
      [2, 1],
      [3, 1],
      [5, 1],
      [5, 2],
      [5, 4],
      [4, 4],
    ]) {
      const V = noise([1, 60 * k, 200 * (k + d)], 10 * k + d, "float64");
      const { cells, pools, count } = kept(V, d, k);
      const theory = (k - d) / (k + d);
      expect(cells).toBe(0);
      // four standard errors of a share
      expect(Math.abs(pools - theory)).toBeLessThanOrEqual(4 * Math.sqrt((theory * (1 - theory)) / count));
    }
  });

  it("is exactly invariant to where in its windows a lone detector fires, as no average weighted by place is", () => {
    const lone = (y: number, x: number) =>
      tensor(
        Float64Array.from({ length: 64 }, (_, at) => (at === 8 * y + x ? 1 : 0)),
        [1, 8, 8],
      );
    const options = { size: 4, stride: 4 } as const;
    const first = pool(lone(4, 0), { kind: "max", ...options });
    const weights = (distance: number) => Math.exp(-distance);
    const weighted = pool(lone(4, 0), { kind: "weighted", weights, ...options });
    for (const [y, x] of [
      [4, 3],
      [7, 0],
      [5, 2],
      [7, 3],
    ]) {
      expect(apart(pool(lone(y, x), { kind: "max", ...options }), first)).toBe(0);
      if (y === 5)
        expect(apart(pool(lone(y, x), { kind: "weighted", weights, ...options }), weighted)).toBeGreaterThan(0.01);
    }
    // One cell further it is another window's.
    expect(apart(pool(lone(4, 4), { kind: "max", ...options }), first)).toBe(1);
  });

  it("does not commute with convolution: what is pooled first is seen without its place", () => {
    const V = noise([1, 9, 9], 40, "float64");
    const K = noise([1, 1, 3, 3], 41, "float64");
    const options = { kind: "max", size: 3, stride: 1, padding: "same" } as const;
    const pooledLast = pool(conv(V, K, { padding: "same" }), options);
    expect(apart(pooledLast, conv(pool(V, options), K, { padding: "same" }))).toBeGreaterThan(0.1);
  });
});

describe("Max pooling over versions of one feature", () => {
  const side = 5;
  const feature = noise([side, side], 42, "float64");
  const versions = turns(feature);
  /** 2 x 2 copies of a patch, so that each of four windows of a stride of its side sees the same. */
  const fourOf = (patch: Tensor) => gather(patch, [1, 2 * side, 2 * side], ([, i, j]) => [i % side, j % side]);
  const image = noise([side, side], 43, "float64");
  const turnedImages = turns(image);
  const mirrored = gather(image, image.shape, ([i, j]) => [i, side - 1 - j]);

  /** What the layer's pool gives for a patch, and how far that lies from what it gives for the patch's turns and its mirror image. */
  const invariance = (layer: (V: Tensor) => Tensor) => {
    const pooled = (patch: Tensor) => most(pool(layer(fourOf(patch)), { kind: "max", size: 2 }));
    const own = pooled(image);
    return {
      turns: Math.max(...turnedImages.map((one) => Math.abs(pooled(one) - own))),
      mirror: Math.abs(pooled(mirrored) - own),
    };
  };

  it("makes a tiled layer whose tiles are turned invariant to turns, and to no more", () => {
    // Place (a, b) uses tile (a mod 2, b mod 2): the four turns side by side.
    const kernels = gather(stacked(versions, [4, side, side]), [1, 1, side, side, 2, 2], ([, , m, n, a, b]) => [
      2 * a + b,
      m,
      n,
    ]);
    const { turns: off, mirror } = invariance((V) => tiledConv(V, kernels, { stride: side }));
    expect(off).toBeLessThan(1e-12);
    expect(mirror).toBeGreaterThan(0.1);
  });

  it("makes an unshared layer whose places are turned invariant to turns, and to no more", () => {
    const weights = stacked(versions, [1, 2, 2, 1, side, side]);
    const { turns: off, mirror } = invariance((V) => unsharedConv(V, weights, { stride: side }));
    expect(off).toBeLessThan(1e-12);
    expect(mirror).toBeGreaterThan(0.1);
  });

  it("leaves a convolution, whose places share one kernel, as sensitive to turns as its kernel is", () => {
    const K = tensor(feature.data, [1, 1, side, side]);
    expect(invariance((V) => conv(V, K, { stride: side })).turns).toBeGreaterThan(0.1);
  });

  it("over channels makes separately parametrised kernels invariant to just what turns one into another", () => {
    const V = noise([1, 12, 12], 44, "float64");
    const maxout = (kernels: readonly Tensor[]) => {
      const K = stacked(kernels, [kernels.length, 1, side, side]);
      return (image: Tensor) => poolChannels(conv(image, K), { kind: "max", size: kernels.length });
    };
    const mirrorOf = (Z: Tensor) => gather(Z, Z.shape, ([c, i, j]) => [c, i, Z.shape[2] - 1 - j]);
    const off = (layer: (image: Tensor) => Tensor, change: (image: Tensor) => Tensor) =>
      apart(layer(change(V)), change(layer(V)));
    const fourTurns = maxout(versions);
    expect(off(fourTurns, turned)).toBeLessThan(1e-12);
    expect(off(fourTurns, mirrorOf)).toBeGreaterThan(0.1);
    const twoMirrors = maxout([feature, gather(feature, feature.shape, ([i, j]) => [i, side - 1 - j])]);
    expect(off(twoMirrors, mirrorOf)).toBeLessThan(1e-12);
    expect(off(twoMirrors, turned)).toBeGreaterThan(0.1);
    const halfTurns = maxout([versions[0], versions[2]]);
    expect(off(halfTurns, (image) => turned(turned(image)))).toBeLessThan(1e-12);
    expect(off(halfTurns, turned)).toBeGreaterThan(0.1);
  });

  it("says which version it was by the channel that holds the maximum, which the pool forgets", () => {
    const K = stacked(versions, [4, 1, side, side]);
    const own = dot(feature, feature);
    versions.forEach((version, quarter) => {
      const Z = conv({ ...version, shape: [1, side, side] }, K);
      expect([0, 1, 2, 3].map((c) => valueAt(Z, [c, 0, 0])).indexOf(most(Z))).toBe(quarter);
      expect(most(poolChannels(Z, { kind: "max", size: 4 }))).toBeCloseTo(own, 12);
    });
  });
});
