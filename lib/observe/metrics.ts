import {Counter, Gauge, Registry, collectDefaultMetrics} from 'prom-client';

/** What is told of one path; the API's facts of a path fit. */
export type PathFigures = {
	name: string;
	state: string;
	bytesReceived: number;
	bytesSent: number;
	readers: readonly {type: string}[];
	reconnects: number;
	lostPackets: number;
	undecryptablePackets: number;
	resyncs: number;
	bitrate: number | null;
	frameRate: number | null;
};

/** What is told of the process's native half. */
export type NativeFigures = {
	streams: number;
	pipelines: number;
	mediaThreads: number;
	abandonedPipelines: number;
	blocksOnLoan: number;
	bytesOnLoan: number;
};

/** What is told of the RTSP server. */
export type RtspFigures = {
	connections: number;
	sessions: readonly {state: string; path: string; packetsDropped: number}[];
};

export type MetricsOptions = {
	/** Read at every scrape. */
	paths: () => readonly PathFigures[];
	native: () => NativeFigures;
	hls: () => {muxers: number; sessions: number};
	rtsp: () => RtspFigures;
	/** Connections of RTMP clients. */
	rtmp: () => readonly {state: string; path: string}[];
	version: string;
};

/** How often the delay of the event loop is sampled: at the usual 10 ms that is most of what an idle server does. */
const loopSampleMs = 100;

export type Metrics = {readonly contentType: string; render(): Promise<string>};

/** Figures for Prometheus; nothing is counted here, all is read when it is asked for. */
export const createMetrics = (options: MetricsOptions): Metrics => {
	const registry = new Registry();
	collectDefaultMetrics({register: registry, eventLoopMonitoringPrecision: loopSampleMs});
	for (const row of pathRows) addPathRow(registry, row, options.paths);
	addStates(registry, options.paths);
	addReaders(registry, options.paths);
	for (const [name, help] of Object.entries(nativeRows))
		addGauge(
			registry,
			`sluice_${snake(name)}`,
			help,
			() => options.native()[name as keyof NativeFigures],
		);
	addGauge(registry, 'sluice_hls_muxers', 'HLS muxers that run', () => options.hls().muxers);
	addGauge(registry, 'sluice_hls_sessions', 'Viewers by HLS', () => options.hls().sessions);
	addRtsp(registry, options.rtsp);
	addRtmp(registry, options.rtmp);
	new Gauge({
		name: 'sluice_info',
		help: 'Version of the server, always 1',
		labelNames: ['version'],
		registers: [registry],
	}).set({version: options.version}, 1);
	return {contentType: registry.contentType, render: () => registry.metrics()};
};

type PathRow = {
	type: 'counter' | 'gauge';
	name: string;
	help: string;
	/** Null = not known, and left out. */
	value: (path: PathFigures) => number | null;
};

const pathRows: readonly PathRow[] = [
	{
		type: 'counter',
		name: 'sluice_path_received_bytes_total',
		help: 'Bytes of media that came from the source of a path',
		value: path => path.bytesReceived,
	},
	{
		type: 'counter',
		name: 'sluice_path_sent_bytes_total',
		help: 'Bytes that were sent to the readers of a path',
		value: path => path.bytesSent,
	},
	{
		type: 'counter',
		name: 'sluice_path_lost_packets_total',
		help: 'Packets of a source that never came',
		value: path => path.lostPackets,
	},
	{
		type: 'counter',
		name: 'sluice_path_undecryptable_packets_total',
		help: 'Packets of SRTP by another key than the source told',
		value: path => path.undecryptablePackets,
	},
	{
		type: 'counter',
		name: 'sluice_path_resyncs_total',
		help: 'How often the framing of interleaved RTP was lost and found again',
		value: path => path.resyncs,
	},
	{
		type: 'counter',
		name: 'sluice_path_reconnects_total',
		help: 'How often a source was lost and came back',
		value: path => path.reconnects,
	},
	{
		type: 'gauge',
		name: 'sluice_path_bitrate_bps',
		help: 'Bits a second that come from the source of a path',
		value: path => path.bitrate,
	},
	{
		type: 'gauge',
		name: 'sluice_path_frame_rate',
		help: 'Pictures a second that come from the source of a path',
		value: path => path.frameRate,
	},
];

