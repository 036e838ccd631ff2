import type {RtmpConnectionFacts} from '../../media/session-facts.ts';
import type {Route} from '../route.ts';
import {rtmpConnectionSchema} from '../session-schemas.ts';
import type {RtmpConnectionView} from '../types.ts';
import {clientRoutes, connectionView} from './clients.ts';

/** MediaMTX lists the clients of TLS by themselves. */
export const rtmpRoutes: Route[] = [false, true].flatMap(isTls => {
	const scheme = isTls ? 'rtmps' : 'rtmp';
	const title = scheme.toUpperCase();
	return clientRoutes({
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
});
