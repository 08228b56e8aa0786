import { firstPages } from "./arena.js";
import { assemble, defineFunction, doWhile, type Local } from "./assembler.js";
import { f32x4, i32, v128 } from "./instructions.js";

type I = Local<"i32">;

const sixteenZeros = new Uint8Array(16);

/** Numbers of a cache line: sums are made line by line. */
export const lineNumbers = 16;

/**
 * `into += Σ w·row` over the items from `items` to `end`, an address and a weight each: they are summed in order, then added. `lines`
 * counts the cache lines of a row.
 *
 * The sums of a line stay in registers while all rows go by; of more than a line the compiler would spill what it loads ahead, and
 * weights kept in registers instead, with the rows inside, take half as long again.
 */
const addRows = defineFunction(
  "addRows",
  { items: "i32", end: "i32", into: "i32", lines: "i32" },
  (f, { items, end, into, lines }) => {
    const sums = f.locals("v128", 4);
    const weight = f.local("v128");
    const [at, item, offset] = f.locals("i32", 3) as [I, I, I];
    return [
      doWhile(
        [
          ...sums.map((sum) => sum.set(v128.const(sixteenZeros))),
          item.set(items),
          doWhile(
            [
              at.set(i32.add(i32.load(item), offset)),
              weight.set(v128.load32Splat(item, 4)),
              ...sums.map((sum, i) => sum.set(f32x4.add(sum, f32x4.mul(weight, v128.load(at, 16 * i))))),
              item.set(i32.add(item, 8)),
            ],
            i32.ltU(item, end),
          ),
          ...sums.map((sum, i) => v128.store(into, f32x4.add(v128.load(into, 16 * i), sum), 16 * i)),
          into.set(i32.add(into, 4 * lineNumbers)),
          offset.set(i32.add(offset, 4 * lineNumbers)),
        ],
        lines.tee(i32.sub(lines, 1)),
      ),
    ];
  },
);

/** The bytes of the module: `addRows` and a memory. */
export function rowSumsModule(): Uint8Array {
  return assemble({ memory: { pages: firstPages }, functions: [addRows] });
}
