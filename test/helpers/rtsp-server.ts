import {EventEmitter} from 'node:events';
import type {ExecutionContext} from 'ava';
import {pino} from 'pino';
import {Gatekeeper} from '../../lib/auth/gatekeeper.ts';
import type {RtpStart, TrackInfo, UdpReader} from '../../lib/native/binding.ts';
import type {TakenBlock} from '../../lib/native/output-block.ts';
import type {UdpOutputEvents, UdpSpec} from '../../lib/native/rtp-output.ts';
import {createRtspServer} from '../../lib/protocols/rtsp/server.ts';
import type {RtspServerOptions} from '../../lib/protocols/rtsp/server.ts';
import {manualBlock} from './blocks.ts';
import {load} from './config.ts';
import {scriptedControl} from './delivery.ts';
import {startNative} from './native.ts';

export const h264Track: TrackInfo = {
	kind: 'video',
	codec: 'H264',
	clockRateHz: 90_000,
	type: 'h264',
	width: 320,
	height: 240,
	frameRateNum: 25,
	frameRateDen: 1,
	maxReorderFrames: 0,
	profileIdc: 0x42,
	constraints: 0xc0,
	levelIdc: 0x1f,
	fmp4: 'avc1.42c01f',
	playable: 'avc1.42c01f',
	parameterSets: [Buffer.from('6742c01f', 'hex'), Buffer.from('68ce3c80', 'hex')],
};

export const aacTrack: TrackInfo = {
	kind: 'audio',
	codec: 'MPEG4-GENERIC',
	clockRateHz: 48_000,
	type: 'aac',
	sampleRateHz: 48_000,
	channels: 2,
	objectType: 2,
	config: Buffer.from('1190', 'hex'),
	fmp4: 'mp4a.40.2',
	playable: 'mp4a.40.2',
};

export const settings = {
	rtspStart: 'live',
	rtspSrtp: false,
	rtspAuthMethods: ['basic', 'digest'],
	trustedProxies: [],
	hlsAllowOrigins: ['https://*.example.com'],
	rtspTransports: ['udp', 'multicast', 'tcp'],
	rtspUDPPublisherPortRange: [32_768, 60_999],
	rtspUDPReadBufferSize: 0,
	readTimeout: 10_000,
	writeTimeout: 10_000,
	readerQueueMaxSize: 16_000_000,
} as const;

type Started = Partial<Omit<RtspServerOptions, 'settings'>> & {
	settings?: Partial<ReturnType<RtspServerOptions['settings']>>;
	control?: ReturnType<typeof scriptedControl>;
	/** Users. */
	yaml?: string;
};

/** A server whose one path is what the test says, with outputs that give nothing. */
export const startRtspServer = async (t: ExecutionContext, options: Started = {}) => {
	const native = startNative(t);
	const lines: string[] = [];
	const control = options.control ?? scriptedControl({tracks: [h264Track, aacTrack]});
	const outputs: SilentOutput[] = [];
	const udpOutputs: SilentUdpOutput[] = [];
	const {authInternalUsers: users} = load(options.yaml ?? '').config;
	const server = await createRtspServer({
		addresses: [{name: 'rtspAddress', host: '127.0.0.1', port: 0}],
		delivery: control.delivery,
		multicast: undefined,
		udp: {rtp: {host: '127.0.0.1', port: 0}, rtcp: {host: '127.0.0.1', port: 0}},
		redirect: () => undefined,
		gatekeeper: new Gatekeeper({users: () => users, logger: pino({level: 'silent'})}),
		logger: pino({base: null, level: 'debug'}, {write: line => lines.push(line)}),
		...options,
		native: {
			listen: spec => native.listen(spec),
			nowUs: () => native.nowUs(),
			tcpInfo: fd => native.tcpInfo(fd),
			openIngest: (stream, tracks, how) => native.openIngest(stream, tracks, how),
			streamStats: stream => native.streamStats(stream),
			openRtp: spec => {
				const output = new SilentOutput(spec);
				outputs.push(output);
				return output;
			},
			openUdp: spec => {
				const output = new SilentUdpOutput(spec);
				udpOutputs.push(output);
				return output;
			},
		},
		settings: () => ({...settings, ...options.settings}),
	});
	t.teardown(() => server.close());
	const tlsPort = server.ports['rtspsAddress'];
	const tlsUrl = `rtsps://127.0.0.1:${tlsPort}/cam`;
	return {
		server,
		tlsUrl,
		url: `rtsp://127.0.0.1:${server.ports['rtspAddress']}/cam`,
		control,
		lines,
		outputs,
		udpOutputs,
	};
};

/** An output of which only life and death matter. */
export class SilentOutput extends EventEmitter<{block: [block: TakenBlock]; closed: []}> {
	readonly spec: object;
	isClosed = false;
	isPaused = false;

	constructor(spec: object) {
		super();
		this.spec = spec;
	}

	lendRing() {
		return [];
	}

	lendReport() {
		return undefined;
	}

	pause(): void {
		this.isPaused = true;
	}

	play(): void {
		this.isPaused = false;
	}

	close(): void {
		this.isClosed = true;
	}
}

/** What native code tells of one picture of so many bytes. */
export const tell = (output: SilentOutput, number: number, bytes: number) => {
	const block = manualBlock(bytes);
	const rest = {packets: 3, key: true, droppable: false, hasVideo: true, captureUs: 0};
	output.emit('block', {number, block, arrivalUs: 0, ...rest});
	block.release();
	return block;
};

/** The same over UDP. */
export class SilentUdpOutput extends EventEmitter<UdpOutputEvents> {
	readonly spec: UdpSpec;
	readonly readers = new Map<number, UdpReader>();
	/** What readers are told when they join. */
	starts: RtpStart[] = [];
	captureUs = 0;
	isClosed = false;
	isPaused = false;

	constructor(spec: UdpSpec) {
		super();
		this.spec = spec;
	}

	add(reader: UdpReader): void {
		this.readers.set(reader.reader, reader);
		const {starts, captureUs} = this;
		const joined = {type: 'joined' as const, id: 0, reader: reader.reader, starts, captureUs};
		queueMicrotask(() => this.emit('joined', joined));
	}

	remove(reader: number): void {
		this.readers.delete(reader);
	}

	pause(): void {
		this.isPaused = true;
	}

	play(): void {
		this.isPaused = false;
	}

	close(): void {
		this.isClosed = true;
	}
}
