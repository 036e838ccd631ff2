import {z} from 'zod';
import {parsed, unparsed} from '../../util/parsed.ts';
import type {Parsed} from '../../util/parsed.ts';
import type {ClientMessage} from './types.ts';

const count = z.int().min(0).max(1e12);
const ms = z.number().min(-1e9).max(1e9);

const schema = z.discriminatedUnion('type', [
	z.object({
		type: z.literal('hello'),
		version: z.literal(1),
		decodes: z.array(z.string().max(64)).max(64),
		audio: z.boolean(),
	}),
	z.object({type: z.literal('audio'), audio: z.boolean()}),
	z.object({type: z.literal('pause')}),
	z.object({type: z.literal('resume')}),
	z.object({type: z.literal('time'), t1: z.number()}),
	z.object({
		type: z.literal('stats'),
		bl: ms,
		ltc: ms.nullable(),
		pr: z.number().min(0).max(16),
		...{dfa: count, bsa: count, frames: count, width: count, height: count},
		rtt: ms.nullable(),
	}),
]);

/** Keys that are not known are passed over: later viewers may say more. */
export const parseMessage = (text: string): Parsed<ClientMessage> => {
	const {ok, value} = parseJson(text);
	if (!ok) return unparsed('expected JSON');
	const result = schema.safeParse(value);
	if (result.success) return parsed(result.data);
	const [issue] = result.error.issues;
	const place = issue?.path.join('.') ?? '';
	return unparsed(`${place ? `${place}: ` : ''}${issue?.message ?? 'not understood'}`);
};

const parseJson = (text: string): {ok: boolean; value?: unknown} => {
	try {
		return {ok: true, value: JSON.parse(text)};
	} catch {
		return {ok: false};
	}
};
