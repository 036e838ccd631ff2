import type {RtmpConnectionFacts} from '../../media/session-facts.ts';
import {existing, missing} from '../existing.ts';
import {paginate} from '../page.ts';
import type {Route, RouteInput} from '../route.ts';
import {listOf, okSchema} from '../schemas.ts';
import {rtmpConnectionSchema} from '../session-schemas.ts';
import type {RtmpConnectionView} from '../types.ts';

type Clients = {rtmp: {connections(): RtmpConnectionFacts[]; kick(id: string): boolean}};
type Named = Pick<RouteInput, 'name'>;

/** MediaMTX lists the clients of TLS by themselves. */
export const rtmpRoutes: Route[] = [false, true].flatMap(isTls => {
	const scheme = isTls ? 'rtmps' : 'rtmp';
	const title = scheme.toUpperCase();
	const connectionsOf = ({rtmp}: Clients) => rtmp.connections().filter(it => it.isTls === isTls);
	return [
		{
			method: 'get',
			path: `/v3/${scheme}conns/list`,
			summary: `Connections of ${title} clients.`,
			action: 'api',
			isList: true,
			output: listOf(rtmpConnectionSchema, 'RTMPConnList'),
			handle: async (input: Pick<RouteInput, 'page' | 'itemsPerPage'>, services: Clients) =>
				paginate(connectionsOf(services).map(connectionView), input),
		},
		{
			method: 'get',
			path: `/v3/${scheme}conns/get/{name}`,
			summary: `One connection of ${title} by its id.`,
			action: 'api',
			output: rtmpConnectionSchema,
			handle: async ({name}: Named, services: Clients) =>
				connectionView(existing('connection', connectionsOf(services), name)),
		},
		{
			method: 'post',
			path: `/v3/${scheme}conns/kick/{name}`,
			summary: `Hangs up on a client of ${title}.`,
			action: 'api',
			output: okSchema,
			handle: async ({name}: Named, services: Clients) => {
				existing('connection', connectionsOf(services), name);
				if (!services.rtmp.kick(name)) throw missing('connection', name);
				return {status: 'ok'};
			},
		},
	] satisfies Route[];
});

const connectionView = (connection: RtmpConnectionFacts): RtmpConnectionView => ({
	...connection,
	inboundBytes: connection.bytesReceived,
	outboundBytes: connection.bytesSent,
});
