import type {PacketEvent, ParametersEvent, ReportEvent, UnitEvent} from '../native/inspected.ts';
import type {RtpTrackSpec} from '../native/binding.ts';
import type {RtpInfo} from '../protocols/rtsp/rtp-info.ts';
import {BitrateMeter} from './meters/bitrate.ts';
import {DriftMeter} from './meters/drift.ts';
import {FrameRateMeter} from './meters/frame-rate.ts';
import {GopMeter} from './meters/gop.ts';
import {JitterMeter} from './meters/jitter.ts';
import {JumpMeter} from './meters/jumps.ts';
import {OddityMeter} from './meters/oddities.ts';
import {ReportMeter} from './meters/reports.ts';
import {SequenceMeter} from './meters/sequence.ts';
import {SpreadMeter} from './meters/spread.ts';
import {unwrapper} from './meters/unwrap.ts';
import type {Parameters, TrackReport} from './report.ts';

/** Sources and payload types that are listed; a hostile peer may make up a new one with every packet. */
const maxListed = 16;

/** Everything that is measured of one track, whatever long it is looked at. */
export class TrackFigures {
	readonly spec: RtpTrackSpec;
	readonly #bitrate = new BitrateMeter();
	readonly #sequence = new SequenceMeter();
	readonly #jitter: JitterMeter;
	readonly #gop = new GopMeter();
	readonly #rate = new FrameRateMeter();
	readonly #sizes = new SpreadMeter();
	readonly #drift = new DriftMeter();
	readonly #jumps = new JumpMeter();
	readonly #reports: ReportMeter;
	readonly #oddities: OddityMeter;
	readonly #unwrap = unwrapper(32);
	readonly #ssrcs = new Set<number>();
	/** Of sender reports. */
	readonly #reportSsrcs = new Set<number>();
	readonly #payloadTypes = new Map<number, number>();
	readonly #types = {I: 0, P: 0, B: 0};
	/** By the types of their NAL units; empty where the codec has none. */
	readonly #setTypes: readonly SetType[];
	readonly #missingSets: Set<number>;
	#first: TrackReport['first'] = null;
	#lastUs: number | undefined;
	#parameters: Parameters | null = null;
	#parameterChanges = -1;
	#markers = 0;
	#setsInBand = 0;
	#largestPacketBytes = 0;
	#hasBrokenReports = false;
	#frames = 0;
	#damaged = 0;

	constructor(spec: RtpTrackSpec) {
		this.spec = spec;
		this.#jitter = new JitterMeter(spec.clockRateHz);
		this.#reports = new ReportMeter(spec.clockRateHz);
		this.#oddities = new OddityMeter(spec.codec);
		this.#setTypes = setTypes.get(spec.codec) ?? [];
		this.#missingSets = new Set(this.#setTypes.map(({type}) => type));
		for (const [header = 0] of spec.parameterSets)
			this.#missingSets.delete(spec.codec === 'H265' ? (header >> 1) & 0x3f : header & 0x1f);
	}

