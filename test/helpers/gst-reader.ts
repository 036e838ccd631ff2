import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {text} from 'node:stream/consumers';
import type {ExecutionContext} from 'ava';

/** Of a decoded picture of 320x240. */
const pictureBytes = (320 * 240 * 3) / 2;

/** Reads H.264 and AAC by rtspsrc until so many pictures have been decoded; gives what it had to say against it. */
export const decodeByGstreamer = async (
	t: ExecutionContext,
	rtspsrc: readonly string[],
	pictures = 50,
): Promise<string> => {
	const {bytes, said} = await readByGstreamer(
		t,
		[
			...['rtspsrc', ...rtspsrc, 'name=c'],
			...'c. ! rtpmp4gdepay ! avdec_aac ! fakesink'.split(' '),
			...'c. ! rtph264depay ! avdec_h264 ! fdsink'.split(' '),
		],
		pictures * pictureBytes,
	);
	const isAll = bytes.length >= pictures * pictureBytes;
	return isAll ? said : `${bytes.length} bytes of pictures. ${said}`;
};

/**
 * What a line of gst-launch writes to its standard output, until there are so many bytes. GStreamer is not asked to end by
 * itself: at the end of its sinks rtspsrc now and then fails, or plays on. Nor are its pads told apart by filters of caps:
 * gst-launch, whose two pads come at the same time on threads of their own, now and then links only one.
 */
export const readByGstreamer = async (
	t: ExecutionContext,
	line: readonly string[],
	atLeast: number,
): Promise<{bytes: Buffer; said: string}> => {
	const child = spawn('gst-launch-1.0', ['-q', ...line], {stdio: ['ignore', 'pipe', 'pipe']});
	const ended = once(child, 'exit');
	t.teardown(async () => {
		child.kill('SIGKILL');
		await ended;
	});
	const said = text(child.stderr);
	const chunks: Buffer[] = [];
	let count = 0;
	for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
		chunks.push(chunk);
		count += chunk.length;
		if (count >= atLeast) child.kill('SIGKILL');
	}
	return {bytes: Buffer.concat(chunks), said: (await said).replace(linkRace, '')};
};

/** Both of them may take off what waits for pads, which harms nobody. */
const linkRace =
	/^\n?\(gst-launch-1\.0:\d+\): GLib-GObject-WARNING .* has no handler with id '\d+'\n/gm;
