type Gather = (
  into: number,
  source: number,
  laneTable: number,
  stepTable: number,
  panels: number,
  depth: number,
) => void;

/** The kernels of the packed product; what each does is told in `panel-kernels.ts` and `panel-gather.ts`. */
export interface PanelFunctions {
  readonly multiplyPanels: (
    A: number,
    B: number,
    C: number,
    rows: number,
    columns: number,
    depth: number,
    pitch: number,
    keep: number,
    skew: number,
  ) => void;
  readonly multiplyInto: (
    A: number,
    B: number,
    rows: number,
    columns: number,
    depth: number,
    laneTable: number,
    stepTable: number,
    add: number,
    scratch: number,
  ) => void;
  readonly gather4: Gather;
  readonly gather8: Gather;
  readonly packWeighted: (
    places: number,
    weights: number,
    groups: number,
    frames: number,
    A: number,
    B: number,
  ) => void;
}
