/** The table, and who is ahead. */
import type { PeerResult } from "./contender.js";
import type { Row } from "./measure.js";
import { type PeerName, patience, peerKinds } from "./peers.js";

function cell(text: string, width: number): string {
  return text.padStart(width);
}

function milliseconds(seconds: number): string {
  return (1e3 * seconds).toFixed(1);
}

/** How the table is read, and its head. */
export function headOf(peers: readonly PeerName[]): string {
  const ours = "row     algorithm      ms    p90 GFLOP/s      R  of R  kept reach   error";
  return [
    "of R: of the R measured in between; kept: the same into a tensor that is kept (the option into); reach: what is asked of one thread;",
    "error: of the largest number, against float64, on all numbers (S6, S7: on 2000, 40 and 500 of f, g and h);",
    "ahead: the peer's time over ours, in alternation; a star marks a time of one call; none: told below the table.",
    ours + peers.map((name) => cell(`${peerKinds[name].title} ms`, 19) + cell("ahead", 8)).join(""),
  ].join("\n");
}

function peerCells(name: PeerName, results: readonly PeerResult[]): string {
  const result = results.find((one) => one.name === name);
  if (!result) return cell("absent", 19) + cell("-", 8);
  if ("failed" in result) return cell("none", 19) + cell("-", 8);
  const once = result.calls === 1 ? "*" : "";
  const [time, ahead] = [milliseconds(result.median) + once, `${result.ahead.toFixed(2)}x`];
  return result.median < patience ? cell(time, 19) + cell(ahead, 8) : cell(`> ${time}`, 19) + cell(`>${ahead}`, 8);
}

/** One row of the table; a star marks a peer's time that is that of one call. */
export function lineOf(row: Row, peers: readonly PeerName[]): string {
  const { shape, pass, threads, algorithm, speed, accuracy } = row;
  const ours = [
    `${shape.id} ${pass} ${threads}  `.padEnd(8),
    algorithm.padEnd(9),
    cell(milliseconds(speed.median), 8),
    cell(milliseconds(speed.p90), 7),
    cell(speed.gflops.toFixed(0), 8),
    cell(speed.R.toFixed(1), 7),
    cell(speed.multiplesOfR.toFixed(2), 6),
    cell(row.kept.toFixed(2), 6),
    cell(threads === 1 ? String(shape.reach[pass]) : "", 6),
    cell(accuracy.error.toExponential(1), 8),
  ];
  return ours.join("") + peers.map((name) => peerCells(name, row.peers)).join("");
}

function nameOf({ shape, pass, threads }: Row): string {
  return `${shape.id} ${pass} on ${threads}`;
}

/** `all 42` or `12 of 42, not on S1 f on 1 (0.90x), …`. */
function share(rows: readonly Row[], holds: (row: Row) => boolean, figure: (row: Row) => string): string {
  const not = rows.filter((row) => !holds(row));
  if (rows.length === 0) return "no row";
  if (not.length === 0) return `all ${rows.length}`;
  const list = not.map((row) => `${nameOf(row)} (${figure(row)})`);
  return `${rows.length - not.length} of ${rows.length}, not on ${list.join(", ")}`;
}

function aheadOf(name: PeerName, row: Row): number | undefined {
  const result = row.peers.find((one) => one.name === name);
  return result && "ahead" in result ? result.ahead : undefined;
}

/** Where PyTorch 1.13 is to be beaten; elsewhere it is told how far it is ahead. */
const torchRows = [
  "S1 h",
  "S2 f",
  "S2 g",
  "S2 h",
  "S3 f",
  "S3 h",
  "S5 h",
  "S6 f",
  "S6 g",
  "S6 h",
  "S7 f",
  "S7 g",
  "S7 h",
];

function peerVerdicts(rows: readonly Row[], name: PeerName): string[] {
  const { title } = peerKinds[name];
  const raced = rows.filter((row) => aheadOf(name, row) !== undefined);
  const ahead = (row: Row) => aheadOf(name, row)! > 1;
  const figure = (row: Row) => `${aheadOf(name, row)!.toFixed(2)}x`;
  const failed = rows.flatMap((row) =>
    row.peers.flatMap((one) =>
      one.name === name && "failed" in one ? [`  none on ${nameOf(row)}: ${one.failed}`] : [],
    ),
  );
  if (name !== "torch") return [`ahead of ${title}: ${share(raced, ahead, figure)}`, ...failed];
  const wanted = (row: Row) => torchRows.includes(`${row.shape.id} ${row.pass}`);
  return [
    `ahead of ${title} where it is to be: ${share(raced.filter(wanted), ahead, figure)}`,
    `ahead of ${title} elsewhere: ${share(
      raced.filter((row) => !wanted(row)),
      ahead,
      figure,
    )}`,
    ...failed,
  ];
}

/** The gain of two threads over one in multiples of R, of the ceiling. */
function threadVerdict(rows: readonly Row[]): string[] {
  const gain = (row: Row) => {
    const one = rows.find((other) => other.threads === 1 && other.shape === row.shape && other.pass === row.pass);
    return one && row.kept / one.kept;
  };
  const two = rows.filter((row) => row.threads === 2 && gain(row) !== undefined);
  if (two.length === 0) return [];
  const figure = (row: Row) => `gain ${gain(row)!.toFixed(2)} of ${row.ceiling.toFixed(2)}`;
  return [
    "two threads, gain over one and the ceiling that the raw tile shows:",
    ...two.map((row) => `  ${row.shape.id} ${row.pass}: ${figure(row)}, ${(gain(row)! / row.ceiling).toFixed(2)}`),
    `two threads reach .95 of the ceiling: ${share(two, (row) => gain(row)! >= 0.95 * row.ceiling, figure)}`,
  ];
}

/** What the rows say. */
export function verdicts(rows: readonly Row[], peers: readonly PeerName[]): string[] {
  const one = rows.filter((row) => row.threads === 1);
  const reaches = ({ shape, pass, kept }: Row) => kept >= shape.reach[pass];
  const figure = ({ shape, pass, kept }: Row) => `${kept.toFixed(2)} of ${shape.reach[pass]}`;
  return [
    `one thread, into a tensor that is kept, reaches its multiples of R: ${share(one, reaches, figure)}`,
    ...threadVerdict(rows),
    ...peers.flatMap((name) => peerVerdicts(rows, name)),
  ];
}
