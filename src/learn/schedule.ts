/** A rate for each step, counted from 0. */
export type Schedule = (step: number) => number;

/**
 * A rate that holds, then falls along a straight line.
 *
 * @param rate while it holds
 * @param steps of the whole training
 * @param hold the share of the steps for which it holds, 0 to 1
 * @param end the share of `rate` that is left at the last step
 */
export function holdThenFall(rate: number, steps: number, hold: number, end: number): Schedule {
  const from = hold * steps;
  const last = steps - 1;
  return (step) => (step <= from || last <= from ? rate : rate * (1 - ((1 - end) * (step - from)) / (last - from)));
}
