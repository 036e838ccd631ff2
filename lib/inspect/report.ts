// The shape of `sluice inspect --json`: docs/reference/inspect.md is made from it, a test checks it.
// Times are microseconds, sizes bytes. Null: not known. Fields are added, never renamed.
import {z} from 'zod';

const number = z.number();
const count = z.int().nonnegative();
const us = z.number();
const orNull = <Type extends z.ZodType>(type: Type) => type.nullable();

const spread = orNull(z.strictObject({min: number, avg: number, max: number}));

const connection = z.strictObject({
	host: z.string(),
	port: count,
	tls: z.boolean(),
	transport: z.literal('RTP/AVP/TCP interleaved'),
	authentication: z
		.string()
		.describe('what the camera took: `none`, `Basic`, `Digest MD5`, `Digest SHA-256` ...'),
	server: orNull(z.string()).describe('how the camera calls itself'),
	methods: z.array(z.string()).describe('what it says it understands'),
	sessionTimeoutSeconds: orNull(count).describe('as it says'),
	exchanges: z
		.array(z.strictObject({method: z.string(), url: z.string(), status: count, reason: z.string()}))
		.describe('every question and its answer, passwords taken out'),
});

const vui = z.strictObject({
	sarWidth: count.describe('0: not told'),
	sarHeight: count,
	videoFormat: count,
	fullRange: z.boolean(),
	colourPrimaries: count.describe('2: not told'),
	transfer: count,
	matrix: count,
	hasHrd: z.boolean(),
	picStruct: z.boolean(),
	maxDecFrameBuffering: z.int().describe('-1: not told'),
});

const sps = z.strictObject({
	id: count,
	profileIdc: count,
	constraints: count,
	levelIdc: count,
	chromaFormatIdc: count,
	bitDepthLuma: count,
	bitDepthChroma: count,
	hasScalingLists: z.boolean(),
	log2MaxFrameNum: count,
	picOrderCntType: count,
	log2MaxPicOrderCntLsb: count,
	maxRefFrames: count,
	gapsInFrameNum: z.boolean(),
	frameMbsOnly: z.boolean(),
	width: count.describe('cropped'),
	height: count,
	frameRateNum: count.describe('0: not announced'),
	frameRateDen: count,
	fixedFrameRate: z.boolean(),
	maxReorderFrames: z.int().describe('-1: not bounded'),
	vui: vui.optional(),
});

const pps = z.strictObject({
	id: count,
	spsId: count,
	whole: z.boolean().describe('false: what follows could not be read'),
	cabac: z.boolean(),
	refFramesL0: count,
	refFramesL1: count,
	weightedPrediction: z.boolean(),
	weightedBipredIdc: count,
	initialQp: z.int(),
	deblockingControl: z.boolean(),
	constrainedIntra: z.boolean(),
	transform8x8: z.boolean(),
});

const h265Vps = z.strictObject({
	id: count,
	maxSubLayers: count,
	frameRateNum: count.describe('0: not announced'),
	frameRateDen: count,
});

const h265Sps = z.strictObject({
	id: count,
	vpsId: count,
	maxSubLayers: count,
	temporalIdNesting: z.boolean(),
	profileIdc: count,
	highTier: z.boolean(),
	levelIdc: count.describe('thirty times the level'),
	chromaFormatIdc: count,
	bitDepthLuma: count,
	bitDepthChroma: count,
	width: count.describe('cropped'),
	height: count,
	maxReorderFrames: count,
	whole: z.boolean().describe('false: what follows could not be read'),
	hasScalingLists: z.boolean(),
	referenceSets: count.describe('short-term reference picture sets'),
	predictedReferenceSets: count.describe('those told by the one before'),
	hasVui: z.boolean(),
	frameRateNum: count.describe('0: not announced'),
	frameRateDen: count,
});

const h265Pps = z.strictObject({
	id: count,
	spsId: count,
	extraSliceBits: count,
	dependentSlices: z.boolean(),
	whole: z.boolean().describe('false: what follows could not be read'),
	refFramesL0: count,
	refFramesL1: count,
	initialQp: z.int(),
	constrainedIntra: z.boolean(),
	weightedPrediction: z.boolean(),
	tiles: z.boolean(),
	wavefronts: z.boolean(),
});

const parameters = z.discriminatedUnion('codec', [
	z.strictObject({codec: z.literal('h264'), sps, pps: z.array(pps)}),
	z.strictObject({
		codec: z.literal('h265'),
		vps: h265Vps,
		sps: h265Sps,
		pps: z.array(h265Pps),
	}),
	z.strictObject({
		codec: z.literal('aac'),
		objectType: count,
		sampleRateHz: count,
		outputSampleRateHz: count,
		channels: count,
		samplesPerFrame: count,
		sbr: z.boolean(),
		ps: z.boolean(),
	}),
]);

const sequence = z.strictObject({
	received: count,
	lost: count,
	duplicates: count,
	reordered: count,
	restarts: count.describe('another source, or a step that no loss explains'),
});

