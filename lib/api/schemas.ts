// The shapes that the API answers with; docs/reference/openapi.json is made from them.
import {z} from 'zod';
import {pathKeys} from '../config/path-keys.ts';
import {errorKinds} from '../errors.ts';
import type {Info, PathView} from './types.ts';

const count = () => z.int().min(0);
const time = () => z.iso.datetime().nullable();
const figure = (unit: string) => z.number().nullable().describe(unit);
const peer = z.object({type: z.string(), id: z.string()});

const track = z.object({
	codec: z.string().describe('As MediaMTX names it: `H264`, `MPEG-4 Audio`.'),
	codecProps: z
		.union([
			z.object({width: count(), height: count(), profile: z.string(), level: z.string()}),
			z.object({sampleRate: count(), channelCount: count()}),
		])
		.nullable(),
});

export const errorSchema = z
	.object({
		error: z.string().describe('What was expected, and what was got.'),
		code: z.enum(Object.keys(errorKinds) as [string, ...string[]]),
		context: z.record(z.string(), z.unknown()),
	})
	.meta({id: 'Error'});

export const okSchema = z.object({status: z.literal('ok')}).meta({id: 'OK'});

export const infoSchema = z
	.object({
		version: z.string(),
		started: z.iso.datetime().describe('When the server was started.'),
		gstreamer: z.string().describe('Version of GStreamer. Not a field of MediaMTX.'),
	})
	.meta({id: 'Info'}) satisfies z.ZodType<Info>;

export const pathSchema = z
	.object({
		name: z.string(),
		confName: z.string().describe('The entry of `paths` that the path comes from.'),
		source: peer.nullable(),
		ready: z.boolean(),
		readyTime: time(),
		available: z.boolean(),
		availableTime: time(),
		online: z.boolean(),
		onlineTime: time(),
		tracks: z.array(z.string()),
		tracks2: z.array(track),
		bytesReceived: count(),
		bytesSent: count(),
		inboundBytes: count(),
		outboundBytes: count(),
		inboundFramesInError: count(),
		readers: z.array(peer),
		state: z
			.enum(['idle', 'starting', 'ready', 'reconnecting', 'failed', 'paused', 'stopped'])
			.describe('This and what follows are not fields of MediaMTX.'),
		error: z.object({code: errorSchema.shape.code, message: z.string()}).nullable(),
		width: count().nullable(),
		height: count().nullable(),
		frameRateAnnounced: figure('Pictures a second, as the parameters say.'),
		frameRate: figure('Pictures a second, as they come.'),
		bitrate: figure('Bits a second, as they come.'),
		keyFrameDistance: figure('Seconds.'),
		reconnects: count(),
		jitter: figure('Of its packets, in seconds.'),
		lostPackets: count(),
		undecryptablePackets: count(),
		resyncs: count(),
	})
	.meta({id: 'Path'}) satisfies z.ZodType<Omit<PathView, 'error'>>;

/** A path without the further names that MediaMTX has for its fields. */
export const pathFactsSchema = pathSchema
	.omit({
		...{available: true, availableTime: true, online: true, onlineTime: true},
		...{inboundBytes: true, outboundBytes: true, inboundFramesInError: true},
	})
	.meta({id: 'PathFacts'});

export const pathConfigSchema = z
	.object({name: z.string(), origin: z.enum(['file', 'api']), ...configProperties()})
	.partial()
	.meta({id: 'PathConf'});

/** The body of a change: some keys of a path. What they may be is checked by the configuration itself. */
export const pathConfigBody = z.record(z.string(), z.unknown()).meta({id: 'PathConfChange'});

export const listOf = (item: z.ZodType, id: string) =>
	z.object({itemCount: count(), pageCount: count(), items: z.array(item)}).meta({id});

/** The keys of a path as they are read and written: in the forms of the file. */
function configProperties(): Record<string, z.ZodType> {
	const entries = Object.entries(pathKeys).map(([key, schema]) => {
		const {type} = (schema.unwrap().meta() ?? {}) as {type?: string};
		return [key, plain(type).describe(schema.description ?? '')];
	});
	return Object.fromEntries(entries) as Record<string, z.ZodType>;
}

function plain(type: string | undefined): z.ZodType {
	if (type === 'boolean') return z.boolean();
	return type === 'integer' ? z.int() : z.string();
}
