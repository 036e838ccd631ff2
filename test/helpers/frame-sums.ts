import type {ExecutionContext} from 'ava';
import {runCommand} from './command.ts';

/** Behind track, times, duration and size; side data follow. */
const hashColumn = 5;

/** Checksums of decoded pictures or sound, in order, as ffmpeg makes them of what it is given to read. */
export const frameSums = async (
	input: readonly string[],
	frames?: number,
	program = 'ffmpeg',
): Promise<string[]> => {
	const many = frames === undefined ? [] : ['-frames', String(frames)];
	const {stdout} = await runCommand(program, [
		...['-nostdin', '-v', 'quiet', ...input, '-fps_mode', 'passthrough', ...many],
		...['-f', 'framemd5', '-'],
	]);
	return stdout
		.split('\n')
		.filter(line => line !== '' && !line.startsWith('#'))
		.map(line => line.split(',')[hashColumn]?.trim() ?? '');
};

/** What one RTSP reader over TCP decodes, or is told to do instead. */
export const rtspSums = (
	url: string,
	frames: number,
	more: readonly string[] = [],
): Promise<string[]> => frameSums(['-rtsp_transport', 'tcp', '-i', url, ...more], frames);

/**
 * Two who read the same live stream saw the same: from where both are there, up to where the first of them left, no
 * frame is another one.
 */
export const sawTheSame = (
	t: ExecutionContext,
	[one, other]: readonly [string[], string[]],
	atLeast: number,
): void => {
	const run = longestRun(one, other);
	const told = `${run.length} of ${one.length} and ${other.length} frames are the same`;
	t.true(run.length >= atLeast, told);
	t.true(run.endOne === one.length || run.endOther === other.length, `${told}, then others follow`);
};

type Run = {length: number; endOne: number; endOther: number};

const longestRun = (one: readonly string[], other: readonly string[]): Run => {
	let longest: Run = {length: 0, endOne: 0, endOther: 0};
	for (const start of one.keys())
		for (const from of other.keys()) {
			let length = 0;
			while (start + length < one.length && one[start + length] === other[from + length]) length++;
			if (length > longest.length)
				longest = {length, endOne: start + length, endOther: from + length};
		}
	return longest;
};
