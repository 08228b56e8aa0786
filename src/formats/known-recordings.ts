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
 * Reid: a cell of the cat's lateral geniculate nucleus, an m-sequence of 16x16 pixels, one frame in 15.6 ms.
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
];
