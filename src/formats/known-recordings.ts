/** A published recording whose file leaves out the frame duration, known by its shape and its count of spikes. */
export interface KnownRecording {
  readonly name: string;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly spikes: number;
  readonly frameSeconds: number;
}

/**
 * Source: the exercise data of Dayan & Abbott, Theoretical Neuroscience (2001), chapter 2, recorded by Kara, Reinagel and
 * Reid: a cell of the cat's lateral geniculate nucleus, an m-sequence of 16x16 pixels, one frame in 15.6 ms; and of chapter 1,
 * recorded by de Ruyter van Steveninck: a motion-sensitive cell of the fly, a velocity in each sample of 2 ms.
 */
export const knownRecordings: readonly KnownRecording[] = [
  {
    name: "the LGN cell of Dayan & Abbott, chapter 2 (Kara, Reinagel & Reid)",
    frames: 32_767,
    height: 16,
    width: 16,
    spikes: 21_847,
    frameSeconds: 0.0156,
  },
  {
    name: "the fly's H1 cell of Dayan & Abbott, chapter 1 (de Ruyter van Steveninck)",
    frames: 600_000,
    height: 1,
    width: 1,
    spikes: 53_601,
    frameSeconds: 0.002,
  },
];
