import {MediaError} from '../../errors.ts';
import type {RtspConnectionFacts, RtspSessionFacts} from '../../media/session-facts.ts';
import {paginate} from '../page.ts';
import type {Route, RouteInput} from '../route.ts';
import {listOf, okSchema} from '../schemas.ts';
import {rtspConnectionSchema, rtspSessionSchema} from '../session-schemas.ts';
import type {RtspConnectionView, RtspSessionView} from '../types.ts';

type Sessions = {rtsp: {sessions(): RtspSessionFacts[]; kick(id: string): boolean}};
type Connections = {rtsp: {connections(): RtspConnectionFacts[]}};
type Paging = Pick<RouteInput, 'page' | 'itemsPerPage'>;
type Named = Pick<RouteInput, 'name'>;

const listSessions = async (input: Paging, {rtsp}: Sessions) =>
	paginate(rtsp.sessions().map(sessionView), input);

const getSession = async ({name}: Named, {rtsp}: Sessions) =>
	sessionView(existing(rtsp.sessions(), name));

const kickSession = async ({name}: Named, {rtsp}: Sessions) => {
	if (!rtsp.kick(name)) throw missing(name);
	return {status: 'ok'};
};

const listConnections = async (input: Paging, {rtsp}: Connections) =>
	paginate(rtsp.connections().map(connectionView), input);

const getConnection = async ({name}: Named, {rtsp}: Connections) =>
	connectionView(existing(rtsp.connections(), name));

export const rtspRoutes: Route[] = [
	{
		method: 'get',
		path: '/v3/rtspconns/list',
		summary: 'Connections of RTSP clients.',
		action: 'api',
		isList: true,
		output: listOf(rtspConnectionSchema, 'RTSPConnList'),
		handle: listConnections,
	},
	{
		method: 'get',
		path: '/v3/rtspconns/get/{name}',
		summary: 'One connection by its id.',
		action: 'api',
		output: rtspConnectionSchema,
		handle: getConnection,
	},
	{
		method: 'get',
		path: '/v3/rtspsessions/list',
		summary: 'RTSP sessions: readers and publishers.',
		action: 'api',
		isList: true,
		output: listOf(rtspSessionSchema, 'RTSPSessionList'),
		handle: listSessions,
	},
	{
		method: 'get',
		path: '/v3/rtspsessions/get/{name}',
		summary: 'One session by its id.',
		action: 'api',
		output: rtspSessionSchema,
		handle: getSession,
	},
	{
		method: 'post',
		path: '/v3/rtspsessions/kick/{name}',
		summary: 'Hangs up on the client of a session.',
		action: 'api',
		output: okSchema,
		handle: kickSession,
	},
];

const existing = <Item extends {id: string}>(items: Item[], id: string): Item => {
	const found = items.find(item => item.id === id);
	if (found) return found;
	throw missing(id);
};

const missing = (id: string): MediaError =>
	new MediaError('SESSION_NOT_FOUND', `There is no ${id.slice(0, 80)} now`);

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

const connectionView = (connection: RtspConnectionFacts): RtspConnectionView => ({
	...connection,
	inboundBytes: connection.bytesReceived,
	outboundBytes: connection.bytesSent,
	tunnel: 'none',
});
