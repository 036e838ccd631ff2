import type {ReadAccess} from '../../http/access.ts';
import {splitName} from '../../http/handler.ts';
import type {HttpHandler, HttpLogger} from '../../http/handler.ts';
import {peerName} from '../../http/peer.ts';
import {WebSockets} from '../../http/web-sockets.ts';
import type {Upgrade} from '../../http/web-sockets.ts';
import type {ReaderFacts} from '../../media/reader-facts.ts';
import type {LiveSpec} from '../../native/ring-output.ts';
import {RateLimited} from '../../observe/rate-limited.ts';
import {countSent} from '../../readers/count-sent.ts';
import type {RingOutput} from '../../readers/fan-out.ts';
import {FanOuts} from '../../readers/fan-outs.ts';
import {serverClock} from '../../readers/server-clock.ts';
import type {AskKernel} from '../../readers/socket-info.ts';
import type {Logger} from 'pino';
import {Viewer} from './viewer.ts';
import type {ViewerServices} from './viewer.ts';

export type LiveReaderOptions = Pick<ViewerServices, 'delivery' | 'playables'> & {
	native: {openLive(spec: LiveSpec): RingOutput; nowUs(): number; tcpInfo: AskKernel};
	access: ReadAccess;
	settings: () => ReturnType<ViewerServices['settings']> & {
		readonly hlsAllowOrigins: readonly string[];
	};
	logger: Logger & HttpLogger;
};

export type LiveReader = HttpHandler & {
	/** Bytes of media sent to viewers, by path. */
	bytesSent(): ReadonlyMap<string, number>;
	readers(): ReaderFacts[];
	close(): Promise<void>;
};

/** Serves the WebSocket `/<path>/live`. */
export const createLiveReader = (options: LiveReaderOptions): LiveReader => {
	const reader = new Reader(options);
	return {
		name: 'live',
		handle: () => false,
		upgrade: (request, socket, head, url) => reader.upgrade({request, socket, head}, url),
		bytesSent: () => reader.bytesSent(),
		readers: () => reader.readers(),
		close: async () => reader.close(),
	};
};

class Reader {
	readonly #options: LiveReaderOptions;
	readonly #services: ViewerServices;
	readonly #webSockets: WebSockets;
	readonly #late: RateLimited;
	readonly #viewers = new Set<Viewer>();
	/** Of viewers that have left, by path. */
	readonly #sent = new Map<string, number>();
	readonly #sweep: NodeJS.Timeout;

	constructor(options: LiveReaderOptions) {
		this.#options = options;
		const {native, settings, logger} = options;
		this.#late = new RateLimited({logger});
		this.#services = {
			...options,
			fanOuts: new FanOuts({
				open: spec => native.openLive(spec),
				onLate: () => this.#late.note('viewers lost pictures, because this machine is too slow'),
			}),
			nowUs: serverClock(native),
			tcpInfo: fd => native.tcpInfo(fd),
		};
		const origins = () => settings().hlsAllowOrigins;
		this.#webSockets = new WebSockets({maxMessageBytes, origins});
		this.#sweep = setInterval(() => {
			for (const viewer of this.#viewers) viewer.check();
		}, sweepMs).unref();
	}

	/** False: nothing of ours is there. */
	upgrade(asked: Upgrade, url: URL): boolean {
		const place = splitName(url);
		if (place?.file !== 'live') return false;
		const {request, socket} = asked;
		const {name: path} = place;
		const admit = () => this.#options.access(request, path);
		this.#webSockets.accept(asked, webSocket => {
			const peer = peerName(request);
			const viewer = new Viewer({path, peer, webSocket, socket, admit}, this.#services);
			this.#viewers.add(viewer);
			webSocket.once('close', () => this.#forget(viewer));
		});
		return true;
	}

	bytesSent(): ReadonlyMap<string, number> {
		const sent = new Map(this.#sent);
		for (const {path, bytesSent} of this.#viewers) countSent(sent, path, bytesSent);
		return sent;
	}

	readers(): ReaderFacts[] {
		return [...this.#viewers].flatMap(viewer => viewer.facts() ?? []);
	}

	close(): void {
		clearInterval(this.#sweep);
		for (const viewer of this.#viewers) viewer.close();
		this.#late.close();
	}

	#forget(viewer: Viewer): void {
		this.#viewers.delete(viewer);
		countSent(this.#sent, viewer.path, viewer.bytesSent);
	}
}

const sweepMs = 1000;
/** Longer than anything that a viewer says. */
const maxMessageBytes = 16_384;
