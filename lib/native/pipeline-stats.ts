import type {PipelineStats} from './binding.ts';

export const noStats: PipelineStats = {
	positionUs: 0,
	bytes: 0,
	frames: 0,
	keyFrames: 0,
	droppedFrames: 0,
	filmUs: 0,
};

/** Of two that followed each other. */
export const sumOf = (a: PipelineStats, b: PipelineStats): PipelineStats => ({
	positionUs: a.positionUs + b.positionUs,
	bytes: a.bytes + b.bytes,
	frames: a.frames + b.frames,
	keyFrames: a.keyFrames + b.keyFrames,
	droppedFrames: a.droppedFrames + b.droppedFrames,
	filmUs: b.frames > 0 ? b.filmUs : a.filmUs,
});
