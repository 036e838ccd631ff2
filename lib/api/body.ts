import type {IncomingMessage} from 'node:http';
import {MediaError} from '../errors.ts';
import {jsonBreak} from './json-position.ts';

// A path's configuration is far smaller.
const maxBytes = 262_144;

/** The JSON object in a request's body; an empty body is an empty object. */
export const readBody = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
	const text = await readText(request);
	const value = text.trim() === '' ? {} : parseJson(text);
	if (typeof value === 'object' && value !== null && !Array.isArray(value))
		return value as Record<string, unknown>;
	throw new MediaError('API_BODY_INVALID', 'Expected a JSON object as the body');
};

const readText = async (request: IncomingMessage): Promise<string> => {
	const chunks: Buffer[] = [];
	if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > maxBytes) throw tooLarge();
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
};

const tooLarge = () =>
	new MediaError('API_BODY_TOO_LARGE', `Expected a body of at most ${maxBytes} bytes`);

const parseJson = (text: string): unknown => {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		const position = jsonBreak(text);
		const before = text.slice(0, position).split('\n');
		const [line, column] = [before.length, (before.at(-1)?.length ?? 0) + 1];
		throw new MediaError(
			'API_BODY_INVALID',
			`Expected JSON, it breaks at line ${line} column ${column}`,
			{position, line, column},
		);
	}
};
