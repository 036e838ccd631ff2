import type {MulticastGroup, MulticastGroups} from './multicast-groups.ts';
import {ssrcOf} from './reader-way.ts';
import {withTheNext} from '../../readers/reading.ts';
import type {Beginning} from '../../readers/reading.ts';
import type {ReaderWay, WayContext, WayFacts} from './reader-way.ts';
import {noTransport} from './transport.ts';
import type {Transport} from './transport.ts';

/** Media from a group that all readers of a path listen to; who joins later begins with the next key frame. */
export class MulticastWay implements ReaderWay {
	readonly carriage = 'multicast';
	readonly silentMs = Infinity;
	readonly #context: WayContext;
	readonly #groups: MulticastGroups;
	readonly #tracks = new Set<number>();
	readonly #onEnded: () => void;
	#group: MulticastGroup | undefined;

	constructor(context: WayContext, groups: MulticastGroups) {
		this.#context = context;
		this.#groups = groups;
		this.#onEnded = () => context.onEnded();
	}

	get tracks(): readonly number[] {
		return [...this.#tracks].toSorted((a, b) => a - b);
	}

	setUp(track: number, {profile, lower, mode}: Transport): Transport {
		const {place, path} = this.#context;
		const {stream, tracks} = place;
		this.#group ??= this.#groups.hold({path, stream, tracks});
		this.#tracks.add(track);
		const {ports: port, ttl} = this.#groups;
		const where = {destination: this.#group.addresses[track], port, ttl};
		const ssrc = ssrcOf(stream, track);
		return {...noTransport, profile, lower, cast: 'multicast', ...where, ssrc, mode};
	}

	/** Where the tracks are is not known: media may have been flowing for long. */
	async play(): Promise<Beginning> {
		this.#group?.play(this.#onEnded);
		return Promise.resolve(withTheNext);
	}

	start(): void {}

	pause(): void {
		this.#group?.stop(this.#onEnded);
	}

	/** What the group gets is counted once, for the path. */
	facts(): WayFacts {
		return {
			transport: 'UDP-multicast',
			bytesReceived: 0,
			bytesSent: 0,
			packetsSent: 0,
			packetsDropped: 0,
			reportedLost: null,
			jitter: null,
			roundTripTime: null,
		};
	}

	close(): void {
		this.pause();
		this.#group?.letGo();
		this.#group = undefined;
	}
}
