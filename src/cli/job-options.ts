import type { Sources } from "../experiments/experiment.js";
import { type AnyExperiment, experimentNamed, experiments } from "../experiments/registry.js";
import type { Job } from "../node/jobs.js";
import { refuse } from "../tensor/errors.js";

/** The options of `striate run`, as the command line gives them. */
export interface RunOptions {
  readonly seed?: number;
  readonly workers?: number;
  readonly out: string;
  readonly smoke: boolean;
  readonly recording?: string;
  readonly frameSeconds?: number;
  readonly protocol?: string;
  readonly photographs?: string;
  readonly degreesPerPixel?: number;
  readonly debug: boolean;
}

/** What `striate run NAME` with these options has to run; refuses an option that none of it takes. */
export function jobsOf(name: string, options: RunOptions): Omit<Job, "inputs">[] {
  if (options.frameSeconds !== undefined && options.recording === undefined) {
    refuse("run", "--frame-seconds describes a recording, --recording is needed with it");
  }
  const chosen = name === "main" ? experimentsOfMain(options) : [experimentNamed(name)];
  refuseUnused(name, chosen, options);
  return chosen.map((experiment) => ({
    experiment: experiment.name,
    settings: settingsOf(experiment, options),
    sources: sourcesOf(experiment, options),
  }));
}

/** All of them; the recorded cell only where there is a recording. */
function experimentsOfMain(options: RunOptions): AnyExperiment[] {
  if (options.protocol !== undefined) {
    refuse("run", "--protocol belongs to one cell: run simple-cell or complex-cell with it, not main");
  }
  return experiments.filter(({ takes }) => !takes.includes("recording") || options.recording !== undefined);
}

function refuseUnused(name: string, chosen: readonly AnyExperiment[], options: RunOptions): void {
  for (const source of ["recording", "protocol", "photographs"] as const) {
    if (options[source] !== undefined && !chosen.some(({ takes }) => takes.includes(source))) {
      refuse("run", `--${source} does not apply to "${name}"`);
    }
  }
  if (options.degreesPerPixel !== undefined && !chosen.some(({ defaults }) => "degreesPerPixel" in defaults)) {
    refuse("run", `--degrees-per-pixel does not apply to "${name}"`);
  }
}

function settingsOf(experiment: AnyExperiment, options: RunOptions): object {
  const { defaults, smoke } = experiment;
  return {
    ...defaults,
    ...(options.smoke ? smoke : {}),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.degreesPerPixel !== undefined && "degreesPerPixel" in defaults
      ? { degreesPerPixel: options.degreesPerPixel }
      : {}),
  };
}

function sourcesOf(experiment: AnyExperiment, options: RunOptions): Sources {
  const { takes, sources } = experiment;
  const protocol = options.protocol ?? sources.protocol;
  const photographs = options.photographs ?? sources.photographs;
  if (takes.includes("recording") && options.recording === undefined) {
    refuse("run", `"${experiment.name}" needs --recording with the path of a recorded cell`);
  }
  return {
    ...(takes.includes("protocol") ? { protocol } : {}),
    ...(takes.includes("photographs") ? { photographs } : {}),
    ...(takes.includes("recording") ? { recording: recordingOf(options) } : {}),
  };
}

function recordingOf({ recording, frameSeconds }: RunOptions): Sources["recording"] {
  return { path: recording!, ...(frameSeconds === undefined ? {} : { reading: { frameSeconds } }) };
}
