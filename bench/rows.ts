// What is measured: one entry a row. A row is work that can be done N times side by side.
import {
	ffmpegCopy,
	mediamtx,
	playersOf,
	publishersTo,
	readersOfCamera,
	readersOfMediamtx,
	readersOfSluice,
	rtmpOfNginx,
	rtmpOfSluice,
	server,
	serverOfMediamtx,
	streamer,
	toRtmp,
	viewersOfSluice,
} from './work.ts';
import type {StartWork} from './work.ts';

export type Row = {
	name: string;
	/** What one unit of the work is called. */
	unit: string;
	units: number;
	/** Does it N times. */
	start: StartWork;
	/** From targets.md: percent of a core, and megabytes, for each unit. */
	target?: {cpuPercent: number; megabytes: number};
	/** The row whose CPU it must not exceed, where both are measured in one run. */
	noMoreThan?: string;
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

const rowsOfMediamtx: Row[] = [
	{
		name: 'pull RTSP-TCP, MediaMTX',
		unit: 'camera',
		units: 40,
		start: serverOfMediamtx(({url, units}) => paths(url, units)),
	},
	{
		name: 'RTSP-TCP readers of MediaMTX',
		unit: 'reader',
		units: 200,
		start: readersOfMediamtx('tcp'),
	},
	{
		name: 'RTSP-UDP readers of MediaMTX',
		unit: 'reader',
		units: 200,
		start: readersOfMediamtx('udp'),
	},
];

export const rows: Row[] = [
	...(mediamtx === undefined ? [] : rowsOfMediamtx),
	{
		name: 'pull RTSP-TCP, engine native',
		unit: 'camera',
		units: 40,
		start: server(({url, units}) => ({...quiet, paths: paths(url, units)})),
		target: {cpuPercent: 0.13, megabytes: 1},
	},
	{
		name: 'pull RTSP-TCP, engine native, cameras out of step',
		unit: 'camera',
		units: 40,
		start: server(({own, units}) => ({...quiet, paths: paths(own, units)})),
	},
	{
		name: 'pull RTSP-TCP, engine native, HLS always on',
		unit: 'camera',
		units: 40,
		start: server(({url, units}) => ({...quiet, ...hls, paths: paths(url, units)})),
		target: {cpuPercent: 0.3, megabytes: 13},
	},
	{
		name: 'pull RTSP-TCP, engine gstreamer',
		unit: 'camera',
		units: 40,
		start: server(({url, units}) => ({
			...quiet,
			paths: paths(url, units, {rtspEngine: 'gstreamer'}),
		})),
	},
	{
		name: 'pull RTSP-TCP, engine gstreamer, HLS always on',
		unit: 'camera',
		units: 40,
		start: server(({url, units}) => ({
			...quiet,
			...hls,
			paths: paths(url, units, {rtspEngine: 'gstreamer'}),
		})),
	},
	{
		name: 'RTSP-TCP readers of one path',
		unit: 'reader',
		units: 200,
		start: readersOfSluice('tcp'),
		target: {cpuPercent: 0.03, megabytes: 0.3},
	},
	{
		name: 'RTSP-UDP readers of one path',
		unit: 'reader',
		units: 200,
		start: readersOfSluice('udp'),
		target: {cpuPercent: 0.06, megabytes: 0.3},
	},
	{
		name: 'LL-HLS viewers of one path',
		unit: 'viewer',
		units: 100,
		start: viewersOfSluice,
		target: {cpuPercent: 0.06, megabytes: 0.3},
	},
	{
		name: 'RTSP-TCP readers of gst-rtsp-server',
		unit: 'reader',
		units: 200,
		start: readersOfCamera('tcp'),
	},
	{
		name: 'RTSP-UDP readers of gst-rtsp-server',
		unit: 'reader',
		units: 200,
		start: readersOfCamera('udp'),
	},
	{
		name: 'RTMP publishers',
		unit: 'publisher',
		units: 40,
		start: publishersTo(rtmpOfSluice),
		target: {cpuPercent: 0.15, megabytes: 1},
	},
	{
		name: 'RTMP publishers of nginx',
		unit: 'publisher',
		units: 40,
		start: publishersTo(rtmpOfNginx),
	},
	{
		name: 'RTMP players of one path',
		unit: 'player',
		units: 200,
		start: playersOf(rtmpOfSluice),
		target: {cpuPercent: 0.03, megabytes: 0.3},
	},
	{
		name: 'RTMP players of nginx',
		unit: 'player',
		units: 200,
		start: playersOf(rtmpOfNginx),
	},
	{
		name: 'RTSP to RTMP, streamer',
		unit: 'process',
		units: 8,
		start: toRtmp(streamer),
		noMoreThan: 'RTSP to RTMP, ffmpeg -c copy',
	},
	{
		name: 'RTSP to RTMP, ffmpeg -c copy',
		unit: 'process',
		units: 8,
		start: toRtmp(ffmpegCopy),
	},
];
