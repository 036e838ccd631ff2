import {z} from 'zod';
import {MediaError} from '../../errors.ts';
import type {RtmpConnectionFacts} from '../../media/session-facts.ts';
import {missing} from '../existing.ts';
import type {Route, RouteInput} from '../route.ts';
import {okSchema} from '../schemas.ts';
import type {Services} from '../services.ts';
import {rtmpConnectionSchema} from '../session-schemas.ts';
import type {RtmpConnectionView} from '../types.ts';
import {clientRoutes, connectionView} from './clients.ts';

const reconnectSchema = z.strictObject({
	url: z
		.string()
		.regex(/^rtmps?:\/\/[^/]+\/./, 'expected a URL such as rtmp://server/application')
		.optional()
		.describe('Where to, without the key; the same place unless told.'),
});

const reconnectRoute = (scheme: string): Route => ({
	method: 'post',
	path: `/v3/${scheme}conns/reconnect/{name}`,
	summary: 'Asks a client that announced Enhanced RTMP to connect anew; it goes on until it does.',
	action: 'api',
	body: reconnectSchema,
	output: okSchema,
	handle: async ({name, body}: Asked, {rtmp}: Services) => {
		const {url} = readWish(body);
		const isAsked = rtmp.askToReconnect(name, url);
		if (isAsked === undefined) throw missing('connection', name);
		if (!isAsked) throw new MediaError('RTMP_NO_RECONNECT', lacksReconnect);
		return {status: 'ok'};
	},
});

const readWish = (body: unknown): {url: string} => {
	const {data, error} = reconnectSchema.safeParse(body);
	if (data) return {url: data.url ?? ''};
	const [issue] = error.issues;
	const place = issue?.path.join('.') || 'the body';
	throw new MediaError('API_BODY_INVALID', `Expected ${place} to be valid: ${issue?.message}`);
};

type Asked = Pick<RouteInput, 'name' | 'body'>;

const lacksReconnect =
	'Expected a client that knows reconnect requests (capsEx of Enhanced RTMP), this one does not say so';

/** MediaMTX lists the clients of TLS by themselves. */
export const rtmpRoutes: Route[] = [false, true].flatMap(isTls => {
	const scheme = isTls ? 'rtmps' : 'rtmp';
	const title = scheme.toUpperCase();
	const routes = clientRoutes({
		path: `/v3/${scheme}conns`,
		kind: 'connection',
		summaries: [
			`Connections of ${title} clients.`,
			`One connection of ${title} by its id.`,
			`Hangs up on a client of ${title}.`,
		],
		schema: rtmpConnectionSchema,
		listName: 'RTMPConnList',
		itemsOf: ({rtmp}) => rtmp.connections().filter(it => it.isTls === isTls),
		view: (facts: RtmpConnectionFacts): RtmpConnectionView => connectionView(facts),
		kick: ({rtmp}, id) => rtmp.kick(id),
	});
	return [...routes, reconnectRoute(scheme)];
});