	addPacket(packet: PacketEvent): void {
		const {sequence, timestamp, payloadType, marker, nals, ssrc} = packet;
		const known = this.#payloadTypes.get(payloadType) ?? 0;
		if (known > 0 || this.#payloadTypes.size < maxListed)
			this.#payloadTypes.set(payloadType, known + 1);
		if (payloadType !== this.spec.payloadType) return;
		this.#lastUs = packet.arrivalUs;
		this.#first ??= {sequence, timestamp};
		if (this.#ssrcs.size < maxListed) this.#ssrcs.add(ssrc);
		if (marker) this.#markers++;
		this.#addSets(nals);
		this.#largestPacketBytes = Math.max(this.#largestPacketBytes, packet.bytes);
		this.#oddities.addPacket(packet);
		this.#bitrate.add(packet);
		this.#sequence.add(packet);
		this.#jitter.add(packet);
	}

	#addSets(nals: readonly number[]): void {
		const spsType = this.#setTypes.find(({name}) => name === 'SPS')?.type;
		this.#setsInBand += nals.filter(type => type === spsType).length;
		for (const type of nals) this.#missingSets.delete(type);
	}

	addUnit(unit: UnitEvent): void {
		const {picture, arrivalUs} = unit;
		const mediaUs = (this.#unwrap(unit.timestamp) * 1e6) / this.spec.clockRateHz;
		this.#frames++;
		if (unit.damaged) this.#damaged++;
		if (picture !== '') this.#types[picture]++;
		this.#oddities.addUnit(unit);
		this.#sizes.add(unit.bytes);
		this.#gop.add(unit);
		this.#rate.add({ptsUs: mediaUs, arrivalUs});
		this.#drift.add({mediaUs, arrivalUs});
		this.#jumps.add({clockUs: mediaUs, arrivalUs});
	}

	addReport(report: ReportEvent): void {
		if (this.#reportSsrcs.size < maxListed) this.#reportSsrcs.add(report.ssrc);
		this.#reports.add(report);
	}

	addBrokenReport(): void {
		this.#hasBrokenReports = true;
	}

	addParameters({type: _type, id: _id, track: _track, ...parameters}: ParametersEvent): void {
		this.#parameters = parameters;
		this.#parameterChanges++;
	}

	/** `endedUs`: when nobody looked any more. */
	read(index: number, endedUs: number, rtpInfo: RtpInfo | undefined): TrackReport {
		const {kind, codec, payloadType, clockRateHz, encoding, fmtp} = this.spec;
		const {parameterSets, config} = this.spec;
		return {
			...{index, kind, codec, payloadType, clockRateHz, encoding, fmtp},
			hasSprop: parameterSets.length > 0 || config.length > 0,
			parameters: this.#parameters,
			missingSets: this.#setTypes
				.filter(({type}) => this.#missingSets.has(type))
				.map(({name}) => name),
			parameterChanges: Math.max(0, this.#parameterChanges),
			setsInBand: this.#setsInBand,
			ssrcs: [...this.#ssrcs],
			payloadTypes: [...this.#payloadTypes].map(([type, packets]) => ({
				payloadType: type,
				packets,
			})),
			markers: this.#markers,
			sequence: this.#sequence.read(),
			largestPacketBytes: this.#largestPacketBytes,
			oddities: this.#oddities.read(),
			bitrate: this.#bitrate.read(),
			jitter: this.#jitter.read(),
			frames: this.#readFrames(),
			clock: {
				drift: this.#drift.read(),
				jumps: this.#jumps.read(),
				reports: {...this.#reports.read(), ...this.#readReporters()},
			},
			rtpInfo: rtpInfo
				? {sequence: rtpInfo.sequence ?? null, timestamp: rtpInfo.timestamp ?? null}
				: null,
			first: this.#first,
			silentUs: this.#lastUs === undefined ? null : Math.max(0, endedUs - this.#lastUs),
		};
	}

	#readReporters(): Pick<TrackReport['clock']['reports'], 'strangers' | 'broken'> {
		const strangers = [...this.#reportSsrcs].filter(ssrc => !this.#ssrcs.has(ssrc));
		return {strangers, broken: this.#hasBrokenReports};
	}

	#readFrames(): TrackReport['frames'] {
		return {
			count: this.#frames,
			damaged: this.#damaged,
			types: {...this.#types},
			bytes: this.#sizes.read(),
			rate: {announced: announcedRate(this.#parameters), ...this.#rate.read()},
			gop: this.#gop.read(),
		};
	}
}

type SetType = {name: 'VPS' | 'SPS' | 'PPS'; type: number};

// ITU-T H.264 table 7-1, ITU-T H.265 table 7-1.
const setTypes = new Map<string, readonly SetType[]>([
	[
		'H264',
		[
			{name: 'SPS', type: 7},
			{name: 'PPS', type: 8},
		],
	],
	[
		'H265',
		[
			{name: 'VPS', type: 32},
			{name: 'SPS', type: 33},
			{name: 'PPS', type: 34},
		],
	],
]);

/** By the SPS, else by the VPS. */
const announcedRate = (parameters: Parameters | null): number | null => {
	if (parameters === null || parameters.codec === 'aac') return null;
	const sets = parameters.codec === 'h265' ? [parameters.sps, parameters.vps] : [parameters.sps];
	const teller = sets.find(({frameRateNum}) => frameRateNum > 0);
	return teller ? teller.frameRateNum / teller.frameRateDen : null;
};
