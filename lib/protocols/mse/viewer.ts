import type {Socket} from 'node:net';
import type WebSocket from 'ws';
import {MediaError, toMediaError} from '../../errors.ts';
import {errorBody, statusOf} from '../../http/errors.ts';
import type {Admission, Delivery} from '../../media/delivery.ts';
import type {ReaderFacts} from '../../media/reader-facts.ts';
import type {Playable, PlayableStreams} from '../../media/playable-streams.ts';
import type {TrackInfo} from '../../native/binding.ts';
import type {LiveSpec} from '../../native/ring-output.ts';
import type {FanOuts} from '../../readers/fan-outs.ts';
import {Play} from '../../readers/play.ts';
import type {AskKernel} from '../../readers/socket-info.ts';
import {socketSink} from '../../readers/socket-sink.ts';
import {WriteWatch} from '../../readers/write-watch.ts';
import {chooseTracks} from './choose-tracks.ts';
import type {Wish} from './choose-tracks.ts';
import {parseMessage} from './messages.ts';
import {Reports} from './reports.ts';
import type {ClientMessage, ServerMessage} from './types.ts';

export type ViewerServices = {
	fanOuts: FanOuts<LiveSpec>;
	delivery: Pick<Delivery, 'join'>;
	playables: Pick<PlayableStreams, 'open'>;
	settings: () => {
		/** Milliseconds in which a viewer has to take something. */
		readonly writeTimeout: number;
		/** Bytes that may wait for one viewer. */
		readonly readerQueueMaxSize: number;
	};
	/** The server clock in microseconds. */
	nowUs: () => number;
	tcpInfo: AskKernel;
	logger: {info(fields: object, message: string): void};
};

export type ViewerPlace = {
	path: string;
	/** Address and port. */
	peer: string;
	webSocket: WebSocket;
	socket: Socket;
	/** Rejects with the reason why it may not. */
	admit: () => Promise<void>;
};

/** One WebSocket of the live protocol. Media goes to its socket as whole messages, which native code has made. */
export class Viewer {
	readonly path: string;
	readonly #place: ViewerPlace;
	readonly #services: ViewerServices;
	readonly #gone = new AbortController();
	readonly #createdMs = performance.now();
	readonly #createdAt = new Date();
	readonly #reports = new Reports();
	#wish: (Wish & {isPaused: boolean}) | undefined;
	#admission: Admission | undefined;
	#playable: Playable | undefined;
	#play: Play | undefined;
	#writes: WriteWatch | undefined;
	/** What media was begun with. */
	#begunWith: readonly TrackInfo[] | undefined;
	/** Counts beginnings, so that an older one does not overtake. */
	#round = 0;
	#bytesBefore = 0;
	#droppedBefore = 0;
	#said = 0;

