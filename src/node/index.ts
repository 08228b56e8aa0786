/** The face of the Node edge: files, images, recordings, pictures of figures. */
export { type ConvThreads, startConvThreads } from "./conv-threads.js";
export { exportFigure } from "./export/export-figure.js";
export { packagedPhotographs, photographsIn, readGreyImage } from "./images.js";
export { type ReadRecordingOptions, readRecording } from "./recordings.js";
