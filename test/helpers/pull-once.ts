// Run as a program of its own: pulls the URL until ten frames are there; exit code 0 says so.
import {once} from 'node:events';
import {pino} from 'pino';
import {openNative} from '../../lib/native/native.ts';
import {createRtspSource} from '../../lib/protocols/rtsp/pull.ts';
import {tcpSettings} from './source-settings.ts';
import {until} from './until.ts';

const native = openNative();
const stream = native.openStream({path: 'cam', ringMaxBytes: 1_000_000, ringMaxAgeUs: 10_000_000});
const source = createRtspSource(native)({
	path: 'cam',
	source: process.argv[2] ?? '',
	settings: tcpSettings,
	stream,
	logger: pino({level: 'silent'}),
});
let isFailed = false;
source.once('failed', () => (isFailed = true));
const stopped = once(source, 'stopped');
await until(() => isFailed || (stream.stats()?.frames ?? 0) >= 10);
source.close();
await stopped;
stream.close();
native.close();
process.exitCode = isFailed ? 1 : 0;
