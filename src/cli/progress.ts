import type { Progress } from "../experiments/experiment.js";

const barWidth = 16;
const plainEverySeconds = 10;

/** What a running task shows: a bar on a terminal, now and then a plain line elsewhere. */
export interface ProgressDisplay {
  readonly start: (task: string) => void;
  readonly update: (task: string, progress: Progress) => void;
  readonly finish: (task: string, seconds: number) => void;
  /** redraws the bars, so that the time left does not stand still while nothing is told */
  readonly tick: () => void;
  /** takes the bars off the terminal */
  readonly clear: () => void;
}

interface Running {
  readonly since: number;
  unitSince: number;
  progress: Progress;
  printedAt: number;
}

/** `1,234` a second with three digits that matter: `12.3`, `1.23 k`. */
export function rateText(rate: number): string {
  if (!Number.isFinite(rate)) return "-";
  const [value, unit] = rate >= 1e6 ? [rate / 1e6, "M"] : rate >= 1e3 ? [rate / 1e3, "k"] : [rate, ""];
  return `${value.toPrecision(3)}${unit === "" ? "" : ` ${unit}`}`;
}

/** One line: task, bar (on a terminal), share, and rate and time left once something is done and until all of it is. */
export function progressLine(task: string, progress: Progress, seconds: number, bar = true): string {
  const share = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  const filled = Math.round(share * barWidth);
  const drawn = bar ? `${"█".repeat(filled)}${"░".repeat(barWidth - filled)} ` : "";
  return `${task.padEnd(16)} ${drawn}${`${Math.floor(100 * share)}`.padStart(3)} %  ${paceText(progress, seconds)}`;
}

/** How fast it goes and how long it takes: an end that is reached says nothing of what comes after it. */
function paceText({ done, total, unit }: Progress, seconds: number): string {
  const rate = seconds > 0 ? done / seconds : 0;
  if (rate === 0 || done >= total) return `${done} of ${total} ${unit}`;
  return `${rateText(rate)} ${unit}/s  ${Math.ceil((total - done) / rate)} s left`;
}

/** A display on `stream`: bars where it is a terminal, plain lines where it is piped. */
export function progressDisplay(stream: NodeJS.WriteStream, now: () => number): ProgressDisplay {
  const running = new Map<string, Running>();
  const terminal = stream.isTTY === true;
  let linesShown = 0;
  const clear = (): void => {
    if (linesShown > 0) stream.write(`\u001b[${linesShown}A\u001b[0J`);
    linesShown = 0;
  };
  const line = (task: string, state: Running): string =>
    progressLine(task, state.progress, now() - state.unitSince, terminal);
  const draw = (): void => {
    clear();
    for (const [task, state] of running) stream.write(`${line(task, state).slice(0, stream.columns - 1)}\n`);
    linesShown = running.size;
  };
  return {
    clear,
    tick() {
      if (terminal && running.size > 0) draw();
    },
    start(task) {
      const progress = { done: 0, total: 1, unit: "steps" };
      running.set(task, { since: now(), unitSince: now(), progress, printedAt: now() });
      if (terminal) draw();
      else stream.write(`${task}: started\n`);
    },
    update(task, progress) {
      const state = running.get(task);
      if (state === undefined) return;
      if (progress.unit !== state.progress.unit) state.unitSince = now();
      state.progress = progress;
      if (terminal) draw();
      else if (now() - state.printedAt >= plainEverySeconds) {
        state.printedAt = now();
        stream.write(`${line(task, state).trimEnd()}\n`);
      }
    },
    finish(task, seconds) {
      running.delete(task);
      clear();
      stream.write(`${task}: done in ${seconds.toFixed(1)} s\n`);
      if (terminal) draw();
    },
  };
}
