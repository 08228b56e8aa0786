/**
 * What `auto` picks, on fifty convolutions of all kinds and in all three operations, and what its pick costs over the best of all
 * algorithms that apply, by medians of runs in alternation. Doubtful ones are timed again, longer. Then calls so small that
 * planning would cost more than the work, beside the nested loops.
 *
 * `--fit` times random convolutions instead and prints the coefficients for src/conv/cost-coefficients.ts. `--part 2/3` judges the second
 * third of the fifty.
 */
import { cpus } from "node:os";
import { choiceOf } from "../src/conv/choose-auto.js";
import { conv, convInputGradient, convKernelGradient } from "../src/conv/conv.js";
import type { Costed } from "../src/conv/cost-coefficients.js";
import { tensor } from "../src/tensor/tensor.js";
import { fitSamples, printFit } from "./conv-auto-fit.js";
import { judgedShapes, randomShapes, type Shape } from "./conv-auto-shapes.js";
import { applying, caseOf, median, operations, timesOf } from "./conv-auto-times.js";

interface Row {
  readonly name: string;
  readonly letter: string;
  readonly pick: Costed;
  readonly best: Costed;
  readonly times: ReadonlyMap<Costed, number>;
  readonly loss: number;
}

/** The loss that is aimed at. */
const most = 0.1;

function judge(shape: Shape): Row[] {
  return operations.map(([operation, letter]) => {
    const each = caseOf(shape, operation);
    const pick = choiceOf(operation, shape.g, each.A, each.B);
    const list = applying(each);
    const times = timesOf(each, list.includes(pick) ? list : [...list, pick], 7);
    const lossOf = () => times.get(pick)! / Math.min(...times.values()) - 1;
    const bestOf = () => [...times].reduce((a, b) => (b[1] < a[1] ? b : a))[0];
    // A close race is decided by more runs of the two alone.
    if (lossOf() > most / 2 && lossOf() < 1)
      for (const [algorithm, time] of timesOf(each, [pick, bestOf()], 31)) times.set(algorithm, time);
    return { name: shape.name, letter, pick, best: bestOf(), times, loss: lossOf() };
  });
}

function print(row: Row): void {
  const times = [...row.times]
    .sort((a, b) => a[1] - b[1])
    .map(([name, time]) => `${name} ${(time / 1e6).toPrecision(3)}`);
  const loss = row.loss === 0 ? "" : `+${(100 * row.loss).toFixed(0)} %`;
  console.log(`${row.name.padEnd(66)}${row.letter}  ${row.pick.padEnd(10)}${loss.padStart(7)}   ${times.join(", ")}`);
}

/** Microseconds of small calls of the public functions, `auto` beside the nested loops. */
function smallCalls(): void {
  console.log("\nsmall calls, public functions, in microseconds: auto beside direct");
  for (const [batch, I, O] of [
    [1, 1, 1],
    [1, 1, 4],
    [1, 3, 8],
    [4, 8, 8],
  ] as const) {
    const numbers = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(1 + i * i));
    const [V, K] = [tensor(numbers(batch * I * 64), [batch, I, 8, 8]), tensor(numbers(O * I * 9), [O, I, 3, 3])];
    const G = conv(V, K);
    const [kernelShape, inputShape] = [K.shape, V.shape];
    const calls = {
      f: (algorithm: "auto" | "direct") => conv(V, K, { algorithm }),
      g: (algorithm: "auto" | "direct") => convKernelGradient(G, V, { algorithm, kernelShape }),
      h: (algorithm: "auto" | "direct") => convInputGradient(K, G, { algorithm, inputShape }),
    };
    const words = Object.entries(calls).map(([letter, call]) => {
      const times: Record<"auto" | "direct", number[]> = { auto: [], direct: [] };
      for (let sample = 0; sample < 30; sample++) {
        for (const algorithm of ["auto", "direct"] as const) {
          const from = performance.now();
          for (let i = 0; i < 200; i++) call(algorithm);
          if (sample >= 9) times[algorithm].push((performance.now() - from) * 5);
        }
      }
      return `${letter} ${median(times.auto).toFixed(1)} / ${median(times.direct).toFixed(1)}`;
    });
    console.log(`${batch}x${I}x8x8 * ${O}x${I}x3x3`.padEnd(24) + words.map((word) => word.padEnd(20)).join(""));
  }
}

console.log(`${cpus()[0]?.model}, Node ${process.version}, one thread; milliseconds`);
for (const shape of randomShapes(3, 7)) judge(shape);
if (process.argv.includes("--fit")) printFit(fitSamples(100));
else {
  const [part, parts] = (process.argv[process.argv.indexOf("--part") + 1] ?? "").split("/").map(Number) as [
    number,
    number,
  ];
  const split = process.argv.includes("--part");
  const rows = judgedShapes
    .filter((_, i) => !split || Math.floor((i * parts) / judgedShapes.length) === part - 1)
    .flatMap((shape) => {
      const judged = judge(shape);
      judged.forEach(print);
      return judged;
    });
  const over = rows.filter(({ loss }) => loss > most);
  const worst = rows.reduce((a, b) => (b.loss > a.loss ? b : a));
  console.log(`\nworst: +${(100 * worst.loss).toFixed(0)} % (${worst.name} ${worst.letter})`);
  console.log(`above 10 %: ${over.length} of ${rows.length}`);
  if (!split || part === parts) smallCalls();
}