const oddities = z.strictObject({
	startCodes: count.describe('packets with start codes of Annex B among NAL units'),
	fragmentBits: count.describe('packets with a fragment that begins and ends at once'),
	reservedBit: count.describe('packets with a fragment whose reserved bit is set'),
	adts: count.describe('packets with headers of ADTS among units of AAC'),
	fragmentTypes: count.describe('fragments of another NAL type than the one before'),
	timesWithin: count.describe('packets whose RTP time is not that of their picture'),
	delimiters: count.describe('frames with an access unit delimiter'),
	slices: count.describe('the most that a picture has'),
	recoveryPoints: count.describe('key frames without an IDR'),
});

const track = z.strictObject({
	index: count,
	kind: z.enum(['video', 'audio', 'other']),
	codec: z.string(),
	payloadType: count,
	clockRateHz: count,
	encoding: z.string().describe('what rtpmap says'),
	fmtp: z.string(),
	hasSprop: z.boolean().describe('the description has parameter sets or a configuration'),
	parameters: orNull(parameters).describe('the newest'),
	missingSets: z
		.array(z.enum(['VPS', 'SPS', 'PPS']))
		.describe('what neither description nor media have'),
	parameterChanges: count.describe('how often they changed after the first'),
	setsInBand: count.describe('sequence parameter sets among the media'),
	ssrcs: z.array(count),
	payloadTypes: z.array(z.strictObject({payloadType: count, packets: count})),
	markers: count.describe('packets with the marker bit'),
	sequence,
	largestPacketBytes: count,
	oddities: oddities.describe('what documents forbid, or few cameras do'),
	bitrate: z.strictObject({
		bytes: count.describe('of RTP packets'),
		bps: orNull(number),
		peakBps: orNull(number).describe('of the second with the most'),
	}),
	jitter: z.strictObject({jitterUs: us, maxJitterUs: us}).describe('RFC 3550 section A.8'),
	frames: z.strictObject({
		count,
		damaged: count,
		types: z.strictObject({I: count, P: count, B: count}),
		bytes: spread,
		rate: z.strictObject({
			announced: orNull(number).describe('by the SPS'),
			byMedia: orNull(number).describe('by RTP time'),
			byArrival: orNull(number),
		}),
		gop: z.strictObject({
			keyFrames: count,
			frames: spread.describe('pictures of whole groups'),
			intervalUs: spread,
			open: count.describe('pictures since the last key frame'),
		}),
	}),
	clock: z.strictObject({
		drift: orNull(z.strictObject({ppm: number, errorPpm: number})).describe(
			'RTP clock against arrival, above 0: it runs fast',
		),
		jumps: z.strictObject({count, largestUs: us}).describe('of more than a second'),
		reports: z
			.strictObject({
				count,
				intervalUs: orNull(us),
				offsetUs: orNull(us).describe("the camera's wall clock less ours"),
				jumps: count,
				rtpPpm: orNull(number).describe("the RTP clock by the camera's wall clock"),
				strangers: z.array(count).describe('SSRCs of reports that no packet has'),
				broken: z.boolean().describe('RTCP came that makes no sense'),
			})
			.describe('RTCP sender reports'),
	}),
	rtpInfo: orNull(z.strictObject({sequence: orNull(count), timestamp: orNull(count)})).describe(
		'what the answer to PLAY promised of the first packet',
	),
	first: orNull(z.strictObject({sequence: count, timestamp: count})).describe('what came first'),
	silentUs: orNull(us).describe('from its last packet to the end of the look'),
});

const packetRow = z.strictObject({
	atUs: us.describe('since the first packet'),
	track: count,
	sequence: count,
	ssrc: count,
	payloadType: count,
	marker: z.boolean(),
	timestamp: count,
	bytes: count,
	nals: z.array(count).describe('types of the NAL units in it'),
	piece: z.enum(['whole', 'start', 'middle', 'end']),
	oddities: z.array(z.enum(['startCodes', 'fragmentBits', 'reservedBit', 'adts'])),
});

const frameRow = z.strictObject({
	atUs: us.describe('since the first packet'),
	track: count,
	picture: z.enum(['I', 'P', 'B', '']),
	key: z.boolean(),
	damaged: z.boolean(),
	timestamp: count,
	ptsUs: us,
	bytes: count.describe('of its NAL units with four bytes of length each, parameter sets left out'),
	packets: count,
	nals: z.array(count),
});

export const reportSchema = z.strictObject({
	version: z.literal(1),
	url: z.string(),
	startedAt: z.iso.datetime(),
	lookedUs: us.describe('from the first packet to the last'),
	ended: orNull(z.strictObject({code: z.string(), message: z.string()})).describe(
		'why the camera was not looked at for as long as wanted',
	),
	connection,
	sdp: orNull(z.string()).describe('as received, passwords taken out'),
	tracks: z.array(track),
	strayChannels: z.array(count).describe('interleaved channels with data that were not set up'),
	resyncs: count.describe('how often the framing of interleaved RTP was lost and found again'),
	packets: z.array(packetRow).describe('the first ones, as many as `--packets` says'),
	frames: z.array(frameRow).describe('the first ones, as many as `--packets` says'),
	remarks: z.array(z.strictObject({code: z.string(), track: orNull(count), text: z.string()})),
});

export type Report = z.infer<typeof reportSchema>;
export type TrackReport = Report['tracks'][number];
export type PacketRow = Report['packets'][number];
export type FrameRow = Report['frames'][number];
export type Parameters = NonNullable<TrackReport['parameters']>;
