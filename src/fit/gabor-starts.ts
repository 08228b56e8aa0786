import { fft2 } from "../math/fft.js";
import type { Candidate } from "./gabor-screen.js";
import type { Field } from "./gabor-sums.js";

/** The power spectrum's summary, in radians per pixel and pixels. */
export interface SpectrumSummary {
  /** where the power peaks */
  readonly peak: { readonly f: number; readonly tau: number };
  /** the direction in which the power spreads most, and its root mean square frequency along it and across it */
  readonly spread: { readonly tau: number; readonly along: number; readonly across: number };
  readonly centre: { readonly x: number; readonly y: number };
}

/** Power below this share of the peak counts as noise. */
const noiseShare = 0.08;

export function summarise(field: Field): SpectrumSummary {
  const { height: H, width: W, data } = field;
  let N = 32;
  while (N < Math.max(H, W)) N *= 2;
  const re = new Float64Array(N * N);
  const im = new Float64Array(N * N);
  for (let row = 0; row < H; row++) re.set(data.subarray(row * W, (row + 1) * W), row * N);
  fft2(re, im, N, N);
  const power = new Float64Array(N * N);
  for (let i = 0; i < N * N; i++) power[i] = re[i] * re[i] + im[i] * im[i];
  const unit = (2 * Math.PI) / N;
  const signed = (k: number) => (k <= N / 2 ? k : k - N);

  // the peak of the power averaged over a cross of five frequencies
  let best = -1;
  let bestAt = 0;
  const m = N - 1;
  for (let v = 0; v < N; v++) {
    for (let u = 0; u <= N / 2; u++) {
      const p =
        2 * power[v * N + u] +
        power[v * N + ((u + 1) & m)] +
        power[v * N + ((u - 1) & m)] +
        power[((v + 1) & m) * N + u] +
        power[((v - 1) & m) * N + u];
      if (p > best) {
        best = p;
        bestAt = v * N + u;
      }
    }
  }
  const pu = bestAt % N;
  const pv = signed((bestAt - pu) / N);
  let top = 0;
  for (let i = 0; i < N * N; i++) if (power[i] > top) top = power[i];
  const threshold = noiseShare * top;

  // moments over the half plane of the peak; centroid near the peak
  let total = 0;
  let uu = 0;
  let uv = 0;
  let vv = 0;
  let near = 0;
  let nearU = 0;
  let nearV = 0;
  let xr = 0;
  let xi = 0;
  let yr = 0;
  let yi = 0;
  for (let v = 0; v < N; v++) {
    const sv = signed(v);
    for (let u = 0; u < N; u++) {
      const i = v * N + u;
      const p = power[i];
      if (p < threshold) continue;
      const su = signed(u);
      total += p;
      uu += p * su * su;
      uv += p * su * sv;
      vv += p * sv * sv;
      const side = su * pu + sv * pv;
      if (side < 0) continue;
      const right = v * N + ((u + 1) & m);
      const down = ((v + 1) & m) * N + u;
      xr += re[i] * re[right] + im[i] * im[right];
      xi += re[i] * im[right] - im[i] * re[right];
      yr += re[i] * re[down] + im[i] * im[down];
      yi += re[i] * im[down] - im[i] * re[down];
      if ((su - pu) ** 2 + (sv - pv) ** 2 <= 2.5 && side > 0) {
        near += p;
        nearU += p * su;
        nearV += p * sv;
      }
    }
  }
  // row index grows downwards, y upwards
  const fu = near > 0 ? (nearU / near) * unit : 0;
  const fv = near > 0 ? (-nearV / near) * unit : 0;
  const a = uu / total;
  const b = -uv / total;
  const c = vv / total;
  const tau = 0.5 * Math.atan2(2 * b, a - c);
  const mean = (a + c) / 2;
  const difference = Math.hypot((a - c) / 2, b);
  // arg of the autocorrelation at one step of frequency is minus the position
  const col = -Math.atan2(xi, xr) / unit;
  const rowAt = -Math.atan2(yi, yr) / unit;
  const wrap = (at: number, size: number) => {
    let w = at;
    while (w < (size - N) / 2) w += N;
    while (w > (size + N) / 2) w -= N;
    return Math.min(Math.max(w, 0), size - 1);
  };
  return {
    peak: { f: Math.hypot(fu, fv), tau: Math.atan2(fv, fu) },
    spread: {
      tau,
      along: Math.sqrt(mean + difference) * unit,
      across: Math.sqrt(Math.max(mean - difference, 0)) * unit,
    },
    centre: { x: wrap(col, W) - (W - 1) / 2, y: (H - 1) / 2 - wrap(rowAt, H) },
  };
}

export function isLowpass(summary: SpectrumSummary): boolean {
  return summary.peak.f === 0;
}

export function candidatesOf(field: Field, summary: SpectrumSummary): Candidate[] {
  const { peak, spread, centre } = summary;
  const widest = Math.max(field.height, field.width) / 2;
  const list: Candidate[] = [];
  const carriers: [number, number][] = [];
  const floor = 0.15;
  if (peak.f > floor) carriers.push([peak.f, peak.tau], [peak.f * 0.75, peak.tau]);
  const apart = Math.abs(Math.sin(spread.tau - peak.tau));
  if (apart > 0.25 || peak.f <= floor) carriers.push([spread.along, spread.tau], [spread.along * 0.6, spread.tau]);
  for (const [frequency, tau] of carriers) {
    for (const nx of [0.17, 0.3, 0.5]) {
      for (const ny of [0.2, 0.4, 0.8]) {
        const sigma = (n: number) => Math.min(Math.max((2 * Math.PI * n) / frequency, 0.7), widest);
        list.push({ sigmaX: sigma(nx), sigmaY: sigma(ny), frequency, x0: centre.x, y0: centre.y, tau });
      }
    }
  }
  return list;
}