	constructor(place: ViewerPlace, services: ViewerServices) {
		this.path = place.path;
		this.#place = place;
		this.#services = services;
		const {webSocket} = place;
		webSocket.on('message', (data: Buffer, isBinary: boolean) => this.#hear(data, isBinary));
		webSocket.on('error', () => webSocket.terminate());
		webSocket.once('close', () => this.#leave());
	}

	/** Of media. */
	get bytesSent(): number {
		return this.#bytesBefore + (this.#play?.stats.bytes ?? 0);
	}

	/** Undefined: no path has let it in. */
	facts(): ReaderFacts | undefined {
		const admission = this.#admission;
		if (!admission) return undefined;
		return {
			...{id: admission.reader, path: this.path, protocol: 'mse', user: ''},
			remoteAddr: this.#place.peer,
			created: this.#createdAt.toISOString(),
			bytesSent: this.bytesSent,
			dropped: this.#droppedBefore + (this.#play?.stats.dropped ?? 0),
			report: this.#reports.newest,
			delay: this.#reports.delay,
		};
	}

	/** Asked about once a second. */
	check(): void {
		this.#said = 0;
		const {writeTimeout} = this.#services.settings();
		const isMute = !this.#wish && performance.now() - this.#createdMs > helloMs;
		if (isMute) this.#refuse(new MediaError('LIVE_INVALID', 'Expected a hello within 10 s'));
		else if (this.#writes?.isStuckFor(writeTimeout)) this.#place.webSocket.terminate();
	}

	/** The server closes. */
	close(): void {
		this.#place.webSocket.close(goingAway);
		this.#place.webSocket.terminate();
	}

	#hear(data: Buffer, isBinary: boolean): void {
		const message = isBinary ? undefined : parseMessage(data.toString());
		if (++this.#said > maxMessages)
			return this.#refuse(new MediaError('LIVE_TOO_OFTEN', 'Expected fewer messages'));
		if (!message) return this.#refuse(new MediaError('LIVE_INVALID', 'Expected text'));
		if (!message.ok) return this.#refuse(new MediaError('LIVE_INVALID', message.reason));
		this.#obey(message.value);
	}

	#obey(message: ClientMessage): void {
		const {type} = message;
		if (type === 'time') return this.#tellTime(message.t1);
		if (type === 'stats') return this.#note(message);
		if ((type === 'hello') === (this.#wish !== undefined))
			return this.#refuse(new MediaError('LIVE_INVALID', 'Expected one hello, and first of all'));
		if (type === 'hello') return void this.#open(message);
		const wish = this.#wish;
		if (!wish) return;
		const next = {...wish, ...changeOf(message)};
		if (next.audio === wish.audio && next.isPaused === wish.isPaused) return;
		this.#wish = next;
		void this.#begin();
	}

	async #open({decodes, audio}: Wish): Promise<void> {
		this.#wish = {decodes, audio, isPaused: false};
		const {path, peer, admit} = this.#place;
		const rules = {start: true, counted: true, holds: true};
		try {
			await admit();
			const wish = {path, protocol: 'mse', peer, ...rules} as const;
			const admission = await this.#services.delivery.join(wish, this.#gone.signal);
			this.#admission = admission;
			admission.once('ended', (code, message) => this.#refuse(new MediaError(code, message)));
			admission.on('epoch', () => {
				if (!this.#play) void this.#begin();
			});
		} catch (error) {
			return this.#refuse(error);
		}
		await this.#begin();
	}

	/** From the newest key frame on, with what is wished for now. */
	async #begin(): Promise<void> {
		const round = ++this.#round;
		this.#end();
		const [admission, wish] = [this.#admission, this.#wish];
		if (!admission || !wish || wish.isPaused || this.#gone.signal.aborted) return;
		const {stream, tracks} = admission;
		const playable = await this.#services.playables.open({path: this.path, stream, tracks});
		if (round !== this.#round || this.#gone.signal.aborted) return playable.release();
		this.#playable = playable;
		playable.once('closed', () => void this.#begin());
		const choice = chooseTracks(tracks, wish);
		if (choice.tracks.length === 0) return this.#refuse(nothingFor(choice.lacks, wish));
		this.#begunWith = tracks;
		this.#say({type: 'tracks', version: 1, path: this.path, ...choice});
		const chosen = choice.tracks.map(({track}) => ({track}));
		this.#play = this.#makePlay({stream: playable.stream, tracks: chosen});
		this.#writes = new WriteWatch(this.#place.socket, this.#play, this.#services.tcpInfo);
		await this.#play.start();
	}

	#makePlay(spec: LiveSpec): Play {
		const {fanOuts, settings, nowUs, tcpInfo} = this.#services;
		const {socket} = this.#place;
		return new Play({
			join: member => fanOuts.join(spec, member),
			...{nowUs, maxBytes: settings().readerQueueMaxSize, mode: 'real'},
			sink: socketSink(socket, tcpInfo),
			onEnded: () => this.#ended(),
		});
	}

	/** The tracks are others: control may have told so already, or will. */
	#ended(): void {
		const isTold = this.#admission?.tracks !== this.#begunWith;
		this.#end();
		if (isTold) void this.#begin();
	}

	#end(): void {
		const play = this.#play;
		this.#bytesBefore = this.bytesSent;
		this.#droppedBefore += play?.stats.dropped ?? 0;
		this.#play = undefined;
		play?.close();
		this.#playable?.removeAllListeners();
		this.#playable?.release();
		this.#playable = undefined;
	}

	#note({type: _, ...report}: Extract<ClientMessage, {type: 'stats'}>): void {
		this.#reports.add(report);
	}

	#tellTime(t1: number): void {
		const now = Math.round(this.#services.nowUs());
		this.#say({type: 'time', t1, t2: now, t3: now});
	}

	#say(message: ServerMessage): void {
		const {webSocket} = this.#place;
		if (webSocket.readyState === webSocket.OPEN) webSocket.send(JSON.stringify(message));
	}

	/** The last word. */
	#refuse(thrown: unknown): void {
		if (this.#gone.signal.aborted) return;
		const error = toMediaError(thrown);
		this.#leave();
		const status = statusOf(error);
		this.#say({type: 'error', status, ...errorBody(error)});
		this.#place.webSocket.close(4000 + status, error.code);
		// Who does not take the last word is hung up on all the same.
		setTimeout(() => this.#place.webSocket.terminate(), lastWordMs).unref();
	}

	#leave(): void {
		if (this.#gone.signal.aborted) return;
		this.#gone.abort(new Error('The viewer has left'));
		this.#round++;
		this.#end();
		this.#admission?.leave();
	}
}

const changeOf = (message: Exclude<ClientMessage, {type: 'hello' | 'time'}>) => {
	if (message.type === 'audio') return {audio: message.audio};
	return {isPaused: message.type === 'pause'};
};

const nothingFor = (lacks: readonly string[], {decodes}: Wish): MediaError =>
	new MediaError(
		'LIVE_NO_TRACKS',
		`Expected a viewer that decodes ${lacks.join(' or ') || 'what the path has'}`,
		{lacks, decodes},
	);

const helloMs = 10_000;
const lastWordMs = 2_000;
/** Of a viewer, in a second. */
const maxMessages = 100;
/** RFC 6455 section 7.4.1. */
const goingAway = 1001;
