import type {RtpTrackSpec} from '../native/binding.ts';
import type {InspectEvent, PacketEvent, UnitEvent} from '../native/inspected.ts';
import type {Exchange} from '../protocols/rtsp/session.ts';
import {redactUrl} from '../util/redact.ts';
import {addExchange, emptyDialogue} from './dialogue.ts';
import {remarksOn} from './remarks.ts';
import type {FrameRow, PacketRow, Report} from './report.ts';
import {TrackFigures} from './track-figures.ts';

export type InspectionOptions = {
	url: string;
	host: string;
	port: number;
	tls: boolean;
	startedAt: Date;
	/** How many packets, and how many frames, are listed. */
	rows: number;
};

/** What was seen of a camera so far. Takes what happens, does nothing by itself. */
export class Inspection {
	readonly #options: InspectionOptions;
	readonly #dialogue = emptyDialogue();
	readonly #packets: PacketRow[] = [];
	readonly #frames: FrameRow[] = [];
	readonly #strayChannels: number[] = [];
	#tracks: TrackFigures[] = [];
	#firstUs: number | undefined;
	#lastUs = 0;

	constructor(options: InspectionOptions) {
		this.#options = options;
	}

	get isDescribed(): boolean {
		return this.#dialogue.sdp !== null;
	}

	get hasPackets(): boolean {
		return this.#firstUs !== undefined;
	}

	addExchange(exchange: Exchange): void {
		addExchange(this.#dialogue, exchange);
	}

	/** The tracks that were set up; the same again when the camera announces other parameters. */
	begin(specs: readonly RtpTrackSpec[]): void {
		this.#tracks = specs.map((spec, index) => {
			const known = this.#tracks[index];
			return known?.spec.codec === spec.codec ? known : new TrackFigures(spec);
		});
	}

	add(event: InspectEvent): void {
		if (event.type === 'stray') return void this.#strayChannels.push(event.channel);
		const track = this.#tracks[event.track];
		if (!track) return;
		switch (event.type) {
			case 'packet':
				this.#listPacket(event);
				return track.addPacket(event);
			case 'unit':
				this.#listFrame(event);
				return track.addUnit(event);
			case 'report':
				return track.addReport(event);
			case 'brokenReport':
				return track.addBrokenReport();
			case 'parameters':
				return track.addParameters(event);
			default:
				return event satisfies never;
		}
	}

	/** `endedUs`: when the look was over. */
	read({ended, resyncs, endedUs}: Pick<Report, 'ended' | 'resyncs'> & {endedUs: number}): Report {
		const {url, startedAt, host, port, tls} = this.#options;
		const {sdp, rtpInfos, quirks, ...dialogue} = this.#dialogue;
		const isInfoWhole = rtpInfos.length === this.#tracks.length;
		const report: Report = {
			version: 1,
			url: redactUrl(url),
			startedAt: startedAt.toISOString(),
			lookedUs: this.#lastUs - (this.#firstUs ?? this.#lastUs),
			ended,
			connection: {host, port, tls, transport: 'RTP/AVP/TCP interleaved', ...dialogue},
			sdp,
			tracks: this.#tracks.map((track, index) =>
				track.read(index, endedUs, isInfoWhole ? rtpInfos[index] : undefined),
			),
			strayChannels: this.#strayChannels,
			resyncs,
			packets: this.#packets,
			frames: this.#frames,
			remarks: [],
		};
		return {...report, remarks: remarksOn(report, quirks)};
	}

	#listPacket({arrivalUs, type: _type, id: _id, ...row}: PacketEvent): void {
		this.#firstUs ??= arrivalUs;
		this.#lastUs = arrivalUs;
		if (this.#packets.length < this.#options.rows)
			this.#packets.push({atUs: arrivalUs - this.#firstUs, ...row});
	}

	#listFrame({arrivalUs, type: _type, id: _id, ...row}: UnitEvent): void {
		if (this.#frames.length < this.#options.rows)
			this.#frames.push({atUs: arrivalUs - (this.#firstUs ?? arrivalUs), ...row});
	}
}
