import test from 'ava';
import {createMetrics} from '../../../lib/observe/metrics.ts';
import {pathFacts} from '../../helpers/api.ts';

const native = {
	streams: 1,
	pipelines: 2,
	mediaThreads: 3,
	abandonedPipelines: 0,
	blocksOnLoan: 4,
	bytesOnLoan: 5,
};

const open = () => {
	const paths = [pathFacts('a/b'), pathFacts('c', {state: 'failed', bitrate: null, readers: []})];
	const hls = () => ({muxers: 1, sessions: 2});
	const session = {state: 'read', path: 'c', packetsDropped: 4};
	const rtsp = () => ({connections: 3, sessions: [session, session]});
	const rtmp = () => [{state: 'publish', path: 'd'}];
	const options = {native: () => native, hls, rtsp, rtmp, version: '1.2.3'};
	return {paths, ...createMetrics({paths: () => paths, ...options})};
};

test('figures are read at every scrape', async t => {
	const {paths, render} = open();
	t.true((await render()).includes('sluice_path_received_bytes_total{path="a/b"} 1000\n'));
	paths[0]!.bytesReceived = 2000;
	t.true((await render()).includes('sluice_path_received_bytes_total{path="a/b"} 2000\n'));
});

for (const line of [
	'sluice_paths{state="ready"} 1',
	'sluice_paths{state="failed"} 1',
	'sluice_paths{state="idle"} 0',
	'sluice_path_readers{path="a/b",type="hlsSession"} 1',
	'sluice_path_sent_bytes_total{path="a/b"} 10',
	'sluice_path_reconnects_total{path="c"} 1',
	'sluice_path_undecryptable_packets_total{path="a/b"} 4',
	'sluice_path_bitrate_bps{path="a/b"} 3000000',
	'sluice_rtmp_connections{path="d",state="publish"} 1',
	'sluice_media_threads 3',
	'sluice_bytes_on_loan 5',
	'sluice_hls_sessions 2',
	'sluice_rtsp_connections 3',
	'sluice_rtsp_sessions{path="c",state="read"} 2',
	'sluice_rtsp_dropped_packets{path="c"} 8',
	'sluice_info{version="1.2.3"} 1',
])
	test(`a scrape says ${line}`, async t => {
		const text = await open().render();
		t.true(text.split('\n').includes(line), text);
	});

test('a figure that is not known is left out', async t => {
	t.false((await open().render()).includes('sluice_path_bitrate_bps{path="c"}'));
});

test('a path that is gone is not told of any more', async t => {
	const {paths, render} = open();
	await render();
	paths.length = 0;
	t.false((await render()).includes('path="a/b"'));
});

test('the process itself is told of', async t => {
	t.regex(await open().render(), /process_cpu_seconds_total/);
});
