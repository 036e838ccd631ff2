// What an ingest tells of its media when somebody looks at it: a part of the door's NativeEvent.
import type {Id} from './binding.ts';

export type InspectEvent =
	| PacketEvent
	| UnitEvent
	| ReportEvent
	/** The first RTCP of a track that is no whole compound packet. */
	| {type: 'brokenReport'; id: Id; track: number}
	/** The first frame of an interleaved channel that was not set up. */
	| {type: 'stray'; id: Id; channel: number}
	| ParametersEvent;

/**
 * What its document forbids in a packet: start codes of Annex B, a fragment that begins and ends at once, the reserved bit
 * of a fragment's header, headers of ADTS.
 */
export type Oddity = 'startCodes' | 'fragmentBits' | 'reservedBit' | 'adts';

/** Every RTP packet, before it is depacketised; those of payload types nobody announced included. */
export type PacketEvent = {
	type: 'packet';
	id: Id;
	track: number;
	ssrc: number;
	payloadType: number;
	sequence: number;
	timestamp: number;
	marker: boolean;
	/** Header included. */
	bytes: number;
	arrivalUs: number;
	/** Types of the NAL units in it (H.264, H.265); several only where all are whole. */
	nals: number[];
	piece: 'whole' | 'start' | 'middle' | 'end';
	oddities: Oddity[];
};

/** Every access unit that was put together. */
export type UnitEvent = {
	type: 'unit';
	id: Id;
	track: number;
	key: boolean;
	damaged: boolean;
	/** Whether it refers to no, to earlier, or to earlier and later pictures; '' = no picture. */
	picture: 'I' | 'P' | 'B' | '';
	/** Types as they came: parameter sets and delimiters included, which `bytes` does not count. */
	nals: number[];
	/** Of its NAL units with four bytes of length before each, or of the raw audio frame. */
	bytes: number;
	packets: number;
	timestamp: number;
	/** The source's own media time; the first unit is near 0. */
	ptsUs: number;
	arrivalUs: number;
};

/** Every RTCP sender report. */
export type ReportEvent = {
	type: 'report';
	id: Id;
	track: number;
	ssrc: number;
	/** Since 1900, as the sender says. */
	ntpUs: number;
	timestamp: number;
	arrivalUs: number;
};

/** What the description says of a track, and again whenever the media change it. */
export type ParametersEvent = {type: 'parameters'; id: Id; track: number} & (
	| {codec: 'h264'; sps: H264Sps; pps: H264Pps[]}
	| {codec: 'h265'; vps: H265Vps; sps: H265Sps; pps: H265Pps[]}
	| ({codec: 'aac'} & AacConfig)
);

/** ITU-T H.264 section 7.3.2.1.1. */
export type H264Sps = {
	id: number;
	profileIdc: number;
	/** constraint_set0_flag is the highest bit. */
	constraints: number;
	levelIdc: number;
	chromaFormatIdc: number;
	bitDepthLuma: number;
	bitDepthChroma: number;
	hasScalingLists: boolean;
	log2MaxFrameNum: number;
	picOrderCntType: number;
	/** 0 unless the picture order type is 0. */
	log2MaxPicOrderCntLsb: number;
	maxRefFrames: number;
	gapsInFrameNum: boolean;
	frameMbsOnly: boolean;
	/** Cropped, in pixels. */
	width: number;
	height: number;
	/** 0/1: not announced. */
	frameRateNum: number;
	frameRateDen: number;
	fixedFrameRate: boolean;
	/** -1: neither profile, picture order nor VUI bounds it. */
	maxReorderFrames: number;
	vui?: H264Vui;
};

/** Annex E, besides times and reordering; 2 stands for colours, 5 for a format that are not told. */
export type H264Vui = {
	/** 0: not told. */
	sarWidth: number;
	sarHeight: number;
	videoFormat: number;
	fullRange: boolean;
	colourPrimaries: number;
	transfer: number;
	matrix: number;
	hasHrd: boolean;
	picStruct: boolean;
	/** -1: not told. */
	maxDecFrameBuffering: number;
};

/** Section 7.3.2.2. */
export type H264Pps = {
	id: number;
	spsId: number;
	/** False: cut short or with slice groups; what follows is not known. */
	whole: boolean;
	cabac: boolean;
	refFramesL0: number;
	refFramesL1: number;
	weightedPrediction: boolean;
	weightedBipredIdc: number;
	initialQp: number;
	deblockingControl: boolean;
	constrainedIntra: boolean;
	transform8x8: boolean;
};

/** ITU-T H.265 section 7.3.2.1. */
export type H265Vps = {
	id: number;
	maxSubLayers: number;
	/** 0/1: not announced. */
	frameRateNum: number;
	frameRateDen: number;
};

/** Section 7.3.2.2 and Annex E. */
export type H265Sps = {
	id: number;
	vpsId: number;
	maxSubLayers: number;
	temporalIdNesting: boolean;
	profileIdc: number;
	highTier: boolean;
	/** Thirty times the level. */
	levelIdc: number;
	chromaFormatIdc: number;
	bitDepthLuma: number;
	bitDepthChroma: number;
	/** Of the conformance window, in pixels. */
	width: number;
	height: number;
	/** Of the highest sub-layer. */
	maxReorderFrames: number;
	/** False: cut short or senseless; what follows may be wrong. */
	whole: boolean;
	hasScalingLists: boolean;
	/** Short-term reference picture sets, and those of them that are told by the one before. */
	referenceSets: number;
	predictedReferenceSets: number;
	hasVui: boolean;
	/** 0/1: not announced. */
	frameRateNum: number;
	frameRateDen: number;
};

/** Section 7.3.2.3.1, up to its tiles. */
export type H265Pps = {
	id: number;
	spsId: number;
	extraSliceBits: number;
	dependentSlices: boolean;
	/** False: cut short; what follows is not known. */
	whole: boolean;
	refFramesL0: number;
	refFramesL1: number;
	initialQp: number;
	constrainedIntra: boolean;
	weightedPrediction: boolean;
	tiles: boolean;
	/** Rows of blocks may be decoded side by side. */
	wavefronts: boolean;
};

/** ISO/IEC 14496-3 section 1.6.2.1. */
export type AacConfig = {
	/** Of the core; 2 = LC. */
	objectType: number;
	sampleRateHz: number;
	/** With SBR, where it is signalled. */
	outputSampleRateHz: number;
	channels: number;
	samplesPerFrame: number;
	sbr: boolean;
	ps: boolean;
};
