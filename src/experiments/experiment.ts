import type { Figure } from "../plot/figure.js";
import type { Table } from "../plot/table.js";

/** How far a run has come, as it is shown while it runs. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** what `done` counts: "frames", "null draws", "steps", "fits" */
  readonly unit: string;
}

/** What the platform hands to a running experiment. */
export interface Context {
  readonly onProgress?: (progress: Progress) => void;
  /** set from outside to stop the run */
  readonly signal?: { readonly aborted: boolean };
}

/** Where an experiment's inputs come from; the edge that runs it reads them. */
export interface Sources {
  /** a stimulus protocol: a name in `stimuli/` or a path */
  readonly protocol?: string;
  /** "packaged", the four public-domain photographs, or a folder */
  readonly photographs?: string;
  readonly recording?: {
    readonly path: string;
    /** how the file is read, by the names that its reader takes: seconds a frame, where the file does not say, and more */
    readonly reading?: Readonly<Record<string, string | number>>;
  };
}

/** One number that an experiment asserts, beside what it should be. */
export interface Finding {
  readonly name: string;
  /** as printed, with unit and error */
  readonly value: string;
  /** theory's prediction, the truth or the reference, as printed; empty where there is none */
  readonly expected: string;
}

/** A part of a report: what was asked, what came out, in words, tables and figures. */
export interface Section {
  readonly title: string;
  /** paragraphs of plain text */
  readonly text: readonly string[];
  readonly findings: readonly Finding[];
  readonly tables: readonly Table[];
  readonly figures: readonly Figure[];
}

/**
 * One question, and how it is answered.
 * `Settings` and `Inputs` are plain data, and so is `Result`: it crosses threads and is written to disk as it is.
 */
export interface Experiment<Settings extends object, Inputs extends object, Result extends object> {
  readonly name: string;
  readonly question: string;
  readonly defaults: Settings;
  /** what differs in the small run that only shows that everything works */
  readonly smoke: Partial<Settings>;
  /** the sources that it reads */
  readonly takes: readonly (keyof Sources)[];
  /** where they come from unless the user says otherwise */
  readonly sources: Sources;
  readonly run: (settings: Settings, inputs: Inputs, context: Context) => Result;
  readonly section: (result: Result) => Section;
}
