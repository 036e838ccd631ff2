import type {RtspConnectionFacts, RtspSessionFacts} from '../../media/session-facts.ts';
import type {Route} from '../route.ts';
import {rtspConnectionSchema, rtspSessionSchema} from '../session-schemas.ts';
import type {RtspConnectionView, RtspSessionView} from '../types.ts';
import {clientRoutes, connectionView} from './clients.ts';

/** MediaMTX lists the clients of TLS by themselves. */
export const rtspRoutes: Route[] = [false, true].flatMap(isTls => {
	const scheme = isTls ? 'rtsps' : 'rtsp';
	const title = scheme.toUpperCase();
	return [
		...clientRoutes({
			path: `/v3/${scheme}conns`,
			kind: 'connection',
			summaries: [
				`Connections of ${title} clients.`,
				`One connection of ${title} by its id.`,
				`Hangs up on a connection of ${title}.`,
			],
			schema: rtspConnectionSchema,
			listName: 'RTSPConnList',
			itemsOf: ({rtsp}) => rtsp.connections().filter(it => it.isTls === isTls),
			view: (facts: RtspConnectionFacts): RtspConnectionView => connectionView(facts),
			kick: ({rtsp}, id) => rtsp.kickConnection(id),
		}),
		...clientRoutes({
			path: `/v3/${scheme}sessions`,
			kind: 'session',
			summaries: [
				`${title} sessions: readers and publishers.`,
				`One session of ${title} by its id.`,
				`Hangs up on the client of a session of ${title}.`,
			],
			schema: rtspSessionSchema,
			listName: 'RTSPSessionList',
			itemsOf: ({rtsp}) => rtsp.sessions().filter(it => it.isTls === isTls),
			view: (session: RtspSessionFacts) => sessionView(session),
			kick: ({rtsp}, id) => rtsp.kick(id),
		}),
	];
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
