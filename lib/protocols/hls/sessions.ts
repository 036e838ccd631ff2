import {randomBytes} from 'node:crypto';
import {MediaError} from '../../errors.ts';
import type {Admission, Delivery} from '../../media/delivery.ts';
import type {ReaderFacts} from '../../media/reader-facts.ts';

/** Who asks: `peer` is address and port as it is listed, `client` what tells viewers without a session apart. */
export type Viewer = {path: string; peer: string; client: string};

export type SessionsOptions = {
	delivery: Pick<Delivery, 'join'>;
	/** Milliseconds, monotonic. */
	clock?: () => number;
	/** Over all paths; what is beyond is refused. */
	maxSessions?: number;
};

type Session = {
	id: string;
	viewer: Viewer;
	/** Has asked for more than the multivariant playlist. */
	isClaimed: boolean;
	/** The path has not answered yet; it always does. */
	isPending: boolean;
	lastRequest: number;
	createdAt: Date;
	/** Its name in the list of its path, once that has let it in. */
	reader: string | undefined;
	admission: Promise<Admission>;
};

/** Viewers of HLS: each is one reader of its path while it asks for something now and then. */
export class Sessions {
	readonly #delivery: Pick<Delivery, 'join'>;
	readonly #clock: () => number;
	readonly #maxSessions: number;
	/** By path and id. */
	readonly #sessions = new Map<string, Session>();
	/** The newest session of a path and client. */
	readonly #byClient = new Map<string, Session>();

	constructor({delivery, clock = () => performance.now(), maxSessions = 20_000}: SessionsOptions) {
		this.#delivery = delivery;
		this.#clock = clock;
		this.#maxSessions = maxSessions;
	}

	get size(): number {
		return this.#sessions.size;
	}

	readers(): ReaderFacts[] {
		return [...this.#sessions.values()].flatMap(session => factsOf(session) ?? []);
	}

	/** A new session, or the one that this client began and has not used; resolves with its id when the path lets it in. */
	async begin(viewer: Viewer): Promise<string> {
		const known = this.#byClient.get(clientKey(viewer));
		if (known && !known.isClaimed) return this.#enter(known);
		return this.#enter(this.#open(newId(), viewer));
	}

	/** A request of a session; without an id it is the client's newest. One that has expired is let in anew. */
	async use(id: string | undefined, viewer: Viewer): Promise<void> {
		const session = this.#find(id, viewer) ?? this.#open(id ?? newId(), viewer);
		session.isClaimed = true;
		await this.#enter(session);
	}

	/** A request that shows that a session lives, but makes none. */
	touch(id: string | undefined, viewer: Viewer): void {
		const session = this.#find(id, viewer);
		if (session) session.lastRequest = this.#clock();
	}

	/** Lets go who has not asked for anything for `idleMs(path)` milliseconds. */
	expire(idleMs: (path: string) => number): void {
		const now = this.#clock();
		for (const session of this.#sessions.values())
			if (!session.isPending && now - session.lastRequest > idleMs(session.viewer.path))
				this.#close(session);
	}

	close(): void {
		for (const session of this.#sessions.values()) this.#close(session);
	}

	#find(id: string | undefined, viewer: Viewer): Session | undefined {
		return id === undefined
			? this.#byClient.get(clientKey(viewer))
			: this.#sessions.get(sessionKey(viewer.path, id));
	}

	#open(id: string, viewer: Viewer): Session {
		if (this.#sessions.size >= this.#maxSessions)
			throw new MediaError(
				'PATH_TOO_MANY_READERS',
				`Expected at most ${this.#maxSessions} HLS sessions on this server`,
			);
		const admission = this.#delivery.join({
			path: viewer.path,
			protocol: 'hls',
			peer: viewer.peer,
			start: true,
			counted: true,
			holds: false,
		});
		const session: Session = {
			id,
			viewer,
			isClaimed: false,
			isPending: true,
			lastRequest: this.#clock(),
			createdAt: new Date(),
			reader: undefined,
			admission,
		};
		this.#sessions.set(sessionKey(viewer.path, id), session);
		this.#byClient.set(clientKey(viewer), session);
		admission.then(
			admitted => {
				session.isPending = false;
				session.reader = admitted.reader;
				admitted.once('ended', () => this.#forget(session));
			},
			() => this.#forget(session),
		);
		return session;
	}

	async #enter(session: Session): Promise<string> {
		session.lastRequest = this.#clock();
		await session.admission;
		session.lastRequest = this.#clock();
		return session.id;
	}

	#close(session: Session): void {
		this.#forget(session);
		session.admission.then(
			admission => admission.leave(),
			() => {},
		);
	}

	#forget(session: Session): void {
		const {id, viewer} = session;
		this.#sessions.delete(sessionKey(viewer.path, id));
		if (this.#byClient.get(clientKey(viewer)) === session) this.#byClient.delete(clientKey(viewer));
	}
}

const factsOf = ({reader: id, viewer, createdAt}: Session): ReaderFacts | undefined =>
	id === undefined
		? undefined
		: {
				...{id, path: viewer.path, protocol: 'hls', remoteAddr: viewer.peer, user: ''},
				created: createdAt.toISOString(),
				...{bytesSent: null, dropped: null, report: null, delay: null},
			};

const newId = () => randomBytes(8).toString('hex');

// A path has no spaces.
const sessionKey = (path: string, id: string) => `${path} ${id}`;
const clientKey = ({path, client}: Viewer) => `${path} ${client}`;
