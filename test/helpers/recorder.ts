import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';

const script = fileURLToPath(new URL('gst_rtsp_recorder.py', import.meta.url));

/** gst-rtsp-server at rtsp://127.0.0.1:PORT/live that decodes what is announced there: each track into a file. */
export const startRecorder = async (
	t: ExecutionContext,
	file: string,
): Promise<{url: string; tracks: [string, string]}> => {
	const tracks: [string, string] = [`${file}.0`, `${file}.1`];
	const branches = tracks.map(
		(track, index) =>
			`decodebin name=depay${index} ! filesink location=${track} buffer-mode=unbuffered async=false`,
	);
	const launch = `( ${branches.join(' ')} )`;
	const child = spawn('/usr/bin/python3', [script, launch], {stdio: ['pipe', 'pipe', 'inherit']});
	const closed = once(child, 'close');
	t.teardown(async () => {
		child.kill('SIGKILL');
		await closed;
	});
	const [port] = (await Promise.race([
		once(createInterface({input: child.stdout}), 'line'),
		closed.then(() => Promise.reject(new Error('gst-rtsp-server did not start'))),
	])) as [string];
	return {url: `rtsp://127.0.0.1:${port}/live`, tracks};
};
