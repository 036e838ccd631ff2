import type {ClientMessage, LiveTrack, ServerMessage} from '../../lib/protocols/mse/types.ts';
import {parseMedia} from './live-message.ts';
import type {LiveMedia} from './live-message.ts';
import {ServerClock} from './server-clock.ts';

export type LiveError = Extract<ServerMessage, {type: 'error'}>;

type Report = Omit<Extract<ClientMessage, {type: 'stats'}>, 'type' | 'rtt'>;

export type LiveSocketEvents = {
	/** Media of these tracks follows. */
	tracks: (tracks: LiveTrack[]) => void;
	media: (media: LiveMedia) => void;
	/** It is over, because of what the server said or, without words, because the connection is gone. */
	closed: (error?: LiveError) => void;
};

/** One connection of the live protocol. */
export class LiveSocket {
	readonly clock = new ServerClock();
	readonly #events: LiveSocketEvents;
	readonly #webSocket: WebSocket;
	readonly #probing: number;
	#isClosed = false;

	constructor(
		url: string,
		hello: Extract<ClientMessage, {type: 'hello'}>,
		events: LiveSocketEvents,
	) {
		this.#events = events;
		this.#webSocket = new WebSocket(url);
		this.#webSocket.binaryType = 'arraybuffer';
		this.#webSocket.addEventListener('open', () => {
			this.say(hello);
			this.#probe();
		});
		this.#webSocket.addEventListener('message', ({data}) => this.#hear(data));
		this.#webSocket.addEventListener('close', () => this.#end());
		this.#probing = window.setInterval(() => this.#probe(), probeMs);
	}

	say(message: ClientMessage): void {
		if (this.#webSocket.readyState === WebSocket.OPEN)
			this.#webSocket.send(JSON.stringify(message));
	}

	/** How the player fares. */
	report(report: Report): void {
		const {roundTripUs} = this.clock;
		const rtt = roundTripUs === undefined ? null : Math.round(roundTripUs / 100) / 10;
		this.say({type: 'stats', ...report, rtt});
	}

	/** Says nothing more; may be called twice. */
	close(): void {
		this.#isClosed = true;
		window.clearInterval(this.#probing);
		this.#webSocket.close();
	}

	#hear(data: string | ArrayBuffer): void {
		if (this.#isClosed) return;
		if (typeof data === 'string') return this.#obey(JSON.parse(data) as ServerMessage);
		const media = parseMedia(data);
		if (media) this.#events.media(media);
	}

	#obey(message: ServerMessage): void {
		if (message.type === 'tracks') this.#events.tracks(message.tracks);
		if (message.type === 'time') this.clock.add({...message, t4: performance.now() * 1000});
		if (message.type === 'error') this.#end(message);
	}

	#probe(): void {
		this.say({type: 'time', t1: performance.now() * 1000});
	}

	#end(error?: LiveError): void {
		if (this.#isClosed) return;
		this.close();
		this.#events.closed(error);
	}
}

const probeMs = 5000;
