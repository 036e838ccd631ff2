import {existsSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';

const program = fileURLToPath(new URL('../../out/peers/ffmpeg', import.meta.url));

/** The ffmpeg that build/setup.sh fetched, which speaks Enhanced RTMP and WHIP; undefined where it is not, which fails in CI. */
export const newerFfmpeg = (t: ExecutionContext): string | undefined => {
	if (existsSync(program)) return program;
	const reason = 'no newer ffmpeg here: build/setup.sh test fetches it';
	if (process.env['CI']) t.fail(reason);
	t.log(`left out: ${reason}`);
	return undefined;
};
