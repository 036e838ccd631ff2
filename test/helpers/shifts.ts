// How the times of frames changed on the way from one file to another. Frames are known by what is in them.
import {runCommand} from './command.ts';

/** Of each frame that is in both: how much later it is in the second, in microseconds. */
export const shiftsOf = async (
	track: 'v:0' | 'a:0',
	before: string,
	after: string,
): Promise<number[]> => {
	const [first, second] = await Promise.all([timesOf(track, before), timesOf(track, after)]);
	return [...second].flatMap(([sum, time]) => {
		const was = first.get(sum);
		return was === undefined ? [] : [time - was];
	});
};

/** Decoded pictures, and packets of sound: parameter sets and headers of AAC come and go with containers. */
const framings = {
	'v:0': ['-fps_mode', 'passthrough', '-enc_time_base', '-1'],
	'a:0': ['-c', 'copy', '-bsf:a', 'aac_adtstoasc'],
};

/** By the sum of their bytes: when they are presented, in microseconds; of frames that are alike, the first one. */
const timesOf = async (track: 'v:0' | 'a:0', file: string): Promise<Map<string, number>> => {
	const input = ['-v', 'error', '-copyts', '-i', file, '-map', `0:${track}`];
	const {stdout} = await runCommand('ffmpeg', [
		...input,
		...framings[track],
		'-f',
		'framemd5',
		'-',
	]);
	const [, num, den] = /^#tb 0: (\d+)\/(\d+)$/m.exec(stdout) ?? [];
	const unit = (Number(num) / Number(den)) * 1e6;
	const rows = stdout.match(/^\d.*$/gm) ?? [];
	return new Map(
		rows.toReversed().map(row => {
			const [, , time, , , sum = ''] = row.split(/,\s*/);
			return [sum, Number(time) * unit];
		}),
	);
};
