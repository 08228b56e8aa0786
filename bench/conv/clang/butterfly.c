/* The pass of radix 8 with twiddles of src/kernels/fft-passes.ts, written in C as one would write it for clang. */
#include <wasm_simd128.h>

typedef struct {
  v128_t re, im;
} complex4;

static inline complex4 plus(complex4 a, complex4 b) {
  return (complex4){wasm_f32x4_add(a.re, b.re), wasm_f32x4_add(a.im, b.im)};
}

static inline complex4 minus(complex4 a, complex4 b) {
  return (complex4){wasm_f32x4_sub(a.re, b.re), wasm_f32x4_sub(a.im, b.im)};
}

/* a - ib */
static inline complex4 turned_back(complex4 a, complex4 b) {
  return (complex4){wasm_f32x4_add(a.re, b.im), wasm_f32x4_sub(a.im, b.re)};
}

/* a + ib */
static inline complex4 turned_on(complex4 a, complex4 b) {
  return (complex4){wasm_f32x4_sub(a.re, b.im), wasm_f32x4_add(a.im, b.re)};
}

static inline complex4 times(complex4 a, v128_t re, v128_t im) {
  return (complex4){wasm_f32x4_sub(wasm_f32x4_mul(a.re, re), wasm_f32x4_mul(a.im, im)),
                    wasm_f32x4_add(wasm_f32x4_mul(a.re, im), wasm_f32x4_mul(a.im, re))};
}

static inline void four(complex4 a, complex4 b, complex4 c, complex4 d, complex4 y[4]) {
  complex4 even = plus(a, c), odd = plus(b, d), e = minus(a, c), o = minus(b, d);
  y[0] = plus(even, odd);
  y[1] = turned_back(e, o);
  y[2] = minus(even, odd);
  y[3] = turned_on(e, o);
}

/* exp(-i pi/4)·b */
static inline complex4 eighth(complex4 b) {
  v128_t half = wasm_f32x4_splat(0.70710678118654752f);
  return (complex4){wasm_f32x4_mul(wasm_f32x4_add(b.re, b.im), half),
                    wasm_f32x4_mul(wasm_f32x4_sub(b.im, b.re), half)};
}

void pass8some(char *base, int outer, int outerStride, int steps, int stepStride, int stride, int blocks,
               int blockStride, const float *table, int lines, int lineStride) {
  for (int i = 0; i < outer; i++, base += outerStride) {
    char *step = base;
    for (int j = 0; j < steps; j++, step += stepStride, table += 14) {
      char *block = step;
      for (int k = 0; k < blocks; k++, block += blockStride) {
        char *line = block;
        for (int l = 0; l < lines; l++, line += lineStride) {
          complex4 x[8], even[4], odd[4];
          for (int q = 0; q < 8; q++) {
            x[q].re = wasm_v128_load(line + q * stride);
            x[q].im = wasm_v128_load(line + q * stride + 16);
          }
          four(x[0], x[2], x[4], x[6], even);
          four(x[1], x[3], x[5], x[7], odd);
          complex4 first = eighth(odd[1]), third = eighth(odd[3]);
          complex4 y[8] = {plus(even[0], odd[0]),  plus(even[1], first),
                           turned_back(even[2], odd[2]), turned_back(even[3], third),
                           minus(even[0], odd[0]), minus(even[1], first),
                           turned_on(even[2], odd[2]),  turned_on(even[3], third)};
          for (int q = 0; q < 8; q++) {
            if (q > 0) {
              const float *w = table + 2 * (q - 1);
              y[q] = times(y[q], wasm_v128_load32_splat(w), wasm_v128_load32_splat(w + 1));
            }
            wasm_v128_store(line + q * stride, y[q].re);
            wasm_v128_store(line + q * stride + 16, y[q].im);
          }
        }
      }
    }
  }
}
