import type {RtspConnectionFacts, RtspSessionFacts} from '../../media/session-facts.ts';
import {existing, missing} from '../existing.ts';
import {paginate} from '../page.ts';
import type {Route, RouteInput} from '../route.ts';
import {listOf, okSchema} from '../schemas.ts';
import {rtspConnectionSchema, rtspSessionSchema} from '../session-schemas.ts';
import type {RtspConnectionView, RtspSessionView} from '../types.ts';
import {connectionRoutes} from './connections.ts';

type Sessions = {rtsp: {sessions(): RtspSessionFacts[]; kick(id: string): boolean}};
type Paging = Pick<RouteInput, 'page' | 'itemsPerPage'>;
type Named = Pick<RouteInput, 'name'>;

/** MediaMTX lists the clients of TLS by themselves. */
export const rtspRoutes: Route[] = [false, true].flatMap(isTls => {
	const scheme = isTls ? 'rtsps' : 'rtsp';
	const title = scheme.toUpperCase();
	const sessionsOf = ({rtsp}: Sessions) => rtsp.sessions().filter(it => it.isTls === isTls);
	return [
		...connectionRoutes({
			scheme,
			schema: rtspConnectionSchema,
			listName: 'RTSPConnList',
			kicked: 'connection',
			connectionsOf: ({rtsp}) => rtsp.connections().filter(it => it.isTls === isTls),
			view: connectionView,
			kick: ({rtsp}, id) => rtsp.kickConnection(id),
		}),
		{
			method: 'get',
			path: `/v3/${scheme}sessions/list`,
			summary: `${title} sessions: readers and publishers.`,
			action: 'api',
			isList: true,
			output: listOf(rtspSessionSchema, 'RTSPSessionList'),
			handle: async (input: Paging, services: Sessions) =>
				paginate(sessionsOf(services).map(sessionView), input),
		},
		{
			method: 'get',
			path: `/v3/${scheme}sessions/get/{name}`,
			summary: `One session of ${title} by its id.`,
			action: 'api',
			output: rtspSessionSchema,
			handle: async ({name}: Named, services: Sessions) =>
				sessionView(existing('session', sessionsOf(services), name)),
		},
		{
			method: 'post',
			path: `/v3/${scheme}sessions/kick/{name}`,
			summary: `Hangs up on the client of a session of ${title}.`,
			action: 'api',
			output: okSchema,
			handle: async ({name}: Named, services: Sessions) => {
				existing('session', sessionsOf(services), name);
				if (!services.rtsp.kick(name)) throw missing('session', name);
				return {status: 'ok'};
			},
		},
	] satisfies Route[];
});

const sessionView = (session: RtspSessionFacts): RtspSessionView => ({
	...session,
	inboundBytes: session.bytesReceived,
	inboundRTPPackets: session.packetsReceived,
	inboundRTPPacketsLost: session.packetsLost,
	outboundBytes: session.bytesSent,
	outboundRTPPackets: session.packetsSent,
	outboundRTPPacketsReportedLost: session.reportedLost ?? 0,
	outboundRTPPacketsDiscarded: session.packetsDropped,
	rtpPacketsReceived: session.packetsReceived,
	rtpPacketsSent: session.packetsSent,
	rtpPacketsLost: session.packetsLost,
});

function connectionView(connection: RtspConnectionFacts): RtspConnectionView {
	return {
		...connection,
		inboundBytes: connection.bytesReceived,
		outboundBytes: connection.bytesSent,
	};
}
