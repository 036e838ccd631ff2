import {MediaError} from '../../errors.ts';
import type {AccessRequest} from '../../auth/gatekeeper.ts';
import type {Delivery} from '../../media/delivery.ts';
import type {Publication} from '../../media/publication.ts';
import {tracksIn} from './metadata.ts';
import type {ServerConnection} from './server-connection.ts';
import type {StreamMetadata} from './stream-metadata.ts';
import {authorizationOf} from './target.ts';
import type {RtmpTarget} from './target.ts';

export type PublishServices = {
	delivery: Pick<Delivery, 'publish'>;
	gatekeeper: {admit(request: AccessRequest): Promise<string>};
	metadata: StreamMetadata;
};

/** A client that publishes to a path, until one of them has enough. */
export class PublishSession {
	readonly target: RtmpTarget;
	/** Who publishes; empty where nobody was asked for. */
	readonly user: string;
	readonly #publication: Publication;
	readonly #metadata: StreamMetadata;
	#isClosed = false;

	/** Takes the place of the path's publisher; rejects with the MediaError that says why not. */
	static async open(
		target: RtmpTarget,
		connection: ServerConnection,
		{delivery, gatekeeper, metadata}: PublishServices,
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
		return new PublishSession({target, user, publication}, connection, metadata);
	}

	private constructor(
		{target, user, publication}: {target: RtmpTarget; user: string; publication: Publication},
		connection: ServerConnection,
		metadata: StreamMetadata,
	) {
		this.target = target;
		this.user = user;
		this.#publication = publication;
		this.#metadata = metadata;
		connection.ingest.publish(publication.stream);
		connection.on('metadata', said => {
			connection.ingest.expect(tracksIn(said));
			if (!this.#isClosed) metadata.note(publication.stream, said);
		});
	}

	/** As the lists of the path call it. */
	get id(): string {
		return this.#publication.publisher;
	}

	/** Called once, when the path sends it away. */
	onEnded(tell: (code: string, message: string) => void): void {
		this.#publication.once('ended', (code, message) => {
			this.#over();
			tell(code, message);
		});
	}

	/** May be called twice. */
	close(reason: string): void {
		if (this.#isClosed) return;
		this.#over();
		this.#publication.leave(new MediaError('SOURCE_ENDED', `Publisher is gone: ${reason}`));
	}
	#over(): void {
		this.#isClosed = true;
		this.#metadata.forget(this.#publication.stream);
	}
}