const nativeRows: Record<keyof NativeFigures, string> = {
	streams: 'Streams that are open',
	pipelines: 'GStreamer pipelines that run',
	mediaThreads: 'Threads that streams live on',
	abandonedPipelines: 'Pipelines that did not stop within 5 s',
	blocksOnLoan: 'Blocks of media that are being sent',
	bytesOnLoan: 'Bytes of media that are being sent',
};

const addPathRow = (registry: Registry, row: PathRow, paths: MetricsOptions['paths']): void => {
	const options = {name: row.name, help: row.help, labelNames: ['path'], registers: [registry]};
	if (row.type === 'gauge') {
		new Gauge({
			...options,
			collect() {
				this.reset();
				for (const path of paths()) {
					const value = row.value(path);
					if (value !== null) this.set({path: path.name}, value);
				}
			},
		});
		return;
	}
	new Counter({
		...options,
		// The counting is done elsewhere: each scrape begins at zero and adds what there is.
		collect() {
			this.reset();
			for (const path of paths()) this.inc({path: path.name}, row.value(path) ?? 0);
		},
	});
};

const addStates = (registry: Registry, paths: MetricsOptions['paths']): void => {
	new Gauge({
		name: 'sluice_paths',
		help: 'Paths by state',
		labelNames: ['state'],
		registers: [registry],
		collect() {
			this.reset();
			for (const state of states) this.set({state}, 0);
			for (const {state} of paths()) this.inc({state});
		},
	});
};

const addReaders = (registry: Registry, paths: MetricsOptions['paths']): void => {
	new Gauge({
		name: 'sluice_path_readers',
		help: 'Readers of a path by type',
		labelNames: ['path', 'type'],
		registers: [registry],
		collect() {
			this.reset();
			for (const {name, readers} of paths())
				for (const {type} of readers) this.inc({path: name, type});
		},
	});
};

const addRtmp = (registry: Registry, rtmp: MetricsOptions['rtmp']): void => {
	new Gauge({
		name: 'sluice_rtmp_connections',
		help: 'Connections of RTMP clients by path and state',
		labelNames: ['path', 'state'],
		registers: [registry],
		collect() {
			this.reset();
			for (const {path, state} of rtmp()) this.inc({path, state});
		},
	});
};

const addRtsp = (registry: Registry, rtsp: MetricsOptions['rtsp']): void => {
	const connections = 'Connections of RTSP clients';
	addGauge(registry, 'sluice_rtsp_connections', connections, () => rtsp().connections);
	new Gauge({
		name: 'sluice_rtsp_sessions',
		help: 'RTSP sessions by path and state',
		labelNames: ['path', 'state'],
		registers: [registry],
		collect() {
			this.reset();
			for (const {path, state} of rtsp().sessions) this.inc({path, state});
		},
	});
	new Gauge({
		name: 'sluice_rtsp_dropped_packets',
		help: 'Packets left out because RTSP readers that are there now were late',
		labelNames: ['path'],
		registers: [registry],
		collect() {
			this.reset();
			for (const {path, packetsDropped} of rtsp().sessions) this.inc({path}, packetsDropped);
		},
	});
};

const addGauge = (registry: Registry, name: string, help: string, value: () => number): void => {
	new Gauge({
		name,
		help,
		registers: [registry],
		collect() {
			this.set(value());
		},
	});
};

const states = ['idle', 'starting', 'ready', 'reconnecting', 'failed', 'paused', 'stopped'];

const snake = (name: string) => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
