import {MediaError} from '../../errors.ts';
import type {AccessRequest} from '../../auth/gatekeeper.ts';
import type {Delivery} from '../../media/delivery.ts';
import type {Publication} from '../../media/publication.ts';
import {tracksIn} from './metadata.ts';
import type {ServerConnection} from './server-connection.ts';
import {authorizationOf} from './target.ts';
import type {RtmpTarget} from './target.ts';

export type PublishServices = {
	delivery: Pick<Delivery, 'publish'>;
	gatekeeper: {admit(request: AccessRequest): Promise<string>};
};

/** A client that publishes to a path, until one of them has enough. */
export class PublishSession {
	readonly target: RtmpTarget;
	/** Who publishes; empty where nobody was asked for. */
	readonly user: string;
	readonly #publication: Publication;
	#isClosed = false;

	/** Takes the place of the path's publisher; rejects with the MediaError that says why not. */
	static async open(
		target: RtmpTarget,
		connection: ServerConnection,
		{delivery, gatekeeper}: PublishServices,
	): Promise<PublishSession> {
		const {path, query} = target;
		const {address, peer, isTls} = connection;
		const user = await gatekeeper.admit({
			...{action: 'publish', path, ip: address, method: 'publish'},
			authorization: authorizationOf(query),
			isUri: () => false,
		});
		const protocol = isTls ? 'rtmps' : 'rtmp';
		const publication = await delivery.publish({path, protocol, peer});
		return new PublishSession({target, user, publication}, connection);
	}

	private constructor(
		{target, user, publication}: {target: RtmpTarget; user: string; publication: Publication},
		connection: ServerConnection,
	) {
		this.target = target;
		this.user = user;
		this.#publication = publication;
		connection.ingest.publish(publication.stream);
		connection.on('metadata', metadata => connection.ingest.expect(tracksIn(metadata)));
	}

	/** As the lists of the path call it. */
	get id(): string {
		return this.#publication.publisher;
	}

	/** Called once, when the path sends it away. */
	onEnded(tell: (code: string, message: string) => void): void {
		this.#publication.once('ended', (code, message) => {
			this.#isClosed = true;
			tell(code, message);
		});
	}

	/** May be called twice. */
	close(reason: string): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#publication.leave(new MediaError('SOURCE_ENDED', `Publisher is gone: ${reason}`));
	}
}
