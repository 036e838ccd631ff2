import {ServerError} from '../shared/api-client.ts';
import type {LiveTrack} from '../../lib/protocols/mse/types.ts';
import {parseInit} from './live-message.ts';
import type {LiveHeader, LiveMedia} from './live-message.ts';
import {LiveSocket} from './live-socket.ts';
import type {LiveError} from './live-socket.ts';
import {Pace, stepSeconds} from './pace.ts';
import {TrackBuffer} from './track-buffer.ts';
import type {Transport, TransportState} from './transport.ts';

type Edge = {presentationUs: number; captureUs: number; atMs: number};

export type MseVideoOptions = {
	/** Seconds between what has come and what is shown, at least. */
	leastTarget?: number | undefined;
};

/** Plays a path by the live protocol into a video element, and begins again for ever. */
export class MseVideo extends EventTarget implements Transport {
	readonly #video: HTMLVideoElement;
	readonly #url: string;
	readonly #floor: number;
	readonly #listeners = new AbortController();
	#socket: LiveSocket | undefined;
	#tracks: readonly LiveTrack[] = [];
	readonly #buffers = new Map<number, TrackBuffer>();
	/** What has come before there are buffers. */
	#early: LiveMedia[] = [];
	/** Of the leading track: what came last. */
	#edge: Edge | undefined;
	#pace = new Pace({target: leastTarget});
	#retry: number | undefined;
	#failures = 0;
	#stalls = 0;
	#isBegun = false;
	state: TransportState = 'opening';
	error: ServerError | undefined;

	/** `url`: of the WebSocket. */
	constructor(
		video: HTMLVideoElement,
		url: string,
		{leastTarget: floor = 0}: MseVideoOptions = {},
	) {
		super();
		this.#video = video;
		this.#url = url;
		this.#floor = floor;
	}

	static get isSupported(): boolean {
		return mediaSource() !== undefined;
	}

