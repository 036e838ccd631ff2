import {Readable} from 'node:stream';
import type {ExecutionContext} from 'ava';
import {pino} from 'pino';
import {Gatekeeper} from '../../lib/auth/gatekeeper.ts';
import {createApi} from '../../lib/api/app.ts';
import type {Paths, RtmpClients, RtspClients, Services} from '../../lib/api/services.ts';
import {ConfigStore} from '../../lib/config/store.ts';
import {MediaError} from '../../lib/errors.ts';
import type {PathPushFacts} from '../../lib/media/push-facts.ts';
import type {PathFacts} from '../../lib/media/facts.ts';
import {writeConfig} from './config.ts';
import {quiet, startHttp} from './http.ts';

/** A path that is live. */
export const pathFacts = (name: string, more: Partial<PathFacts> = {}): PathFacts => ({
	name,
	confName: name,
	source: {type: 'rtspSource', id: ''},
	ready: true,
	readyTime: '2026-01-01T00:00:00.000Z',
	tracks: ['H264'],
	tracks2: [{codec: 'H264', codecProps: {width: 1920, height: 1080, profile: 'High', level: '4'}}],
	bytesReceived: 1000,
	bytesSent: 10,
	readers: [{type: 'hlsSession', id: 'hls-1'}],
	state: 'ready',
	error: null,
	width: 1920,
	height: 1080,
	frameRateAnnounced: 25,
	frameRate: 25,
	bitrate: 3_000_000,
	keyFrameDistance: 2,
	reconnects: 1,
	jitter: 0.002,
	lostPackets: 2,
	undecryptablePackets: 4,
	resyncs: 3,
	...more,
});

/** The API over these paths and a configuration file of this text. */
export const startApi = async (
	t: ExecutionContext,
	{yaml = '', paths = []}: {yaml?: string; paths?: PathFacts[]} = {},
) => {
	const {file} = writeConfig(t, yaml);
	const store = new ConfigStore({file, env: {}});
	const steered: string[] = [];
	const kicked: string[] = [];
	const state = {isReady: true};
	const services: Services = {
		info: () => ({version: '1.2.3', started: '2026-01-01T00:00:00.000Z', gstreamer: '1.22.0'}),
		paths: scriptedPaths(paths, steered),
		config: {
			get config() {
				return store.config;
			},
			changePath: request => void store.changePath(request),
		},
		rtsp: scriptedClients(kicked),
		rtmp: scriptedEncoders(kicked),
		readers: () => [],
		stats: {follow: () => Readable.from(['data: {}\n\n'])},
		pushes: {list: () => [pushed], get: name => (name === pushed.name ? pushed : undefined)},
		gatekeeper: new Gatekeeper({
			users: () => store.config.authInternalUsers,
			logger: pino({level: 'silent'}),
		}),
		metrics: {contentType: 'text/plain', render: async () => 'sluice_up 1\n'},
		isReady: () => state.isReady,
	};
	const api = createApi({services, logger: quiet});
	const {url, port} = await startHttp(t, [api]);
	const send = (method: string, path: string, options: RequestInit = {}) =>
		fetch(url + path, {method, ...options});
	return {url, port, store, steered, kicked, state, send};
};

/** A path with one destination that runs. */
export const pushed: PathPushFacts = {
	name: 'live/cam',
	destinations: [
		{
			...{url: 'rtmp://host/live/***', protocol: 'rtmp', state: 'running', error: null},
			...{since: '2026-01-01T00:00:00.000Z', bytesSent: 1000, framesSent: 10, reconnects: 1},
		},
	],
};

/** One session, on one connection. */
const scriptedClients = (kicked: string[]): RtspClients => ({
	sessions: () => [
		{
			id: 'rtsp-1',
			isTls: false,
			created: '2026-01-01T00:00:00.000Z',
			remoteAddr: '10.0.0.1:5000',
			state: 'read',
			path: 'cam',
			query: '',
			user: '',
			userAgent: 'Lavf60',
			transport: 'TCP',
			profile: 'AVP',
			conns: ['rtspconn-1'],
			bytesReceived: 100,
			packetsReceived: 0,
			packetsLost: 0,
			bytesSent: 5000,
			packetsSent: 50,
			packetsDropped: 3,
			reportedLost: null,
			jitter: 0.001,
			roundTripTime: null,
		},
	],
	connections: () => [
		{
			id: 'rtspconn-1',
			isTls: false,
			created: '2026-01-01T00:00:00.000Z',
			remoteAddr: '10.0.0.1:5000',
			bytesReceived: 200,
			bytesSent: 6000,
			session: 'rtsp-1',
			tunnel: 'none',
		},
	],
	kickConnection: id => {
		kicked.push(id);
		return true;
	},
	kick: id => {
		if (id === 'rtsp-1') kicked.push(id);
		return id === 'rtsp-1';
	},
});

/** One publisher, and one over TLS. */
const scriptedEncoders = (kicked: string[]): RtmpClients => {
	const connections = [false, true].map(isTls => ({
		...{id: isTls ? 'rtmps-2' : 'rtmp-1', isTls, created: '2026-01-01T00:00:00.000Z'},
		...{remoteAddr: '10.0.0.1:5000', state: 'publish' as const, path: 'live/cam'},
		...{query: 'user=ann&pass=***', user: 'ann', bytesReceived: 5000, bytesSent: 100},
		...{messagesSent: 0, messagesDropped: 0},
	}));
	return {
		connections: () => connections,
		kick: id => {
			const isThere = connections.some(it => it.id === id);
			if (isThere) kicked.push(id);
			return isThere;
		},
		askToReconnect: (id, tcUrl) => {
			const asked = connections.find(it => it.id === id);
			if (asked && !asked.isTls) kicked.push(`${id} to ${tcUrl}`);
			return asked && !asked.isTls;
		},
	};
};

const scriptedPaths = (paths: PathFacts[], steered: string[]): Paths => {
	const steer = (word: string) => (name: string) => {
		if (!paths.some(path => path.name === name))
			throw new MediaError('PATH_NOT_FOUND', 'No such path', {path: name});
		steered.push(`${word} ${name}`);
	};
	return {
		list: () => [...paths],
		get: name => paths.find(path => path.name === name),
		play: steer('play'),
		pause: steer('pause'),
		exit: steer('exit'),
	};
};
