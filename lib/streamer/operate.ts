// The streamer in the hands of a person or a service: standard input, lines, signals.
import {readFileSync} from 'node:fs';
import {Console} from './console.ts';
import {createStreamer} from './create.ts';
import type {StreamerOptions} from './options.ts';
import type {Signals} from './signals.ts';
import {formatStatusLine} from './status-line.ts';
import type {Streamer, StreamerEnd} from './streamer.ts';
import {WordReader} from './words.ts';
import type {Heard} from './words.ts';

/** Moves a stream to its end; resolves with the exit code. What cannot be started rejects. */
export const operate = async (options: StreamerOptions, signals: Signals): Promise<number> => {
	process.stdin.on('error', () => {});
	const terminal = process.stderr.isTTY ? process.stderr : terminalOrError();
	const console = new Console(terminal);
	terminal.on('resize', () => console.resized());
	const streamer = await createStreamer(options);
	tellEvents(streamer, console);
	if (streamer.httpUrl !== undefined) console.line(`commands and status at ${streamer.httpUrl}`);
	signals.obeyBy(streamer);
	abandonWhenBroken(streamer);
	obeyWords(streamer, console);
	const end = await streamer.ended;
	console.close();
	return tellEnd(end, console);
};

/** The status goes to a terminal; lines go there too, lest they run into each other. */
const terminalOrError = () => (process.stdout.isTTY ? process.stdout : process.stderr);

const tellEvents = (streamer: Streamer, console: Console): void => {
	let lastLoss = '';
	const status = () => {
		if (!console.isTerminal) return;
		if (isInForeground()) console.status(formatStatusLine(streamer.status()));
		else console.leave();
	};
	streamer.on('plan', text => console.line(text));
	streamer.on('lost', ({message}) => {
		if (message !== lastLoss) console.line(`${message}; trying again`);
		lastLoss = message;
	});
	streamer.on('back', () => {
		console.line('connected again');
		lastLoss = '';
	});
	streamer.on('state', status);
	streamer.on('status', status);
};

const tellEnd = ({error, note}: StreamerEnd, console: Console): number => {
	const words = [error?.message, note].filter(text => text !== undefined && text !== null);
	if (words.length > 0) console.line(`streamer: ${words.join('; ')}`);
	return error ? 1 : 0;
};

const abandonWhenBroken = (streamer: Streamer): void => {
	process.once('uncaughtException', error => {
		process.stderr.write(`streamer: ${error.stack ?? error.message}\n`);
		streamer.abandon();
		process.exit(1);
	});
};

const help = 'the words are play, pause and exit';

const obeyWords = (streamer: Streamer, console: Console): void => {
	const {stdin} = process;
	const reader = new WordReader();
	const obey = (heard: Heard[]) => {
		for (const one of heard) {
			if (one.type === 'nonsense') console.line(help);
			else if (one.word === 'exit') void streamer.exit();
			else streamer[one.word]();
		}
	};
	const listen = () => {
		if (!stdin.isTTY || isInForeground()) stdin.resume();
		else stdin.pause();
	};
	listen();
	// By `bg`, and by `fg`, which may say nothing.
	process.on('SIGCONT', listen);
	streamer.on('status', listen);
	stdin.on('data', (piece: Buffer) => {
		if (stdin.isTTY) console.typed();
		obey(reader.read(piece));
	});
	stdin.on('end', () => {
		obey(reader.end());
		// A service has no standard input worth the name.
		if (stdin.isTTY) void streamer.exit();
	});
	void streamer.ended.then(() => {
		process.off('SIGCONT', listen);
		stdin.destroy();
	});
};

/** A job in the background that reads from its terminal is stopped by it, and what it writes is between lines of others. */
const isInForeground = (): boolean => {
	const stat = readFileSync('/proc/self/stat', 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const [group, terminalGroup] = [fields[2], fields[5]];
	return group === terminalGroup;
};