	/** Seconds from when a picture was taken to when it is on the screen; undefined: not known yet. */
	get behindSeconds(): number | undefined {
		const offsetUs = this.#socket?.clock.offsetUs;
		if (offsetUs === undefined || !this.#edge || !this.#isBegun) return undefined;
		const shownUs =
			this.#video.currentTime * 1e6 + this.#edge.captureUs - this.#edge.presentationUs;
		return (performance.now() * 1000 + offsetUs - shownUs) / 1e6;
	}

	open(): void {
		const {signal} = this.#listeners;
		const on = (event: string, act: () => void) =>
			this.#video.addEventListener(event, act, {signal});
		on('playing', () => this.#become('playing'));
		on('waiting', () => this.#stall());
		on('error', () => this.#again());
		on('volumechange', () => this.#socket?.say({type: 'audio', audio: this.#wantsAudio}));
		const rest = () => this.#socket?.say({type: document.hidden ? 'pause' : 'resume'});
		document.addEventListener('visibilitychange', rest, {signal});
		const stepping = window.setInterval(() => this.#step(), stepSeconds * 1000);
		const reporting = window.setInterval(() => this.#report(), reportMs);
		signal.addEventListener('abort', () => {
			for (const timer of [stepping, reporting]) window.clearInterval(timer);
		});
		this.#start();
	}

	close(): void {
		this.#listeners.abort();
		window.clearTimeout(this.#retry);
		this.#socket?.close();
		this.#closeBuffers();
	}

	get #wantsAudio(): boolean {
		return !this.#video.muted && this.#video.volume > 0;
	}

	#start(): void {
		const hello = {
			...({type: 'hello', version: 1} as const),
			...{decodes: decodedHere(), audio: this.#wantsAudio},
		};
		this.#socket = new LiveSocket(this.#url, hello, {
			tracks: tracks => this.#prepare(tracks),
			media: media => this.#take(media),
			closed: error => this.#fail(error),
		});
	}

	/** All buffers are made before the first media: browsers allow none later. */
	#prepare(tracks: readonly LiveTrack[]): void {
		const Source = mediaSource();
		if (!Source) return;
		this.#tracks = tracks;
		this.#closeBuffers();
		[this.#early, this.#edge, this.#isBegun] = [[], undefined, false];
		const hasAudio = tracks.some(({kind}) => kind === 'audio');
		const least = hasAudio ? leastTargetOfSound : leastTarget;
		this.#pace = new Pace({target: Math.max(least, this.#floor)});
		const source = new Source();
		this.#video.disableRemotePlayback = true;
		this.#video.src = URL.createObjectURL(source);
		const open = () => this.#addBuffers(source, tracks);
		source.addEventListener('sourceopen', open, {once: true});
	}

	#closeBuffers(): void {
		for (const buffer of this.#buffers.values()) buffer.close();
		this.#buffers.clear();
	}

	#addBuffers(source: MediaSource, tracks: readonly LiveTrack[]): void {
		URL.revokeObjectURL(this.#video.src);
		if (tracks !== this.#tracks) return;
		for (const {track, kind, codec} of tracks) {
			const mime = `${kind}/mp4; codecs="${codec}"`;
			const buffer = new TrackBuffer(source.addSourceBuffer(mime), this.#video, mime);
			this.#buffers.set(track, buffer);
		}
		for (const media of this.#early.splice(0)) this.#give(media);
	}

	#take(media: LiveMedia): void {
		this.#failures = 0;
		if (this.#buffers.size === 0) this.#early.push(media);
		else this.#give(media);
	}

	#give({header, payload}: LiveMedia): void {
		const buffer = this.#buffers.get(header.track);
		if (!buffer) return;
		if (header.type === 'init') {
			const {mime, section} = parseInit(payload);
			return buffer.addInit(mime, section);
		}
		buffer.add(payload);
		if (header.track === this.#tracks[0]?.track) this.#advance(header);
	}

	/** Pictures that are shown before others that have come do not move it. */
	#advance({presentationUs, captureUs, isDiscontinuity}: LiveHeader): void {
		const isLater = !this.#edge || presentationUs > this.#edge.presentationUs;
		if (isLater || isDiscontinuity)
			this.#edge = {presentationUs, captureUs, atMs: performance.now()};
	}

	#step(): void {
		if (!this.#edge || this.#video.buffered.length === 0) return;
		if (!this.#isBegun) return this.#begin();
		if (this.#video.paused) return;
		const edge = this.#edge.presentationUs / 1e6 + (performance.now() - this.#edge.atMs) / 1e3;
		const step = this.#pace.step(edge - this.#video.currentTime);
		if ('jump' in step) return this.#jump();
		if (Math.abs(this.#video.playbackRate - step.rate) > 0.005)
			this.#video.playbackRate = step.rate;
	}

	#begin(): void {
		this.#isBegun = true;
		this.error = undefined;
		this.#jump();
		// Refused where the page may not play by itself: the controls are there.
		this.#video.play().catch(() => {});
	}

	/** Media that has stopped coming is nothing to jump to. */
	#jump(): void {
		if (!this.#edge) return;
		const sinceMs = performance.now() - this.#edge.atMs;
		if (this.#video.readyState > 0 && sinceMs > jumpWithinMs) return;
		this.#video.currentTime = Math.max(0, this.#edge.presentationUs / 1e6 - this.#pace.target);
		this.#video.playbackRate = 1;
	}

	#stall(): void {
		if (this.#isBegun && !this.#video.seeking) {
			this.#stalls++;
			this.#pace.stalled();
		}
		this.#become('waiting');
	}

	/** Said to the server, for whoever looks after many players. */
	#report(): void {
		const {buffered, currentTime, playbackRate, paused, videoWidth, videoHeight} = this.#video;
		if (!this.#isBegun || document.hidden) return;
		const end = buffered.length > 0 && this.#edge ? this.#edge.presentationUs / 1e6 : currentTime;
		const behind = this.behindSeconds;
		const {totalVideoFrames, droppedVideoFrames} = this.#video.getVideoPlaybackQuality();
		this.#socket?.report({
			bl: Math.max(0, Math.round((end - currentTime) * 1000)),
			ltc: behind === undefined ? null : Math.round(behind * 1000),
			pr: paused || this.state !== 'playing' ? 0 : playbackRate,
			...{dfa: droppedVideoFrames, bsa: this.#stalls, frames: totalVideoFrames},
			...{width: videoWidth, height: videoHeight},
		});
	}

	#fail(error?: LiveError): void {
		if (error) this.error = new ServerError(error.status, {...error, code: causeOf(error)});
		this.#again();
	}

	/** With growing pauses. */
	#again(): void {
		if (this.#retry !== undefined || this.#listeners.signal.aborted) return;
		this.#socket?.close();
		this.#closeBuffers();
		this.#become('waiting');
		const pauseMs = Math.min(firstPauseMs * 2 ** this.#failures++, longestPauseMs);
		this.#retry = window.setTimeout(() => {
			this.#retry = undefined;
			this.#start();
		}, pauseMs);
	}

	#become(state: TransportState): void {
		if (state === this.state && this.error === undefined) return;
		this.state = state;
		this.dispatchEvent(new Event('change'));
	}
}

/** Of a path that has failed, what its source failed of. */
const causeOf = ({code, context: {reason}}: LiveError): string =>
	code === 'PATH_FAILED' && typeof reason === 'string' ? reason : code;

/** Seconds behind what has come; with sound, browsers stand still on less. */
const leastTarget = 0.05;
const leastTargetOfSound = 0.2;
const jumpWithinMs = 500;
const reportMs = 1000;
const firstPauseMs = 500;
const longestPauseMs = 10_000;

/** iPhones have a kind of their own. */
const mediaSource = (): typeof MediaSource | undefined => {
	const own = globalThis as {
		ManagedMediaSource?: typeof MediaSource;
		MediaSource?: typeof MediaSource;
	};
	return own.ManagedMediaSource ?? own.MediaSource;
};

/** How the names of codecs begin that are played here, by an example of each. */
const decodedHere = (): string[] => {
	const Source = mediaSource();
	return Object.entries(examples).flatMap(([name, mime]) =>
		Source?.isTypeSupported(mime) ? [name] : [],
	);
};

const examples = {
	avc1: 'video/mp4; codecs="avc1.64001f"',
	hvc1: 'video/mp4; codecs="hvc1.1.6.L93.B0"',
	av01: 'video/mp4; codecs="av01.0.04M.08"',
	vp09: 'video/mp4; codecs="vp09.00.10.08"',
	mp4a: 'audio/mp4; codecs="mp4a.40.2"',
	opus: 'audio/mp4; codecs="opus"',
	flac: 'audio/mp4; codecs="flac"',
	'ac-3': 'audio/mp4; codecs="ac-3"',
};
