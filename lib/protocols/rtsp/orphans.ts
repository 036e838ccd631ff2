import {placeOf} from '../../util/network.ts';
import type {ServerConnection} from './server-connection.ts';
import type {ServerSession} from './server-session.ts';

/**
 * Sessions whose connection is gone while their media goes on over UDP (RFC 2326 section 1.1: a session is not tied to a
 * connection). GStreamer comes back by another one. Whoever does not, and sends no reports, is gone for good.
 */
export class Orphans {
	readonly #sessions = new Map<string, {session: ServerSession; sinceMs: number}>();

	/** Those that are here, and not over. */
	*[Symbol.iterator](): Iterator<ServerSession> {
		for (const {session} of this.#sessions.values()) if (session.outlivesConnection) yield session;
	}

	/** The one that has been here the longest of all from the same place goes, if there are too many. */
	take(session: ServerSession): void {
		this.#sessions.set(session.secret, {session, sinceMs: performance.now()});
		const place = placeOf(session.address);
		const ofPlace = [...this].filter(({address}) => placeOf(address) === place);
		const [oldest] = ofPlace;
		if (ofPlace.length > maxOfPlace && oldest)
			this.#end(oldest, `there are more than ${maxOfPlace} such sessions from ${place}`);
	}

	/** The session of that secret, for a client at the address that it began from. */
	giveTo(connection: ServerConnection, secret: string): ServerSession | undefined {
		const {session} = this.#sessions.get(secret) ?? {};
		if (!session?.outlivesConnection || session.address !== connection.address) return undefined;
		this.#sessions.delete(secret);
		session.moveTo?.(connection);
		return session;
	}

	/** Once a second. */
	check(): void {
		const nowMs = performance.now();
		for (const [secret, {session, sinceMs}] of this.#sessions) {
			if (!session.outlivesConnection) this.#sessions.delete(secret);
			else if (Math.min(nowMs - sinceMs, session.silentMs) > patienceMs)
				this.#end(session, 'the client hung up and reports nothing');
		}
	}

	/** False: there is no such session. */
	kick(id: string): boolean {
		const found = [...this].find(session => session.id === id);
		if (found) this.#end(found, 'it was kicked');
		return found !== undefined;
	}

	close(): void {
		for (const session of this) this.#end(session, 'the server ends');
	}

	#end(session: ServerSession, reason: string): void {
		this.#sessions.delete(session.secret);
		session.close(reason);
	}
}

/** Connections are bounded, and reports keep a session without one alive: nobody may fill the memory so. */
const maxOfPlace = 64;
/** Receivers report every 2 to 6 s (RFC 3550 section 6.2). */
const patienceMs = 10_000;
