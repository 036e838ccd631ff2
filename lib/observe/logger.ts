import {destination, pino, stdSerializers} from 'pino';
import type {DestinationStream, Logger} from 'pino';
import {MediaError} from '../errors.ts';
import {formatLine} from './line.ts';
import {redactUrls} from '../util/redact.ts';

export type LoggerOptions = {
	level: 'silent' | 'error' | 'warn' | 'info' | 'debug';
	/** `auto`: lines for people on a terminal, JSON elsewhere. */
	format?: 'auto' | 'pretty' | 'json';
	/** Where the lines go; standard output unless told otherwise. */
	output?: DestinationStream;
};

/** The root logger; everybody else gets a child of it. No password within a URL ever gets into a line. */
export function createLogger({
	level,
	format = 'auto',
	output = standardOutput(),
}: LoggerOptions): Logger {
	const isPretty = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
	const options = {level, base: null, serializers: {err: serializeError, error: serializeError}};
	return pino(options, {
		write: line => output.write(isPretty ? formatLine(line) : redactJson(line)),
	});
}

/** Writes at once: nothing is lost when the process ends, and nobody reads along is no failure of ours. */
function standardOutput(): DestinationStream {
	const stream = destination({dest: 1, sync: true});
	stream.on('error', () => {});
	return stream;
}

function serializeError(error: unknown): unknown {
	if (error instanceof MediaError) {
		const {code, message, context} = error;
		return {code, message, context, ...(error.kind === 'internal' && {stack: error.stack})};
	}
	return error instanceof Error ? stdSerializers.err(error) : error;
}

function redactJson(line: string): string {
	if (!line.includes('://')) return line;
	const redacted: unknown = JSON.parse(line, (key, value: unknown) =>
		typeof value === 'string' ? redactUrls(value) : value,
	);
	return `${JSON.stringify(redacted)}\n`;
}
