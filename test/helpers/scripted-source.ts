import {EventEmitter} from 'node:events';
import {MediaError} from '../../lib/errors.ts';
import type {ErrorCode} from '../../lib/errors.ts';
import type {StreamStats, TrackInfo} from '../../lib/native/binding.ts';
import type {StreamEvents} from '../../lib/native/native.ts';
import type {Clock} from '../../lib/media/clock.ts';
import type {PathStream} from '../../lib/media/path-feed.ts';
import type {SourceEvents} from '../../lib/media/source.ts';

export const videoTrack: TrackInfo = {
	kind: 'video',
	codec: 'H264',
	clockRateHz: 90_000,
	type: 'h264',
	width: 1920,
	height: 1080,
	frameRateNum: 25,
	frameRateDen: 1,
	maxReorderFrames: 0,
	profileIdc: 77,
	constraints: 0,
	levelIdc: 40,
	parameterSets: [],
	fmp4: 'avc1.4d0028',
	playable: 'avc1.4d0028',
};

/** A stream without native code behind it, for tests of time: media comes when the test says so. */
export class ScriptedStream extends EventEmitter<StreamEvents> implements PathStream {
	static #lastId = 0;
	readonly id = ++ScriptedStream.#lastId;
	readonly calls: string[] = [];
	isClosed = false;
	readonly #clock: Clock;
	readonly #stats: StreamStats = {
		bytes: 0,
		packets: 0,
		lostPackets: 0,
		jitterUs: 0,
		frames: 0,
		pictures: 0,
		keyFrames: 0,
		damagedFrames: 0,
		resyncs: 0,
		undecryptablePackets: 0,
		lastFrameUs: 0,
		lastKeyFrameUs: 0,
		keyDistanceUs: 0,
		ringBytes: 0,
		epoch: 0,
	};

	constructor(clock: Clock) {
		super();
		this.#clock = clock;
	}

	stats(): StreamStats | undefined {
		return this.isClosed ? undefined : {...this.#stats};
	}

	pause(): void {
		this.calls.push('pause');
	}

	play(): void {
		this.calls.push('play');
	}

	close(): void {
		this.isClosed = true;
		queueMicrotask(() => this.emit('closed'));
	}

	beginEpoch(tracks: TrackInfo[] = [videoTrack]): void {
		const number = ++this.#stats.epoch;
		this.emit('epoch', {type: 'epoch', id: this.id, number, tracks});
	}

	takeBytes(count = 1000): void {
		this.#stats.bytes += count;
	}

	takeForeign(count = 1000): void {
		this.takeBytes(count);
		this.#stats.undecryptablePackets++;
	}

	takeFrame({key}: {key: boolean}): void {
		const nowUs = this.#clock.now() * 1000;
		this.takeBytes();
		this.#stats.frames++;
		this.#stats.lastFrameUs = nowUs;
		if (!key) return;
		this.#stats.keyFrames++;
		this.#stats.lastKeyFrameUs = nowUs;
	}
}

/** One try whose fate the test decides. */
export class ScriptedSource extends EventEmitter<SourceEvents> {
	readonly calls: string[] = [];
	readonly stream: ScriptedStream;
	#stopped = false;

	constructor(stream: ScriptedStream) {
		super();
		this.stream = stream;
	}

	pause(): void {
		this.calls.push('pause');
	}

	play(): void {
		this.calls.push('play');
	}

	close(): void {
		this.calls.push('close');
		queueMicrotask(() => this.#stop());
	}

	deliver(): void {
		this.stream.takeFrame({key: true});
		this.stream.beginEpoch();
	}

	fail(code: ErrorCode = 'RTSP_CONNECT', message = 'Connection refused'): void {
		this.emit('failed', new MediaError(code, message));
		this.#stop();
	}

	#stop(): void {
		if (this.#stopped) return;
		this.#stopped = true;
		this.emit('stopped');
	}
}
