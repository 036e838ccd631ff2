import {EventEmitter} from 'node:events';
import type {Id} from '../../native/binding.ts';
import type {AmfObject} from './amf0.ts';

/** What publishers of RTMP and servers that are fetched say of their streams (`onMetaData`), for those who play them. */
export class StreamMetadata {
	readonly #said = new Map<Id, AmfObject>();
	readonly #changes = new EventEmitter().setMaxListeners(0);

	/** Only texts, numbers and booleans, so many and so long that strangers cannot fill the memory. */
	note(stream: Id, metadata: AmfObject): void {
		this.#said.set(stream, passedOn(metadata));
		this.#changes.emit(String(stream));
	}

	forget(stream: Id): void {
		this.#said.delete(stream);
	}

	of(stream: Id): AmfObject {
		return this.#said.get(stream) ?? {};
	}

	/** Calls `tell` when other metadata was said; gives what ends that. */
	follow(stream: Id, tell: () => void): () => void {
		const name = String(stream);
		this.#changes.on(name, tell);
		return () => this.#changes.off(name, tell);
	}
}

const passedOn = (metadata: AmfObject): AmfObject =>
	Object.fromEntries(Object.entries(metadata).filter(isPassedOn).slice(0, most));

const isPassedOn = ([name, value]: [string, AmfObject[string]]): boolean => {
	if (name.length > longestName || ours.has(name)) return false;
	if (typeof value === 'string') return value.length <= longestText;
	return typeof value === 'number' || typeof value === 'boolean';
};

/** Said of each player's own tracks instead, or of a file and not of what goes on. */
const ours = new Set([
	...['width', 'height', 'framerate', 'videocodecid'],
	...['audiocodecid', 'audiosamplerate', 'audiosamplesize', 'audiochannels', 'stereo'],
	...['duration', 'filesize', '__proto__'],
]);
const most = 64;
const longestName = 64;
const longestText = 1024;
