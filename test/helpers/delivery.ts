import {MediaError} from '../../lib/errors.ts';
import {Delivery} from '../../lib/media/delivery.ts';
import {createLine} from '../../lib/media/line.ts';
import type {PublisherInfo, ReaderInfo} from '../../lib/media/messages.ts';
import type {TrackInfo} from '../../lib/native/binding.ts';

/** Delivery with a control at the other end that does what the test says: a path with a stream, or a refusal. */
export const scriptedControl = ({
	stream = 1,
	tracks = [],
	maxReaders = Infinity,
	refusal,
	isSilent = false,
}: {
	stream?: number;
	tracks?: TrackInfo[];
	maxReaders?: number;
	refusal?: MediaError;
	/** Nobody is answered. */
	isSilent?: boolean;
} = {}) => {
	const {control, delivery: port} = createLine();
	const readers = new Map<string, ReaderInfo>();
	const publishers = new Map<string, PublisherInfo>();
	const wishes: ReaderInfo[] = [];
	const withdrawn: string[] = [];
	const left: string[] = [];
	const state = {refusal};
	const refuse = (reader: string, {code, message, context}: MediaError) =>
		control.post({type: 'refused', reader, code, message, context});
	const isFull = () => [...readers.values()].filter(({counted}) => counted).length >= maxReaders;
	const publish = (info: PublisherInfo) => {
		const {publisher} = info;
		if (state.refusal) {
			const {code, message, context} = state.refusal;
			return control.post({type: 'rejected', publisher, code, message, context});
		}
		publishers.set(publisher, info);
		control.post({type: 'published', publisher, stream});
	};
	control.onMessage = message => {
		if (message.type === 'leave') {
			withdrawn.push(message.reader);
			return void readers.delete(message.reader);
		}
		if (message.type === 'publish') return publish(message);
		if (message.type === 'unpublish') {
			left.push(message.message);
			return void publishers.delete(message.publisher);
		}
		const {type: _, ...wish} = message;
		wishes.push(wish);
		if (isSilent) return;
		if (state.refusal) return refuse(wish.reader, state.refusal);
		if (wish.counted && isFull())
			return refuse(wish.reader, new MediaError('PATH_TOO_MANY_READERS', 'Full'));
		readers.set(wish.reader, wish);
		control.post({type: 'admitted', reader: wish.reader, stream, tracks});
	};
	return {
		delivery: new Delivery(port),
		/** Who is in. */
		readers,
		/** Who publishes. */
		publishers,
		/** What publishers said who left. */
		left,
		/** Sends all publishers away. */
		unpublish: (code: MediaError['code'], message: string) => {
			for (const publisher of publishers.keys())
				control.post({type: 'unpublished', publisher, code, message});
			publishers.clear();
		},
		/** Every reader that asked. */
		wishes,
		/** Readers that left by their own wish. */
		withdrawn,
		refuseWith: (error: MediaError | undefined) => void (state.refusal = error),
		/** Lets everybody go. */
		end: (code: MediaError['code'], message: string) => {
			for (const reader of readers.keys()) control.post({type: 'ended', reader, code, message});
			readers.clear();
		},
	};
};
