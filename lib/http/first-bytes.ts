import type {Socket} from 'node:net';

/** A protocol whose connections come to the HTTP server and begin like HTTP. */
export type OtherProtocol = {
	/** Whether a connection is one of its own, by what it has said so far. */
	begins(bytes: Buffer): 'yes' | 'no' | 'more';
	/** What was said comes once more. */
	take(socket: Socket): void;
};

type Listener = (socket: Socket) => void;

/** The part of a server of Node that this looks through. */
export type Accepting = {
	listeners(event: string): unknown[];
	removeAllListeners(event: string): unknown;
	on(event: string, listener: Listener): unknown;
};

/** Looks at what each connection says first, and gives it to HTTP or to the other protocol. */
export class FirstBytes {
	readonly #other: OtherProtocol;
	readonly #speakHttp: Listener;
	/** Connections that have not said enough. */
	readonly #undecided = new Set<Socket>();

	/** `event` is what tells the server of a connection that can be read. */
	constructor(server: Accepting, event: 'connection' | 'secureConnection', other: OtherProtocol) {
		this.#other = other;
		const listeners = server.listeners(event) as Listener[];
		this.#speakHttp = socket => {
			for (const listener of listeners) listener.call(server, socket);
		};
		server.removeAllListeners(event);
		server.on(event, socket => this.#look(socket));
	}

	/** Hangs up on who has not said enough. */
	close(): void {
		for (const socket of this.#undecided) socket.destroy();
	}

	#look(socket: Socket): void {
		let seen = Buffer.alloc(0);
		const give = (take: Listener) => {
			leave();
			socket.pause();
			if (seen.length > 0) socket.unshift(seen);
			take(socket);
			socket.resume();
		};
		const giveAway = (it: Socket) => {
			// Node's HTTP goes on answering who has hung up; others are to be told of the end.
			it.allowHalfOpen = false;
			this.#other.take(it);
		};
		const hear = (bytes: Buffer) => {
			seen = Buffer.concat([seen, bytes]);
			const answer = this.#other.begins(seen);
			if (answer !== 'more') give(answer === 'yes' ? giveAway : this.#speakHttp);
		};
		const hangUp = () => socket.destroy();
		// HTTP has a patience of its own, and words for who is slow.
		const timer = setTimeout(() => give(this.#speakHttp), patienceMs);
		const leave = () => {
			clearTimeout(timer);
			this.#undecided.delete(socket);
			socket.off('data', hear).off('end', hangUp).off('error', hangUp).off('close', leave);
		};
		this.#undecided.add(socket);
		socket.on('data', hear).on('end', hangUp).on('error', hangUp).on('close', leave);
	}
}

/** Whoever begins a tunnel does so at once. */
const patienceMs = 3000;
