// A part of the composition root: the servers of RTSP and RTMP, as they are configured.
import type {Logger} from 'pino';
import type {RtmpClients, RtspClients} from './api/services.ts';
import type {Gatekeeper} from './auth/gatekeeper.ts';
import {rtmpFiles, rtspFiles} from './config/certificates.ts';
import type {Certificates} from './config/certificates.ts';
import {redirectOf} from './config/find-path.ts';
import {multicastOf, udpOf} from './config/rtsp-udp.ts';
import type {ConfigStore} from './config/store.ts';
import {rtmpAddresses, rtspAddresses} from './config/tcp-addresses.ts';
import type {Delivery} from './media/delivery.ts';
import type {Native} from './native/native.ts';
import {createRtmpServer} from './protocols/rtmp/server.ts';
import type {RtmpServer} from './protocols/rtmp/server.ts';
import type {StreamMetadata} from './protocols/rtmp/stream-metadata.ts';
import {createRtspServer} from './protocols/rtsp/server.ts';
import type {RtspServer} from './protocols/rtsp/server.ts';

export type ListenerServices = {
	store: ConfigStore;
	native: Native;
	logger: Logger;
	delivery: Delivery;
	gatekeeper: Gatekeeper;
	certificates: Certificates;
	metadata: StreamMetadata;
};

/** Undefined: RTSP is off. */
export const openRtsp = async ({
	store,
	certificates,
	...shared
}: ListenerServices): Promise<RtspServer | undefined> => {
	const addresses = certificates.giveTo(rtspAddresses(store.config), rtspFiles);
	if (addresses.length === 0) return undefined;
	return createRtspServer({
		addresses,
		udp: udpOf(store.config),
		multicast: multicastOf(store.config),
		...shared,
		settings: () => store.config,
		redirect: path => redirectOf(store.config, path),
	});
};

/** Undefined: RTMP is off. */
export const openRtmp = async ({
	store,
	certificates,
	...shared
}: ListenerServices): Promise<RtmpServer | undefined> => {
	const addresses = certificates.giveTo(rtmpAddresses(store.config), rtmpFiles);
	if (addresses.length === 0) return undefined;
	return createRtmpServer({
		addresses,
		...shared,
		settings: () => store.config,
	});
};

/** As the API sees them; there is none while the server is off. */
export const rtspClients = (server: () => RtspServer | undefined): RtspClients => ({
	sessions: () => server()?.sessions() ?? [],
	connections: () => server()?.connections() ?? [],
	kick: id => server()?.kick(id) ?? false,
	kickConnection: id => server()?.kickConnection(id) ?? false,
});

/** As the API sees them; there is none while the server is off. */
export const rtmpClients = (server: () => RtmpServer | undefined): RtmpClients => ({
	connections: () => server()?.connections() ?? [],
	kick: id => server()?.kick(id) ?? false,
	askToReconnect: (id, tcUrl) => server()?.askToReconnect(id, tcUrl),
});
