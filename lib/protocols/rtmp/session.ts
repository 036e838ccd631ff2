import {toMediaError} from '../../errors.ts';
import type {MediaError} from '../../errors.ts';
import type {RtmpConnectionFacts} from '../../media/session-facts.ts';
import {redactUrl} from '../../util/redact.ts';
import type {Amf} from './amf0.ts';
import {PublishSession} from './publish.ts';
import type {PublishServices} from './publish.ts';
import type {RtmpCommand, ServerConnection} from './server-connection.ts';
import {targetOf} from './target.ts';
import type {RtmpTarget} from './target.ts';

export type SessionServices = PublishServices & {
	/** Whoever set up an encoder looks into the log when it does not work. */
	refusedPublishers: {note(sample: string): void};
	logger: {error(fields: object, message: string): void};
};

/** One client's dialogue, from `connect` to the end. */
export class RtmpSession {
	readonly connection: ServerConnection;
	readonly #services: SessionServices;
	#application: string | undefined;
	#streams = 0;
	/** It has asked to publish. */
	#isPublishing = false;
	#publisher: PublishSession | undefined;
	#isOver = false;

	constructor(connection: ServerConnection, services: SessionServices) {
		this.connection = connection;
		this.#services = services;
		connection.on('command', asked => this.#hear(asked));
		connection.once('closed', reason => {
			this.#isOver = true;
			this.#publisher?.close(reason);
		});
	}

	/** A publisher's is its name in the list of its path. */
	get id(): string {
		return this.#publisher?.id ?? this.connection.id;
	}

	/** A path sends a publisher away that sends nothing. */
	get silentMs(): number {
		return this.#isPublishing ? 0 : this.connection.idleMs;
	}

	facts(): RtmpConnectionFacts {
		const {isTls, openedAt, peer, socket} = this.connection;
		const publisher = this.#publisher;
		return {
			id: this.id,
			isTls,
			created: openedAt.toISOString(),
			remoteAddr: peer,
			state: publisher ? 'publish' : 'idle',
			path: publisher?.target.path ?? '',
			query: shownQuery(publisher?.target.query ?? ''),
			user: publisher?.user ?? '',
			bytesReceived: socket.bytesRead,
			bytesSent: socket.bytesWritten,
		};
	}

	#hear(asked: RtmpCommand): void {
		const {connection} = this;
		if (asked.name === 'connect') return this.#connect(asked);
		if (this.#application === undefined) return connection.close('it asked before `connect`');
		switch (asked.name) {
			case 'createStream':
				return connection.result(asked, null, ++this.#streams);
			case 'getStreamLength':
				return connection.result(asked, null, 0);
			case 'releaseStream':
			case 'FCPublish':
			case 'FCUnpublish':
			case '_checkbw':
				return connection.result(asked, null);
			case 'publish':
				return void this.#publish(asked);
			case 'play':
			case 'play2':
				return this.#refusePlay(asked);
			case 'deleteStream':
			case 'closeStream':
				return connection.end('it has ended its stream');
			default:
				return this.#refuseUnknown(asked);
		}
	}

	#connect(asked: RtmpCommand): void {
		const {connection} = this;
		const {app, objectEncoding = 0} = asked.object ?? {};
		if (this.#application !== undefined || typeof app !== 'string') {
			const reason = 'expected one `connect` with an application';
			connection.error(asked, 'NetConnection.Connect.Rejected', reason);
			return connection.end('its `connect` was refused');
		}
		this.#application = app;
		connection.begin();
		connection.result(
			asked,
			{fmsVer: 'FMS/3,0,1,123', capabilities: 31},
			{
				...{level: 'status', code: 'NetConnection.Connect.Success'},
				...{description: 'Connection succeeded.', objectEncoding},
				...enhanced,
			},
		);
	}

	async #publish({stream, values}: RtmpCommand): Promise<void> {
		const {connection} = this;
		const target = targetOf(this.#application ?? '', textOf(values[0]));
		if (this.#isPublishing) return connection.close('it published twice');
		this.#isPublishing = true;
		try {
			const publisher = await PublishSession.open(target, connection, this.#services);
			if (this.#isOver) return publisher.close('it hung up');
			this.#publisher = publisher;
			publisher.onEnded((_, message) => this.#sendAway(stream, message));
			connection.streamBegin(stream);
			const description = `${target.path} is being published`;
			connection.status(stream, 'status', 'NetStream.Publish.Start', description);
		} catch (error) {
			this.#refusePublisher(stream, target, toMediaError(error));
		}
	}

	#refusePublisher(stream: number, {path}: RtmpTarget, error: MediaError): void {
		const {connection} = this;
		const {refusedPublishers, logger} = this.#services;
		const {kind, code, message} = error;
		// Wrong passwords are told by the gatekeeper.
		if (kind === 'internal')
			logger.error({peer: connection.peer, code, err: error}, 'publish failed');
		else if (code !== 'AUTH_FAILED')
			refusedPublishers.note(
				`RTMP publisher of ${path.slice(0, 100)} from ${connection.peer} refused: ${message}`,
			);
		const isDenied = kind === 'unauthenticated' || kind === 'denied';
		const status = isDenied ? 'NetStream.Publish.Denied' : 'NetStream.Publish.BadName';
		connection.status(stream, 'error', status, kind === 'internal' ? 'Internal error' : message);
		connection.end('it may not publish');
	}

	#sendAway(stream: number, message: string): void {
		this.connection.status(stream, 'error', 'NetStream.Publish.BadName', message);
		this.connection.end(message);
	}

	#refusePlay({stream}: RtmpCommand): void {
		const reason = 'This server is published to by RTMP, and read by RTSP and HLS';
		this.connection.status(stream, 'error', 'NetStream.Play.Failed', reason);
		this.connection.end('it wanted to play');
	}

	#refuseUnknown(asked: RtmpCommand): void {
		if (asked.transaction > 0)
			this.connection.error(asked, 'NetConnection.Call.Failed', 'There is no such method here');
	}
}

const textOf = (value: Amf): string => (typeof value === 'string' ? value : '');

/** Codecs that are understood beyond those of Flash (Enhanced RTMP, version 2). */
const enhanced = {
	capsEx: 0,
	fourCcList: ['avc1', 'hvc1', 'av01', 'vp09', 'vp08', 'mp4a', 'Opus', 'fLaC', 'ac-3', '.mp3'],
};

/** Without passwords. */
const shownQuery = (query: string): string => redactUrl(`rtmp://host/?${query}`).slice(13);
