import {parseArgs} from 'node:util';
import {firstSentence} from '../util/visible.ts';
import {checkOptions} from './options.ts';
import type {StreamerOptions} from './options.ts';

/** What the words of a command line ask for. */
export type CommandLine =
	| {type: 'help'}
	| {type: 'version'}
	| {type: 'wrong'; reason: string}
	| {type: 'stream'; options: StreamerOptions};

export const usage = `Usage:
  streamer INPUT OUTPUT     move a stream from one place to another
  streamer OUTPUT           send a test picture

INPUT    a file, rtsp://, rtmp://, rtmps://, srt://, http:// or https:// (HLS), test:
OUTPUT   rtmp://, rtmps://, rtsp://, rtsps://, srt://, file.mp4, file.flv, file.ts, folder/index.m3u8

Options:
  --paused                  wait for play
  --duration 10s            end after so much media
  --loop                    a file again and again
  --reconnect               try what is lost again and again
  --hls fmp4|mpegts         what an .m3u8 is made of; mpegts unless given
  --http [HOST]:PORT        POST /play /pause /exit, GET /status /snapshot.jpg and the HLS;
                            on 127.0.0.1 unless a host is given
  --version
  --help

While it runs, standard input takes play, pause and exit.`;

const options = {
	help: {type: 'boolean', short: 'h'},
	version: {type: 'boolean', short: 'v'},
	paused: {type: 'boolean'},
	duration: {type: 'string'},
	loop: {type: 'boolean'},
	reconnect: {type: 'boolean'},
	hls: {type: 'string'},
	http: {type: 'string'},
} as const;

/** Reads the words of a command line; never throws. */
export const parseArguments = (args: readonly string[]): CommandLine => {
	const split = splitArguments(args);
	if (typeof split === 'string') return {type: 'wrong', reason: split};
	const {help, version, ...values} = split.values;
	if (help) return {type: 'help'};
	if (version) return {type: 'version'};
	const {words} = split;
	const output = words.at(-1);
	if (output === undefined || words.length > 2)
		return {type: 'wrong', reason: `expected INPUT and OUTPUT, got ${words.length} of them`};
	const given = {...values, output, input: words.length === 2 ? words[0] : undefined};
	const checked = checkOptions(given);
	return checked.ok ? {type: 'stream', options: given} : {type: 'wrong', reason: checked.reason};
};

const splitArguments = (args: readonly string[]) => {
	try {
		const {values, positionals} = parseArgs({args: [...args], options, allowPositionals: true});
		return {values, words: positionals};
	} catch (error) {
		return firstSentence(error instanceof Error ? error.message : String(error));
	}
};
