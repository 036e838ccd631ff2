import {toMediaError} from '../../errors.ts';
import type {MediaError} from '../../errors.ts';
import type {RtmpConnectionFacts} from '../../media/session-facts.ts';
import {redactUrl} from '../../util/redact.ts';
import type {Amf} from './amf0.ts';
import {enhanced, obeysReconnect, understoodBy} from './codecs.ts';
import type {Understands} from './codecs.ts';
import {PublishSession} from './publish.ts';
import type {PublishServices} from './publish.ts';
import {ReadSession} from './read.ts';
import type {ReadServices} from './read.ts';
import {bytesWrittenTo} from '../../readers/socket-sink.ts';
import type {RtmpCommand, ServerConnection} from './server-connection.ts';
import {targetOf} from './target.ts';
import type {RtmpTarget} from './target.ts';

export type SessionServices = Omit<PublishServices & ReadServices, 'delivery'> & {
	delivery: PublishServices['delivery'] & ReadServices['delivery'];
	/** Whoever set up an encoder or a player looks into the log when it does not work. */
	refused: {note(sample: string): void};
	logger: {error(fields: object, message: string): void};
};

/** One client's dialogue, from `connect` to the end. */
export class RtmpSession {
	readonly connection: ServerConnection;
	readonly #services: SessionServices;
	#application: string | undefined;
	#understands: Understands = () => false;
	#mayBeMoved = false;
	/** It has asked to publish. */
	#isPublishing = false;
	#publisher: PublishSession | undefined;
	/** From the wish to play on; aborted when it is taken back. */
	#playing: AbortController | undefined;
	#reader: ReadSession | undefined;
	#isOver = false;

	constructor(connection: ServerConnection, services: SessionServices) {
		this.connection = connection;
		this.#services = services;
		connection.on('command', asked => this.#hear(asked));
		connection.once('closed', reason => {
			this.#isOver = true;
			this.#publisher?.close(reason);
			this.#stopReading(reason);
		});
	}

	/** A publisher's and a reader's is its name in the list of its path. */
	get id(): string {
		return this.#peer?.id ?? this.connection.id;
	}

	/** A path sends a publisher away that sends nothing. */
	get silentMs(): number {
		return this.#isPublishing || this.#playing ? 0 : this.connection.idleMs;
	}

	get #peer(): PublishSession | ReadSession | undefined {
		return this.#publisher ?? this.#reader;
	}

	/** What it reads. */
	get reader(): ReadSession | undefined {
		return this.#reader;
	}

	/** Asked about once a second. */
	check(): void {
		const reason = this.#reader?.check();
		if (reason !== undefined) this.connection.close(reason);
	}

