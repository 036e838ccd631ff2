// What is measured: one entry a row. A row is work that can be done N times side by side.
export type Row = {
	name: string;
	/** What one unit of the work is called. */
	unit: string;
	units: number;
	/** The configuration that makes Sluice do it N times. */
	config: (url: string, units: number) => object;
	/** From targets.md: percent of a core, and megabytes, for each unit. */
	target?: {cpuPercent: number; megabytes: number};
};

const paths = (url: string, units: number, more: object = {}) =>
	Object.fromEntries(
		Array.from({length: units}, (_, index) => [
			`cam${index}`,
			{source: url, rtspTransport: 'tcp', ...more},
		]),
	);

const quiet = {
	logLevel: 'warn',
	httpAddress: '127.0.0.1:0',
	rtspAddress: 'off',
	rtmpAddress: 'off',
};
const hls = {
	hlsVariant: 'fmp4',
	hlsAlwaysRemux: true,
	hlsSegmentCount: 7,
	hlsSegmentDuration: '1s',
};

export const rows: Row[] = [
	{
		name: 'pull RTSP-TCP, engine native',
		unit: 'camera',
		units: 40,
		config: (url, units) => ({...quiet, paths: paths(url, units)}),
		target: {cpuPercent: 0.13, megabytes: 1},
	},
	{
		name: 'pull RTSP-TCP, engine native, HLS always on',
		unit: 'camera',
		units: 40,
		config: (url, units) => ({...quiet, ...hls, paths: paths(url, units)}),
		target: {cpuPercent: 0.3, megabytes: 13},
	},
	{
		name: 'pull RTSP-TCP, engine gstreamer',
		unit: 'camera',
		units: 40,
		config: (url, units) => ({...quiet, paths: paths(url, units, {rtspEngine: 'gstreamer'})}),
	},
	{
		name: 'pull RTSP-TCP, engine gstreamer, HLS always on',
		unit: 'camera',
		units: 40,
		config: (url, units) => ({
			...quiet,
			...hls,
			paths: paths(url, units, {rtspEngine: 'gstreamer'}),
		}),
	},
];
