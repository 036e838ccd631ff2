// What `--http` serves: commands and status by the server's own API code, pictures and the files of HLS before it.
import {createRouter} from '../api/koa.ts';
import type {Endpoint} from '../api/route.ts';
import type {HttpHandler, HttpLogger} from '../http/handler.ts';
import {namingSockets} from '../http/listeners.ts';
import {createHttpServer} from '../http/server.ts';
import type {SocketMaker} from '../http/server.ts';
import type {Address} from '../util/address.ts';
import {createHlsFiles} from './hls-files.ts';
import {createSnapshot} from './snapshot.ts';
import type {SnapshotOptions} from './snapshot.ts';
import type {Streamer, StreamerHttp} from './streamer.ts';

export type StreamerHttpOptions = {
	address: Address;
	native: SocketMaker & SnapshotOptions['native'];
	/** Of an output that is HLS. */
	playlist: string | undefined;
	logger: HttpLogger;
};

/** Opens the address; throws LISTEN_REFUSED when it cannot be had. */
export const openHttp = async (
	streamer: Streamer,
	{address, native, playlist, logger}: StreamerHttpOptions,
): Promise<StreamerHttp> => {
	const listeners = [{name: '--http', ...address}];
	const snapshot = createSnapshot({streamer, native, logger});
	const server = await createHttpServer({
		listeners,
		handlers: [
			...(playlist === undefined ? [] : [createHlsFiles({playlist, logger})]),
			snapshot,
			createCommands(streamer, logger),
		],
		native: namingSockets(native, listeners),
		logger,
	});
	const host = address.host.includes(':') ? `[${address.host}]` : address.host;
	return {
		url: `http://${host}:${server.ports['--http']}`,
		close: async () => {
			snapshot.close();
			await server.close();
		},
	};
};

/** Somebody at this machine may change something, as with a server that has no users. */
const createCommands = (streamer: Streamer, logger: HttpLogger): HttpHandler =>
	createRouter({
		name: 'commands',
		routes,
		services: streamer,
		access: () => ({trustedProxies: []}),
		help: 'there are POST /play /pause /exit, GET /status and /snapshot.jpg',
		isOurs: () => true,
		logger,
	});

const ok = {status: 'ok'};

const routes: readonly Endpoint<Streamer>[] = [
	{
		method: 'get',
		path: '/status',
		action: 'api',
		handle: async (_, streamer) => streamer.status(),
	},
	command('play', streamer => streamer.play()),
	command('pause', streamer => streamer.pause()),
	// Answered before the end, which closes the connection.
	command('exit', streamer => void streamer.exit()),
];

function command(word: string, run: (streamer: Streamer) => void): Endpoint<Streamer> {
	return {
		method: 'post',
		path: `/${word}`,
		action: 'api',
		handle: async (_, streamer) => {
			run(streamer);
			return ok;
		},
	};
}
