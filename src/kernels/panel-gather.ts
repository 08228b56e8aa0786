/** The kernels that pack the panels of the product. All addresses and offsets are in bytes. */
import { defineFunction, doWhile, type Expr, type Local, type Statement, when, whileTrue } from "./assembler.js";
import { advance, integers, times, transposed } from "./emit.js";
import { f32, f32x4, i32, i32x4, v128 } from "./instructions.js";

type I = Local<"i32">;

/** Offsets of four numbers that follow each other. */
export const fourNumbers: Expr<"v128"> = v128.const(new Uint8Array(Int32Array.of(0, 4, 8, 12).buffer));

/**
 * Panels of `width` lanes: into[panel][step][lane] = source[lane's offset + step's offset], from two tables of offsets. Lanes
 * that follow each other are copied as vectors; fours that are the end of one run and the start of another, as where a window
 * goes to the next line, are put together from both; else four steps that follow each other are read, and transposed.
 */
export function gather(name: string, width: 4 | 8) {
  return defineFunction(
    name,
    integers("into", "source", "laneTable", "stepTable", "panels", "depth"),
    (f, { into, source, laneTable, stepTable, panels, depth }) => {
      const at = f.locals("i32", width);
      const [step, end, from, whole, split] = f.locals("i32", 5) as [I, I, I, I, I];
      const [rows, scratch] = [f.locals("v128", 4), f.locals("v128", 4)];
      const next = [advance(into, 4 * width), advance(step, 4)];
      const fours = width === 4 ? [0] : [0, 4];
      const runs = fours.map((lane) => ({ lane, start: f.local("i32"), last: f.local("i32"), first: f.local("v128") }));
      const [places, starts] = [f.local("v128"), f.local("v128")];
      const look = [
        whole.set(i32.const(1)),
        split.set(i32.const(1)),
        ...runs.flatMap(({ lane, start, last, first }) => [
          places.set(i32x4.sub(v128.load(laneTable, 4 * lane), fourNumbers)),
          starts.set(i32x4.splat(i32x4.extractLane(places, 0))),
          first.set(i32x4.eq(places, starts)),
          start.set(i32.add(source, i32x4.extractLane(places, 0))),
          last.set(i32.add(source, i32x4.extractLane(places, 3))),
          whole.set(i32.and(whole, i32.and(i32x4.allTrue(first), i32.eq(start, i32.add(at[0]!, 4 * lane))))),
          split.set(
            i32.and(split, i32x4.allTrue(v128.or(first, i32x4.eq(places, i32x4.splat(i32x4.extractLane(places, 3)))))),
          ),
        ]),
      ];
      const copied = fours.map((lane) => v128.store(into, v128.load(from, 4 * lane), 4 * lane));
      const joined = runs.map(({ lane, start, last, first }) =>
        v128.store(
          into,
          v128.bitselect(v128.load(i32.add(start, from)), v128.load(i32.add(last, from)), first),
          4 * lane,
        ),
      );
      const singles = (offset: number) =>
        at.map((lane, i) => f32.store(into, f32.load(i32.add(lane, from)), offset + 4 * i));
      const follow = i32x4.eq(i32x4.sub(v128.load(step), i32x4.splat(from)), fourNumbers);
      const exchanged = transposed(rows, scratch);
      const fourSteps = fours.flatMap((lane) => [
        ...rows.map((row, i) => row.set(v128.load(i32.add(at[lane + i]!, from)))),
        ...exchanged.body,
        ...exchanged.columns.map((column, i) => v128.store(into, column, 4 * lane + 4 * width * i)),
      ]);
      const fourSingles = [0, 1, 2, 3].flatMap((i) => [from.set(i32.load(step, 4 * i)), ...singles(4 * width * i)]);
      const stepwise = (start: Expr<"i32">, body: readonly Statement[]) =>
        doWhile([from.set(start), ...body, ...next], i32.ltU(step, end));
      return [
        end.set(i32.add(stepTable, i32.shl(depth, 2))),
        times(panels, [
          ...at.map((lane, i) => lane.set(i32.add(source, i32.load(laneTable, 4 * i)))),
          ...look,
          step.set(stepTable),
          when(
            whole,
            [stepwise(i32.add(at[0]!, i32.load(step)), copied)],
            [
              when(
                split,
                [stepwise(i32.load(step), joined)],
                [
                  whileTrue(i32.leU(i32.add(step, 16), end), [
                    from.set(i32.load(step)),
                    when(i32x4.allTrue(follow), fourSteps, fourSingles),
                    advance(into, 16 * width),
                    advance(step, 16),
                  ]),
                  whileTrue(i32.ltU(step, end), [from.set(i32.load(step)), ...singles(0), ...next]),
                ],
              ),
            ],
          ),
          advance(laneTable, 4 * width),
        ]),
      ];
    },
  );
}

/**
 * Both operands of Σ w x xᵀ: A in panels of 4 with w·x, B in panels of 8 with x, from frames that start at the addresses in
 * `places`; numbers beyond a frame's end, up to the next sixteen, are packed and mean nothing. Sixteen numbers, one cache
 * line, at a time: all panels at once would write to streams that share the same sets of the cache.
 */
export const packWeighted = defineFunction(
  "packWeighted",
  integers("places", "weights", "groups", "frames", "A", "B"),
  (f, { places, weights, groups, frames, A, B }) => {
    const [from, place, weight, end, column] = f.locals("i32", 5) as [I, I, I, I, I];
    const a = f.locals("i32", 4);
    const b = f.locals("i32", 2);
    const [x, w] = [f.local("v128"), f.local("v128")];
    return [
      end.set(i32.add(weights, i32.shl(frames, 2))),
      times(groups, [
        place.set(places),
        weight.set(weights),
        ...a.map((to, i) => to.set(i32.add(A, i32.mul(frames, 16 * i)))),
        ...b.map((to, i) => to.set(i32.add(B, i32.mul(frames, 32 * i)))),
        doWhile(
          [
            w.set(v128.load32Splat(weight)),
            from.set(i32.add(column, i32.load(place))),
            ...[0, 1, 2, 3].flatMap((i) => [
              x.set(v128.load(from, 16 * i)),
              v128.store(a[i]!, f32x4.mul(w, x)),
              v128.store(b[i >> 1]!, x, 16 * (i & 1)),
            ]),
            ...a.map((to) => advance(to, 16)),
            ...b.map((to) => advance(to, 32)),
            advance(place, 4),
            advance(weight, 4),
          ],
          i32.ltU(weight, end),
        ),
        advance(column, 64),
        A.set(a[3]!),
        B.set(b[1]!),
      ]),
    ];
  },
);
