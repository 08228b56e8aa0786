import { describe, expect, it } from "vitest";
import { convMatrix } from "../../src/conv/matrix.js";
import { matrixCounts } from "../../src/conv/matrix-counts.js";
import { denseMatrix, multiplySparse, multiplySparseTransposed } from "../../src/conv/matrix-product.js";
import { InputError } from "../../src/tensor/errors.js";
import { zeros } from "../../src/tensor/tensor.js";
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
    [
      () => multiplySparse(A, loose(zeros([1, 1, 3]))),
      "multiplySparse: vector is a tensor of shape [1, 1, 3], a list of numbers is needed: hand in its data",
    ],
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
    [
      () => denseMatrix(loose({ kind: "sparse-matrix", size: [1, 1] })),
      "denseMatrix: matrix.values is undefined, a list is needed",
    ],
    [() => denseMatrix(loose({ ...A, size: [2] })), "denseMatrix: matrix.size is [2], [rows, columns] is needed"],
    [
      () => denseMatrix({ ...A, size: [2 ** 40, 3] }),
      "denseMatrix: matrix.size[0] is 1099511627776, a whole number from 1 to 2147483648 is needed",
    ],
    [
      () => denseMatrix({ ...A, ptr: [0, 3, 1, 4] }),
      "denseMatrix: matrix.ptr[2] is 1, numbers that rise from 0 are needed",
    ],
    [
      () => denseMatrix({ ...A, index: [0, 2, 0, 1] }),
      "denseMatrix: matrix.index[1] is 2, a whole number from 0 to 1 is needed",
    ],
    [
      () => denseMatrix({ ...A, values: [0, 1, Number.NaN, 1] }),
      "denseMatrix: matrix.values[2] is NaN, finite numbers are needed",
    ],
    [() => convMatrix(noise([1, 1, 1], 1), [1, 3], loose(null)), "convMatrix: options is null, a record is needed"],
    [
      () => convMatrix(noise([1, 1, 1], 1), [1, 2 ** 33], { stride: 2 ** 33 }),
      "convMatrix: input has shape [1, 8589934592] of 8589934592 elements, at most 2147483648 fit",
    ],
  ])("what does not fit: %#", (call, message) => {
    expect(call).toThrow(InputError);
    expect(call).toThrow(new InputError(message));
  });
});
