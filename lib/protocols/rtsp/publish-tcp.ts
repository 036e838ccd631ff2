import type {Ingest} from '../../native/native.ts';
import {chooseChannels} from './channels.ts';
import {specOf} from './publisher-way.ts';
import type {PublisherContext, PublisherWay} from './publisher-way.ts';
import {noTransport} from './transport.ts';
import type {Pair, Transport} from './transport.ts';

/** Media between the requests on the RTSP connection. */
export class TcpPublisherWay implements PublisherWay {
	readonly carriage = 'tcp';
	readonly #context: PublisherContext;
	/** By index of the track. */
	readonly #channels = new Map<number, Pair>();
	/** What came before RECORD was understood, with its frames. */
	readonly #early: Buffer[] = [];
	#earlyBytes = 0;
	#isOpen = false;

	constructor(context: PublisherContext) {
		this.#context = context;
	}

	has(track: number): boolean {
		return this.#channels.has(track);
	}

	setUp(track: number, {profile, interleaved: wanted}: Transport): Transport | undefined {
		this.#channels.delete(track);
		const interleaved = chooseChannels(wanted, [...this.#channels.values()]);
		if (!interleaved) return undefined;
		this.#channels.set(track, interleaved);
		const how = {lower: 'TCP', cast: 'unicast', mode: 'record'} as const;
		return {...noTransport, profile, interleaved, ...how};
	}

	/** Media may be in the same bytes as the request, so all of them go to the ingest at once. */
	open(): Ingest {
		const {tracks, openIngest, connection} = this.#context;
		const ingest = openIngest(
			tracks.flatMap((_, index) => {
				const [channel, rtcpChannel] = this.#channels.get(index) ?? [];
				if (channel === undefined || rtcpChannel === undefined) return [];
				return specOf(this.#context, index).map(spec => ({...spec, channel, rtcpChannel}));
			}),
		);
		ingest.on('rtcp', bytes => connection.report(bytes));
		for (const bytes of this.#early.splice(0)) ingest.feed(bytes, bytes.length);
		connection.feedTo(ingest);
		this.#isOpen = true;
		return ingest;
	}

	interleaved(channel: number, data: Buffer): void {
		this.#earlyBytes += 4 + data.length;
		if (this.#earlyBytes > maxEarlyBytes) return;
		this.#early.push(
			Buffer.from([0x24, channel, data.length >> 8, data.length & 255]),
			Buffer.from(data),
		);
	}

	close(): void {
		if (this.#isOpen) this.#context.connection.feedTo(undefined);
		this.#isOpen = false;
	}
}

const maxEarlyBytes = 262_144;
