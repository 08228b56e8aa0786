/** The public face of Striate's core. What is not named here is private. */
export type { Cell } from "./cells/cell.js";
export { complexCell } from "./cells/complex-cell.js";
export { alignToFrames, type FrameAlignment, type FrameAlignmentOptions } from "./cells/frame-alignment.js";
export { cellFrom } from "./cells/function-cell.js";
export { type PoissonSpikesOptions, poissonSpikes } from "./cells/poisson-spikes.js";
export type { CellSpecification, Response, SpikeTrain } from "./cells/response.js";
export { type SimpleNonlinearity, simpleCell } from "./cells/simple-cell.js";
export { type SpaceTimeFilter, spaceTimeCell } from "./cells/space-time-cell.js";
export { type SpikeTimesOptions, spikesFromTimes } from "./cells/spike-times.js";
export { spikesFrom } from "./cells/spikes.js";
export { type Comparison, compareWithV1 } from "./compare/compare-with-v1.js";
export { biasGradient } from "./conv/bias.js";
export {
  conv,
  convInputGradient,
  convKernelGradient,
  type InputGradientOptions,
  type KernelGradientOptions,
} from "./conv/conv.js";
export { type LayerCounts, type LayerCountsRequest, type LayerKind, layerCounts } from "./conv/layer-counts.js";
export { convMatrix, type SparseMatrix } from "./conv/matrix.js";
export { type MatrixCounts, matrixCounts } from "./conv/matrix-counts.js";
export { denseMatrix, multiplySparse, multiplySparseTransposed } from "./conv/matrix-product.js";
export { type PoolChannelsOptions, poolChannels, poolChannelsGradient } from "./conv/maxout.js";
export type { Algorithm, Boundary, ConvOptions, GeometryOptions, Padding } from "./conv/options.js";
export { pool, poolGradient } from "./conv/pool.js";
export { type AdaptivePoolOptions, adaptivePool, adaptivePoolGradient } from "./conv/pool-adaptive.js";
export {
  type PooledOver,
  type PoolingRegions,
  type PoolRegionsOptions,
  poolRegions,
  poolRegionsGradient,
} from "./conv/pool-learned.js";
export {
  type LearnedPoolingRegions,
  type Likeness,
  learnPoolingRegions,
  type PoolingRegionsOptions,
} from "./conv/pool-learned-regions.js";
export type { PoolKind, PoolOptions, RegionKind } from "./conv/pool-options.js";
export { type FieldLayer, type ReceptiveField, receptiveField } from "./conv/receptive-field.js";
export { sensorAverage } from "./conv/sensor-average.js";
export { isSeparable, separate } from "./conv/separable.js";
export { type SeparableConvOptions, separableConv } from "./conv/separable-conv.js";
export type { Separation } from "./conv/separable-factors.js";
export { leaveConvThreads, useConvThreads } from "./conv/threaded.js";
export { serveConv } from "./conv/threaded-serve.js";
export {
  type TiledConvOptions,
  type TiledInputGradientOptions,
  type TiledKernelGradientOptions,
  tiledConv,
  tiledConvInputGradient,
  tiledConvKernelGradient,
} from "./conv/tiled.js";
export {
  type UnsharedConvOptions,
  type UnsharedInputGradientOptions,
  type UnsharedKernelGradientOptions,
  unsharedConv,
  unsharedConvInputGradient,
  unsharedConvKernelGradient,
} from "./conv/unshared.js";
export {
  type ChooseFieldModelOptions,
  type ComparedModel,
  chooseFieldModel,
  type FieldModelChoice,
  type HeldOutError,
} from "./fit/choose-fit.js";
export type { FieldFit, FieldModel } from "./fit/choose-fit-models.js";
export {
  type DifferenceOfGaussiansFit,
  fitDifferenceOfGaussians,
} from "./fit/fit-difference-of-gaussians.js";
export { type FitGaborOptions, fitGabor } from "./fit/fit-gabor.js";
export {
  type FitSpaceTimeGaborOptions,
  fitSpaceTimeGabor,
  type SpaceTimeGaborFit,
} from "./fit/fit-space-time-gabor.js";
export type { GaborFit } from "./fit/gabor-fit.js";
export { estimatesOverTime } from "./fit/held-out-estimates.js";
export { type CsvTable, readCsv, writeCsv } from "./formats/csv.js";
export { listMat, readMat } from "./formats/mat.js";
export { listMat73, readMat73 } from "./formats/mat73.js";
export { readNpy, writeNpy } from "./formats/npy.js";
export { readNpz, writeNpz } from "./formats/npz.js";
export { type NwbExperiment, type WriteNwbOptions, writeNwb } from "./formats/nwb-write.js";
export {
  type Recording,
  type RecordingOptions,
  recordingFromArrays,
  recordingFromMat,
  recordingFromNpz,
} from "./formats/recording.js";
export { type CsvRecordingOptions, recordingFromCsv } from "./formats/recording-csv.js";
export { listNwb, type NwbContents, type NwbRecordingOptions, recordingFromNwb } from "./formats/recording-nwb.js";
export { recordingOfSpikes, recordingToCsv, recordingToNpz, recordingToNwb } from "./formats/recording-write.js";
export { kernelBuild } from "./kernels/panels.js";
export type { ThreadMessage, ThreadPool } from "./kernels/thread-pool.js";
export { type LearningOptions, learnKernels } from "./learn/learn-kernels.js";
export { phaseScrambled } from "./learn/phase-scramble.js";
export type { LearningSettings, TrainingRecord } from "./learn/training-record.js";
export { type RectifiedLayer, type UnitPlace, unitCell, unitGradient, unitView } from "./learn/unit-cell.js";
export { canonicalGabor, type Gabor, gaborAt, quadraturePair, renderGabor } from "./math/gabor.js";
export { type GaborShape, gaborShape } from "./math/gabor-shape.js";
export type { Grid } from "./math/grid.js";
export { type Clusters, type KMeansOptions, kMeans } from "./math/k-means.js";
export { principalAngles } from "./math/principal-angles.js";
export {
  canonicalSpaceTimeGabor,
  renderSpaceTimeGabor,
  type SpaceTimeGabor,
  type SpaceTimeGrid,
} from "./math/space-time-gabor.js";
export { eigenvalueFigure } from "./plot/eigenvalues.js";
export { fieldPanelsFigure } from "./plot/field-panels.js";
export type { Figure } from "./plot/figure.js";
export { kernelMosaicFigure, kernelMosaicsFigure } from "./plot/mosaic.js";
export { receptiveFieldFigure } from "./plot/receptive-field.js";
export { spaceTimeFigure } from "./plot/space-time.js";
export { temporalProfileFigure } from "./plot/temporal-profile.js";
export type { Accumulator } from "./reverse-correlation/accumulators/accumulator.js";
export {
  type AverageAccumulator,
  type AverageState,
  averageAccumulator,
  averageAccumulatorFrom,
} from "./reverse-correlation/accumulators/average-accumulator.js";
export {
  type MomentsAccumulator,
  type MomentsState,
  momentsAccumulator,
  momentsAccumulatorFrom,
  type WindowMoments,
} from "./reverse-correlation/accumulators/moments-accumulator.js";
export type { AccumulatorOptions, AccumulatorState, Chunk } from "./reverse-correlation/accumulators/state.js";
export {
  type AverageNull,
  type AverageNullOptions,
  spikeTriggeredAverageNull,
} from "./reverse-correlation/average/average-null.js";
export { type FalseDiscovery, falseDiscovery } from "./reverse-correlation/average/false-discovery.js";
export { type FieldEllipse, fieldEllipse, gaborEllipse } from "./reverse-correlation/average/field-ellipse.js";
export { type PermutationTest, permutationTest } from "./reverse-correlation/average/permutation-test.js";
export {
  type SpikeTriggeredAverageOptions,
  spikeTriggeredAverage,
} from "./reverse-correlation/average/spike-triggered-average.js";
export { type TestAverageOptions, testAverage } from "./reverse-correlation/average/test-average.js";
export {
  type WhitenedAverage,
  type WhitenedAverageOptions,
  type Whitening,
  whitenedAverage,
} from "./reverse-correlation/average/whitened-average.js";
export type { Estimate } from "./reverse-correlation/estimate.js";
export { type BitsPerSpike, bitsPerSpike } from "./reverse-correlation/goodness/bits-per-spike.js";
export type { DriveMoments, DriveNonlinearity } from "./reverse-correlation/goodness/drive-moments.js";
export { type Psth, psth, type ResponseGoodness, responseGoodness } from "./reverse-correlation/goodness/goodness.js";
export {
  type JackknifeErrors,
  type JackknifeErrorsOptions,
  jackknifeErrors,
} from "./reverse-correlation/goodness/jackknife-errors.js";
export { type NoiseCeiling, noiseCeiling } from "./reverse-correlation/goodness/noise-ceiling.js";
export {
  type PlanRecordingOptions,
  planRecording,
  type RecordingPlan,
} from "./reverse-correlation/goodness/plan-recording.js";
export * as theory from "./reverse-correlation/goodness/theory.js";
export { type FrameRange, type TimeBlock, timeBlocks } from "./reverse-correlation/goodness/time-blocks.js";
export {
  type CrossValidation,
  crossValidate,
  type FitModel,
} from "./reverse-correlation/goodness/time-blocks-cross-validate.js";
export { type Basis, basisFrom, identityBasis, productBasis } from "./reverse-correlation/likelihood/basis.js";
export {
  type RaisedCosinesOptions,
  raisedCosines,
  type SplineBasisOptions,
  splineBasis,
} from "./reverse-correlation/likelihood/basis-functions.js";
export { fitGlm, type GlmEstimate } from "./reverse-correlation/likelihood/glm.js";
export type { PenaltyChoice } from "./reverse-correlation/likelihood/glm-choice.js";
export { type FitLnpOptions, fitLnp, type LnpEstimate } from "./reverse-correlation/likelihood/glm-lnp.js";
export type {
  GlmOptions,
  GlmPenalty,
  LnpFilterOptions,
  PastOptions,
} from "./reverse-correlation/likelihood/glm-options.js";
export type { SpikeFilter } from "./reverse-correlation/likelihood/history.js";
export type { PoissonCurve } from "./reverse-correlation/likelihood/poisson-curve.js";
export type { PoissonLink } from "./reverse-correlation/likelihood/poisson-link.js";
export {
  fitQuadraticModel,
  type QuadraticModel,
  type QuadraticModelOptions,
  type SquaredFilter,
} from "./reverse-correlation/likelihood/quadratic-model.js";
export type { OutputNonlinearity } from "./reverse-correlation/likelihood/quadratic-output.js";
export type { SubunitNonlinearity } from "./reverse-correlation/likelihood/subunit-drive.js";
export {
  fitSubunitModel,
  type SubunitModel,
  type SubunitModelOptions,
} from "./reverse-correlation/likelihood/subunit-model.js";
export { aldEstimate } from "./reverse-correlation/linear/ald-estimate.js";
export { type AsdOptions, asdEstimate } from "./reverse-correlation/linear/asd-estimate.js";
export type { ChosenBy, Hyperparameter, LinearEstimate, LinearOptions } from "./reverse-correlation/linear/estimate.js";
export { ridgeEstimate } from "./reverse-correlation/linear/ridge-estimate.js";
export { type SparseOptions, sparseEstimate } from "./reverse-correlation/linear/sparse-estimate.js";
export {
  estimateNonlinearity,
  type NonlinearityOf,
  type NonlinearityOptions,
} from "./reverse-correlation/nonlinearity/estimate.js";
export { linearNonlinearModel } from "./reverse-correlation/nonlinearity/model.js";
export type {
  HistogramNonlinearity,
  Nonlinearity,
  ParametricNonlinearity,
  SplineNonlinearity,
} from "./reverse-correlation/nonlinearity/nonlinearity.js";
export type { Prediction, SpikeModel } from "./reverse-correlation/prediction.js";
export { type Separability, spaceTimeSeparability } from "./reverse-correlation/space-time/separability.js";
export { type SpaceTimeMeasures, spaceTimeMeasures } from "./reverse-correlation/space-time/space-time-measures.js";
export { type AverageMeasures, averageMeasures } from "./reverse-correlation/space-time/space-time-measures-errors.js";
export {
  type InformativeDimensions,
  type InformativeDimensionsOptions,
  maximallyInformativeDimensions,
} from "./reverse-correlation/subspaces/informative-dimensions.js";
export {
  type InformationRound,
  type InformationTheoreticSubspace,
  type InformationTheoreticSubspaceOptions,
  informationTheoreticSpikeTriggeredSubspace,
} from "./reverse-correlation/subspaces/istac.js";
export {
  type SignificantFilter,
  type SpikeTriggeredCovariance,
  type SpikeTriggeredCovarianceOptions,
  spikeTriggeredCovariance,
} from "./reverse-correlation/subspaces/spike-triggered-covariance.js";
export { stimulusFrom } from "./stimuli/given-frames.js";
export { type Photograph, type PreparedPhotograph, preparePhotograph } from "./stimuli/photographs.js";
export { stimulusFromProtocol } from "./stimuli/protocol.js";
export { type StimulusReaderOptions, stimulusFromReader } from "./stimuli/read-stimulus.js";
export type { Stimulus, StimulusSpecification } from "./stimuli/stimulus.js";
export { stimulusPart } from "./stimuli/stimulus-part.js";
export { type WhiteNoiseOptions, whiteNoise } from "./stimuli/white-noise.js";
export { InputError } from "./tensor/errors.js";
export { sharedZeros } from "./tensor/storage.js";
export { type ElementType, type Float32Tensor, type Tensor, tensor, zeros } from "./tensor/tensor.js";
