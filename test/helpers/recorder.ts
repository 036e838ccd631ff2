import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';

const script = fileURLToPath(new URL('gst_rtsp_recorder.py', import.meta.url));

export type Recorder = {
	url: string;
	tracks: [string, string];
	/** `came` and `went` for each client; with `patience` only. */
	events: string[];
};

/**
 * gst-rtsp-server at rtsp://127.0.0.1:PORT/live that decodes what is announced there: each track into a file.
 * `patience`: after so many seconds without a word a session is ended.
 */
export const startRecorder = async (
	t: ExecutionContext,
	file: string,
	{patience}: {patience?: number} = {},
): Promise<Recorder> => {
	const tracks: [string, string] = [`${file}.0`, `${file}.1`];
	const branches = tracks.map(
		(track, index) =>
			`decodebin name=depay${index} ! filesink location=${track} buffer-mode=unbuffered async=false`,
	);
	const launch = `( ${branches.join(' ')} )`;
	const args = [script, launch, ...(patience === undefined ? [] : [String(patience)])];
	const child = spawn('/usr/bin/python3', args, {stdio: ['pipe', 'pipe', 'inherit']});
	const closed = once(child, 'close');
	t.teardown(async () => {
		child.kill('SIGKILL');
		await closed;
	});
	const output = createInterface({input: child.stdout});
	const events: string[] = [];
	const [port] = (await Promise.race([
		once(output, 'line'),
		closed.then(() => Promise.reject(new Error('gst-rtsp-server did not start'))),
	])) as [string];
	output.on('line', line => events.push(line));
	return {url: `rtsp://127.0.0.1:${port}/live`, tracks, events};
};
