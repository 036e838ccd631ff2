import type {RtmpConnectionFacts} from '../../media/session-facts.ts';
import type {Route} from '../route.ts';
import {rtmpConnectionSchema} from '../session-schemas.ts';
import type {RtmpConnectionView} from '../types.ts';
import {connectionRoutes} from './connections.ts';

/** MediaMTX lists the clients of TLS by themselves. */
export const rtmpRoutes: Route[] = [false, true].flatMap(isTls =>
	connectionRoutes({
		scheme: isTls ? 'rtmps' : 'rtmp',
		schema: rtmpConnectionSchema,
		listName: 'RTMPConnList',
		kicked: 'client',
		connectionsOf: ({rtmp}) => rtmp.connections().filter(it => it.isTls === isTls),
		view: connectionView,
		kick: ({rtmp}, id) => rtmp.kick(id),
	}),
);

function connectionView(connection: RtmpConnectionFacts): RtmpConnectionView {
	return {
		...connection,
		inboundBytes: connection.bytesReceived,
		outboundBytes: connection.bytesSent,
	};
}
