/* The product of panels of src/kernels/panel-kernels.ts, written in C as one would write it for clang. */
#include <wasm_simd128.h>

void multiplyPanels(const float *A, const float *B, float *C, int rows, int columns, int depth, int pitch, int keep,
                    int skew) {
  skew += 2;
  do {
    const float *a = A;
    char *c = (char *)C;
    int count = skew < rows ? skew : rows;
    do {
      v128_t sums[4][2];
      for (int row = 0; row < 4; row++) sums[row][0] = sums[row][1] = wasm_f32x4_const(0, 0, 0, 0);
      const float *b = B;
      for (const float *end = a + 4 * depth; a < end; a += 4, b += 8) {
        v128_t left = wasm_v128_load(b), right = wasm_v128_load(b + 4);
        for (int row = 0; row < 4; row++) {
          v128_t x = wasm_v128_load32_splat(a + row);
          sums[row][0] = wasm_f32x4_add(sums[row][0], wasm_f32x4_mul(x, left));
          sums[row][1] = wasm_f32x4_add(sums[row][1], wasm_f32x4_mul(x, right));
        }
      }
      for (int row = 0; row < 4; row++, c += pitch) {
        for (int half = 0; half < 2; half++) {
          float *to = (float *)c + 4 * half;
          wasm_v128_store(to, keep ? wasm_f32x4_add(wasm_v128_load(to), sums[row][half]) : sums[row][half]);
        }
      }
    } while (--count);
    B += 8 * depth;
    C += 8;
    skew += 2;
  } while (--columns);
}