	/** Asks it to connect anew, to `tcUrl` or to the same place; it goes on until it does. False: it does not know that. */
	askToReconnect(tcUrl = ''): boolean {
		if (this.#mayBeMoved) this.connection.askToReconnect(tcUrl);
		return this.#mayBeMoved;
	}

	/** The server ends: whoever knows reconnect requests gets one behind the last of its media. */
	leave(reason: string): void {
		if (!this.askToReconnect()) return this.connection.close(reason);
		this.#stopReading(reason);
		this.connection.end(reason);
	}

	facts(): RtmpConnectionFacts {
		const {isTls, openedAt, peer: remoteAddr, socket} = this.connection;
		const peer = this.#peer;
		return {
			id: this.id,
			isTls,
			created: openedAt.toISOString(),
			remoteAddr,
			state: this.#publisher ? 'publish' : this.#reader ? 'read' : 'idle',
			path: peer?.target.path ?? '',
			query: shownQuery(peer?.target.query ?? ''),
			user: peer?.user ?? '',
			bytesReceived: this.connection.bytesReceived,
			bytesSent: bytesWrittenTo(socket),
			...(this.#reader?.stats ?? {messagesSent: 0, messagesDropped: 0}),
		};
	}

	#hear(asked: RtmpCommand): void {
		const {connection} = this;
		if (asked.name === 'connect') return this.#connect(asked);
		if (this.#application === undefined) return connection.close('it asked before `connect`');
		switch (asked.name) {
			case 'createStream':
				return connection.result(asked, null, messageStream);
			case 'getStreamLength':
				return connection.result(asked, null, 0);
			case 'releaseStream':
			case 'FCPublish':
			case 'FCUnpublish':
			case 'FCSubscribe':
			case '_checkbw':
				return connection.result(asked, null);
			case 'publish':
				return void this.#publish(asked);
			case 'play':
				return void this.#play(asked);
			case 'play2':
				return this.#refusePlay('This server has one stream of a path, and no other to change to');
			case 'pause':
				return void this.#pause(asked);
			case 'deleteStream':
			case 'closeStream':
				return this.#closeStream();
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
		this.#understands = understoodBy(asked.object ?? {});
		this.#mayBeMoved = obeysReconnect(asked.object ?? {});
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

	async #publish({values}: RtmpCommand): Promise<void> {
		const {connection} = this;
		const target = targetOf(this.#application ?? '', textOf(values[0]));
		if (this.#isPublishing || this.#playing) return connection.close('it published twice');
		this.#isPublishing = true;
		try {
			const publisher = await PublishSession.open(target, connection, this.#services);
			if (this.#isOver) return publisher.close('it hung up');
			this.#publisher = publisher;
			publisher.onEnded((_, message) => this.#sendAway(message));
			connection.streamBegin(messageStream);
			connection.readNatively();
			this.#status('NetStream.Publish.Start', `${target.path} is being published`);
		} catch (error) {
			this.#refusePublisher(target, toMediaError(error));
		}
	}

	#refusePublisher(target: RtmpTarget, error: MediaError): void {
		const message = this.#logRefusal('publish', target, error);
		const isDenied = error.kind === 'unauthenticated' || error.kind === 'denied';
		const status = isDenied ? 'NetStream.Publish.Denied' : 'NetStream.Publish.BadName';
		this.connection.status(messageStream, 'error', status, message);
		this.connection.end('it may not publish');
	}

	#sendAway(message: string): void {
		this.connection.status(messageStream, 'error', 'NetStream.Publish.BadName', message);
		this.connection.end(message);
	}

	async #play({values}: RtmpCommand): Promise<void> {
		const {connection} = this;
		const target = targetOf(this.#application ?? '', textOf(values[0]));
		if (this.#isPublishing) return connection.close('it published, and wanted to play');
		// Who changes to another path plays no other one meanwhile.
		this.#stopReading('it plays something else');
		const playing = (this.#playing = new AbortController());
		const wish = {target, understands: this.#understands, signal: playing.signal};
		try {
			const reader = await ReadSession.open(wish, connection, this.#services);
			if (playing.signal.aborted) return reader.close('it has ended its stream');
			await this.#begin(reader);
		} catch (error) {
			if (playing.signal.aborted) return;
			this.#refuseReader(target, toMediaError(error));
		}
	}

	async #begin(reader: ReadSession): Promise<void> {
		const {connection} = this;
		const {path} = reader.target;
		this.#reader = reader;
		reader.onEnded(reason => this.#endReader(path, reason));
		connection.allowUnsent(this.#services.settings().readerQueueMaxSize);
		connection.streamBegin(messageStream);
		this.#status('NetStream.Play.Reset', `${path} is played from now on`);
		this.#status('NetStream.Play.Start', `${path} is being played`);
		await reader.start(messageStream);
	}

	/** The path has nothing more; players take one word or the other for the end. */
	#endReader(path: string, reason: string): void {
		const {connection} = this;
		connection.streamEnd(messageStream);
		this.#status('NetStream.Play.UnpublishNotify', `${path} is not published any more`);
		this.#status('NetStream.Play.Stop', `${path} has ended`);
		connection.end(reason);
	}

	#refuseReader(target: RtmpTarget, error: MediaError): void {
		const message = this.#logRefusal('play', target, error);
		const status =
			error.kind === 'not-found' ? 'NetStream.Play.StreamNotFound' : 'NetStream.Play.Failed';
		this.connection.status(messageStream, 'error', status, message);
		this.connection.end('it may not play');
	}

	#refusePlay(reason: string): void {
		this.connection.status(messageStream, 'error', 'NetStream.Play.Failed', reason);
	}

	async #pause({values}: RtmpCommand): Promise<void> {
		const reader = this.#reader;
		if (!reader) return;
		const isPaused = values[0] === true;
		const {path} = reader.target;
		if (isPaused) this.#status('NetStream.Pause.Notify', `${path} pauses`);
		else this.#status('NetStream.Unpause.Notify', `${path} goes on`);
		await reader.pause(isPaused);
	}

	/** A player may play something else then. */
	#closeStream(): void {
		if (!this.#playing) return this.connection.end('it has ended its stream');
		this.#stopReading('it has ended its stream');
	}

	#stopReading(reason: string): void {
		this.#playing?.abort(new Error(reason));
		this.#playing = undefined;
		this.#reader?.close(reason);
		this.#reader = undefined;
	}

	#status(code: string, description: string): void {
		this.connection.status(messageStream, 'status', code, description);
	}

	/** What the client is told. */
	#logRefusal(wish: 'publish' | 'play', {path}: RtmpTarget, error: MediaError): string {
		const {refused, logger} = this.#services;
		const {kind, code, message} = error;
		const {peer} = this.connection;
		// Wrong passwords are told by the gatekeeper.
		if (kind === 'internal') logger.error({peer, code, err: error}, `${wish} failed`);
		else if (code !== 'AUTH_FAILED')
			refused.note(
				`RTMP ${wish === 'play' ? 'player' : 'publisher'} of ${path.slice(0, 100)} from ${peer} refused: ${message}`,
			);
		return kind === 'internal' ? 'Internal error' : message;
	}

	#refuseUnknown(asked: RtmpCommand): void {
		if (asked.transaction > 0)
			this.connection.error(asked, 'NetConnection.Call.Failed', 'There is no such method here');
	}
}

/** Of each connection: nobody plays and publishes, or plays two, on one. */
const messageStream = 1;

const textOf = (value: Amf): string => (typeof value === 'string' ? value : '');

/** Without passwords. */
const shownQuery = (query: string): string => redactUrl(`rtmp://host/?${query}`).slice(13);
