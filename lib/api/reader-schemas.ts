// The shapes in which the API shows who reads; docs/reference/openapi.json is made from them.
import {z} from 'zod';
import type {ReaderFacts} from '../media/reader-facts.ts';
import type {StatsFacts} from '../media/stats-facts.ts';
import {pathFactsSchema} from './schemas.ts';

const count = () => z.int().min(0);

const reportSchema = z.object({
	bl: z.number().describe('Buffer length, in milliseconds (CMCD).'),
	ltc: z.number().nullable().describe('From taken to shown, in milliseconds (CMCD).'),
	pr: z.number().describe('Playback rate (CMCD).'),
	dfa: count().describe('Dropped frames (CMCD).'),
	bsa: count().describe('How often it stood still for want of media (CMCD).'),
	frames: count().describe('Frames decoded.'),
	width: count(),
	height: count(),
	rtt: z.number().nullable().describe('There and back, in milliseconds.'),
});

export const readerSchema = z
	.object({
		id: z.string(),
		path: z.string(),
		protocol: z.enum(['rtsp', 'rtsps', 'rtmp', 'rtmps', 'flv', 'mse', 'hls']),
		remoteAddr: z.string(),
		user: z.string(),
		created: z.iso.datetime(),
		bytesSent: count()
			.nullable()
			.describe('Of media; null over HLS, behind which caches may stand.'),
		dropped: count()
			.nullable()
			.describe('Packets, messages or fragments left out because it was late.'),
		report: reportSchema.nullable().describe('What the viewer says of itself once a second.'),
		delay: z.object({min: z.number(), avg: z.number(), max: z.number()}).nullable(),
	})
	.meta({id: 'Reader'}) satisfies z.ZodType<ReaderFacts>;

export const statsSchema = z
	.object({
		time: z.iso.datetime(),
		process: z.object({
			cpuPercent: z.number().describe('Of one core.'),
			memoryBytes: count(),
			uptime: z.number().describe('Seconds.'),
		}),
		paths: z.array(pathFactsSchema),
		readers: z.array(readerSchema),
	})
	.meta({id: 'Stats'}) satisfies z.ZodType<Omit<StatsFacts, 'paths'>>;
