import {redactUrls} from '../util/redact.ts';
import {visible} from '../util/visible.ts';

const levels: Record<number, string> = {
	10: 'DBG',
	20: 'DBG',
	30: 'INF',
	40: 'WRN',
	50: 'ERR',
	60: 'ERR',
};

/** What a line is about; shown in front as `[path cam]`. */
const subjects = [
	'domain',
	'path',
	'source',
	'stream',
	'session',
	'reader',
	'muxer',
	'pipeline',
	'listener',
	'peer',
];

type Fields = Record<string, unknown>;

/** One JSON line of pino for people: `2026-11-20 12:00:00 INF [path cam] source ready: 2 tracks`. */
export function formatLine(json: string): string {
	const {level, time, msg, err, error = err, ...rest} = JSON.parse(json) as Fields;
	const about = subjects.filter(key => key in rest).map(key => `[${key} ${plain(rest[key])}]`);
	const others = Object.entries(rest)
		.filter(([key]) => !subjects.includes(key))
		.map(([key, value]) => `${key}=${plain(value)}`);
	const text = typeof msg === 'string' ? withError(msg, error) : withError('', error);
	const words = [
		formatTime(Number(time)),
		levels[Number(level)] ?? 'INF',
		...about,
		text,
		...others,
	];
	const line = words.filter(word => word !== '').join(' ');
	return `${visible(redactUrls(line))}${stackOf(error)}\n`;
}

function withError(message: string, error: unknown): string {
	if (error === undefined) return message;
	const {code, message: cause = plain(error)} = (error ?? {}) as {code?: unknown; message?: string};
	const reason = code === undefined ? cause : `${cause} (${plain(code)})`;
	// pino takes the message of the error where none was given.
	if (message === '' || message === cause) return reason;
	return message.includes(cause) ? message : `${message}: ${reason}`;
}

function stackOf(error: unknown): string {
	const stack = (error as {stack?: unknown} | undefined)?.stack;
	if (typeof stack !== 'string') return '';
	const frames = stack.split('\n').filter(frame => /^\s+at /.test(frame));
	return frames.map(frame => `\n${visible(redactUrls(frame))}`).join('');
}

const plain = (value: unknown) =>
	typeof value === 'string' || typeof value === 'number'
		? String(value)
		: (JSON.stringify(value) ?? '');

function formatTime(time: number): string {
	const date = new Date(time);
	const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join('-');
	return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':')}`;
}

const twoDigits = (number: number) => String(number).padStart(2, '0');
