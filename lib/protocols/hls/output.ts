// What HLS takes of native code.
import type {EventEmitter} from 'node:events';
import type {Id, NativeEvent} from '../../native/binding.ts';
import type {MediaType} from './names.ts';

/** Native memory on loan for one answer. */
export type LentBlock = {readonly data: ArrayBuffer; release(): void};

export type InitEvent = Extract<NativeEvent, {type: 'init'}>;
export type PartEvent = Extract<NativeEvent, {type: 'part'}>;
export type SegmentEvent = Extract<NativeEvent, {type: 'segment'}>;

/** What packages the stream; keeps the window of segments in native memory. */
export type HlsOutput = EventEmitter<{
	init: [event: InitEvent];
	part: [event: PartEvent];
	segment: [event: SegmentEvent];
	closed: [];
}> & {
	lend(what: {type: MediaType; number: number}): LentBlock[] | undefined;
	close(): void;
};

export type HlsNative = {
	openHls(spec: {
		stream: Id;
		segmentDurationUs: number;
		partDurationUs: number;
		partTargetUs: number;
		segmentCount: number;
		segmentMaxBytes: number;
	}): HlsOutput;
	/** Undefined once the stream is closed. */
	streamStats(stream: Id): {keyDistanceUs: number} | undefined;
};
