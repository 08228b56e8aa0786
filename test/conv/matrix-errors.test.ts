import { describe, expect, it } from "vitest";
import { convMatrix } from "../../src/conv/matrix.js";
import { matrixCounts } from "../../src/conv/matrix-counts.js";
import { denseMatrix, multiplySparse, multiplySparseTransposed } from "../../src/conv/matrix-product.js";
import { InputError } from "../../src/tensor/errors.js";
import { noise } from "./cases.js";

describe("The functions of matrices refuse", () => {
  const K = noise([8, 4, 3, 3], 1);
  const A = convMatrix(noise([1, 1, 2], 1), [1, 3]);
  const loose = (value: unknown) => value as never;
  it.each<[() => unknown, string]>([
    [() => convMatrix(loose(3), [4, 6, 6]), "convMatrix: kernel is 3, a tensor is needed"],
    [
      () => convMatrix({ ...K, data: K.data.map(() => Number.NaN) }, [4, 6, 6]),
      "convMatrix: kernel[0] is NaN, finite numbers are needed",
    ],
    [() => convMatrix(K, loose(6)), "convMatrix: inputShape is 6, a list with the length of every axis is needed"],
    [() => convMatrix(K, [1, 4, 6, 6]), "convMatrix: inputShape is [1, 4, 6, 6], a shape without batch is needed"],
    [() => convMatrix(K, [3, 6, 6]), "convMatrix: kernel has 4 input channels, input has 3"],
    [
      () => convMatrix(K, [4, 6, 6], loose({ bias: K })),
      'convMatrix: option "bias" is not known, it takes stride, padding, boundary, dilation, groups, connections, flip',
    ],
    [
      () => convMatrix(noise([1, 1, 64, 64], 1), [1, 256, 256]),
      "convMatrix: the matrix has up to 152571904 entries, at most 67108864 fit",
    ],
    [
      () => matrixCounts(loose("K"), [4, 6, 6]),
      'matrixCounts: kernelShape is "K", a list with the length of every axis is needed',
    ],
    [
      () => matrixCounts([8, 4, 3, 3], [2, 4, 6, 6]),
      "matrixCounts: inputShape is [2, 4, 6, 6], a shape without batch is needed",
    ],
    [() => multiplySparse(loose(undefined), [1]), "multiplySparse: matrix is undefined, a sparse matrix is needed"],
    [() => multiplySparse(A, [1, 2]), "multiplySparse: vector has 2 numbers, a matrix of [2, 3] needs 3"],
    [() => multiplySparse(A, [1, 2, Number.NaN]), "multiplySparse: vector[2] is NaN, finite numbers are needed"],
    [
      () => multiplySparse({ ...A, ptr: [0, 1] }, [1, 2, 3]),
      "multiplySparse: matrix.ptr has 2 numbers, 3 columns need 4",
    ],
    [
      () => multiplySparse({ ...A, index: [0] }, [1, 2, 3]),
      "multiplySparse: matrix has 4 values, 1 rows for them and ends at 4, three times the same is needed",
    ],
    [
      () => multiplySparseTransposed(A, [1, 2, 3]),
      "multiplySparseTransposed: vector has 3 numbers, a matrix of [2, 3] needs 2",
    ],
    [
      () => multiplySparseTransposed(loose({}), [1]),
      "multiplySparseTransposed: matrix is an object (Object), a sparse matrix is needed",
    ],
    [() => denseMatrix(loose([1])), "denseMatrix: matrix is a list of 1, a sparse matrix is needed"],
  ])("what does not fit: %#", (call, message) => {
    expect(call).toThrow(InputError);
    expect(call).toThrow(new InputError(message));
  });
});
