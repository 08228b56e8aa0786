/** The record of a plan with all that it points to, ready to be copied into the arena. */
import { fftPlan, passBytes, writePasses } from "./fft-plan.js";
import { type PlanField, planFields } from "./fft-record.js";

/** What a plan depends on. */
interface PlanSizes {
  readonly ny: number;
  readonly nx: number;
  readonly strip: number;
  readonly rowBlock: number;
}

/** An image of the arena from the address of the plan, and its record. */
export interface PlanImage {
  readonly image: Int32Array;
  readonly record: Readonly<Record<PlanField, number>>;
}

/** For each place the place of the opposite frequency. */
function oppositePlaces(frequencies: readonly number[]): number[] {
  const place: number[] = [];
  frequencies.forEach((frequency, at) => {
    place[frequency] = at;
  });
  return frequencies.map((frequency) => place[(frequencies.length - frequency) % frequencies.length]!);
}

function makeImage({ ny, nx, strip, rowBlock }: PlanSizes, plan: number): PlanImage {
  const [y, x] = [fftPlan(ny), fftPlan(nx)];
  let free = plan + 4 * planFields.length;
  const take = (bytes: number) => {
    const at = Math.ceil(free / 64) * 64;
    free = at + bytes;
    return at;
  };
  const lists = [x.forward, y.forward, x.backward, y.backward].map((passes, i) => ({
    passes,
    stride: i % 2 === 0 ? 32 : 32 * strip,
    at: take(passBytes(passes)),
  }));
  const [rows, columns, rowsBack, columnsBack] = lists.map(({ at }) => at) as [number, number, number, number];
  const record: Record<PlanField, number> = {
    ny,
    nx,
    strip,
    strips: nx / strip,
    block: rowBlock,
    rows,
    rowPasses: x.forward.length,
    columns,
    columnPasses: y.forward.length,
    rowsBack,
    rowBackPasses: x.backward.length,
    columnsBack,
    columnBackPasses: y.backward.length,
    oppositeRows: take(4 * ny),
    oppositeColumns: take(4 * nx),
    table: take(32),
    margins: take(64),
    targets: take(32),
    scratch: take(32 * nx * rowBlock),
  };
  const floats = new Float32Array(free >> 2);
  const integers = new Int32Array(floats.buffer);
  for (const { passes, stride, at } of lists) writePasses({ floats, integers }, at, passes, stride);
  planFields.forEach((name, i) => {
    integers[(plan >> 2) + i] = record[name];
  });
  integers.set(
    oppositePlaces(y.frequencies).map((row) => 32 * strip * row),
    record.oppositeRows >> 2,
  );
  integers.set(
    oppositePlaces(x.frequencies).map((column) => 32 * ((column - (column % strip)) * ny + (column % strip))),
    record.oppositeColumns >> 2,
  );
  return { image: integers.slice(plan >> 2), record };
}

const images = new Map<string, PlanImage>();
const mostImages = 32;

/** The image of a plan whose record is to lie at an address; the latest are kept. */
export function planImage(sizes: PlanSizes, plan: number): PlanImage {
  const key = `${sizes.ny} ${sizes.nx} ${sizes.strip} ${sizes.rowBlock} ${plan}`;
  const image = images.get(key) ?? makeImage(sizes, plan);
  images.delete(key);
  images.set(key, image);
  if (images.size > mostImages) images.delete(images.keys().next().value!);
  return image;
}
