// Encoders for measurements: one camera sent to a server of RTMP under as many names as wanted, packed once for all.
// usage: rtmp-publishers.ts CAMERA URL COUNT; the names are those of URL with a number behind it
import {once} from 'node:events';
import pino from 'pino';
import type {TrackInfo} from '../lib/native/binding.ts';
import {openNative} from '../lib/native/native.ts';
import {chunkBytes, RtmpClient} from '../lib/protocols/rtmp/client.ts';
import {choosePushTracks} from '../lib/protocols/rtmp/push-tracks.ts';
import {parseRtmpUrl} from '../lib/protocols/rtmp/url.ts';
import {createRtspSource} from '../lib/protocols/rtsp/pull.ts';

const [camera = '', target = '', count = '1'] = process.argv.slice(2);

const fail = (reason: string): never => {
	process.stderr.write(`rtmp-publishers: ${reason}\n`);
	process.exit(1);
};

const native = openNative();
const stream = native.openStream({path: 'cam', ringMaxBytes: 20e6, ringMaxAgeUs: 30e6});
const begun = once(stream, 'epoch') as Promise<[{tracks: TrackInfo[]}]>;
const source = createRtspSource(native)({
	...{path: 'cam', source: camera, stream, logger: pino({level: 'silent'})},
	settings: {
		...{rtspTransport: 'tcp', rtspEngine: 'native', rtspUDPSourcePortRange: []},
		...{rtspUDPReadBufferSize: 0, rtspMulticastInterface: '', rtspWebSocketPath: '/'},
		...{sourceFingerprint: '', readTimeoutMs: 10_000},
	},
});
source.on('failed', ({message}) => fail(message));
const [{tracks}] = await begun;

const publish = async (index: number): Promise<RtmpClient> => {
	const url = parseRtmpUrl(`${target}${index}`);
	if (!url.ok) return fail(url.reason);
	const {signal} = new AbortController();
	const ingest = native.openRtmpIngest();
	const client = new RtmpClient({url: url.value, ingest, timeoutMs: 10_000, signal});
	client.on('closed', ({message}) => fail(message));
	await client.publish();
	return client;
};

const clients: RtmpClient[] = [];
for (let index = 0; index < Number(count); index++) clients.push(await publish(index));
const chosen = choosePushTracks(tracks) ?? fail('the camera sends no H.264 and AAC');
// Servers number the one stream of a connection with 1.
const output = native.openRtmp({
	...{stream: stream.id, ...chosen, chunkBytes, messageStream: 1},
	...{paused: false, durationUs: 0},
});
output.on('block', ({block}) => {
	for (const {socket} of clients) if (socket) block.writeTo(socket);
});
