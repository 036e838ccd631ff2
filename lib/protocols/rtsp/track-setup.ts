import {BlockList, isIP} from 'node:net';
import {networkInterfaces} from 'node:os';
import {MediaError, toMediaError} from '../../errors.ts';
import type {SrtpTrackSpec, UdpTrackSpec} from '../../native/binding.ts';
import {inNetworks} from '../../util/network.ts';
import type {Carriage} from './carriage.ts';
import {notOffered} from './refusal.ts';
import type {RtspSession} from './session.ts';
import {srtpOf} from './srtp-track.ts';
import type {SrtpTrack} from './srtp-track.ts';
import type {DescribedTrack} from './tracks.ts';
import {formatTransport, noTransport} from './transport.ts';
import type {Pair, Transport} from './transport.ts';
import {bindGroup, bindPair} from './udp-pair.ts';
import type {Binder, UdpPair} from './udp-pair.ts';
import type {RtspUrl} from './url.ts';

/** What UDP needs of us. */
export type UdpMeans = {
	binder: Binder;
	portRange: readonly number[];
	/** Of each socket; 0 = as the system has it. */
	receiveBufferBytes: number;
	/** That groups are joined on; empty: the system chooses. */
	interface: string;
};

export type SetUpTrack = {
	track: DescribedTrack;
	channel: number;
	rtcpChannel: number;
	/** Undefined: it comes over the RTSP connection. */
	udp: UdpTrackSpec | undefined;
	/** Undefined: it is not encrypted. */
	srtp: SrtpTrackSpec | undefined;
};

/** Why a source that may be pulled either way goes on over TCP. */
export class OverTcp extends Error {}

export type TrackSetupOptions = {
	session: Pick<RtspSession, 'setUp'>;
	/** IP address of the camera. */
	peer: string;
	carriage: Carriage;
	/** What does not come over UDP is asked for over TCP (`OverTcp`). */
	mayFallBack: boolean;
	/** Nothing goes over UDP in plain. */
	isSecret: boolean;
	udp: UdpMeans;
};

/** Asks for tracks, one after the other, and holds the sockets that they come by. */
export class TrackSetup {
	readonly #options: TrackSetupOptions;
	readonly #pairs: UdpPair[] = [];
	#carriage: Carriage;
	#given = 0;
	/** Of the track in hand. */
	#srtp: SrtpTrack | undefined;

	constructor(options: TrackSetupOptions) {
		this.#options = options;
		this.#carriage = options.carriage;
	}

	/** What the camera made of it: one that is asked for UDP may answer with TCP. */
	get carriage(): Carriage {
		return this.#carriage;
	}

	/** Rejects with `OverTcp`, or with why the camera does not give this track. */
	async setUp(track: DescribedTrack, bases: RtspUrl[], index: number): Promise<SetUpTrack> {
		this.#srtp = srtpOf(track);
		const setUp = {
			tcp: async () => this.#overTcp(track, bases, index),
			udp: async () => this.#overUdp(track, bases, index),
			multicast: async () => this.#byMulticast(track, bases, index),
		};
		const taken = await setUp[this.#carriage]();
		this.#given++;
		return {...taken, srtp: this.#srtp?.spec};
	}

	/** An ingest that is open has sockets of its own. */
	close(): void {
		for (const pair of this.#pairs.splice(0)) pair.close();
	}

	async #overTcp(track: DescribedTrack, bases: RtspUrl[], index: number): Promise<Carried> {
		const interleaved: Pair = [2 * index, 2 * index + 1];
		const {profile} = track;
		const asked: Transport = {...noTransport, profile, lower: 'TCP', cast: 'unicast', interleaved};
		const own = this.#srtp?.own;
		const answer = await this.#options.session.setUp(track, bases, {transport: asked, own});
		if (answer && !answer.interleaved && isUdp(answer))
			throw notOffered('TCP', formatTransport(answer));
		return this.#interleaved(track, answer?.interleaved ?? interleaved);
	}

	async #overUdp(track: DescribedTrack, bases: RtspUrl[], index: number): Promise<Carried> {
		if (this.#options.isSecret && !this.#srtp) throw inPlain();
		const {peer} = this.#options;
		const pair = this.#hold(() => this.#bindPair());
		const {profile} = track;
		const asked: Transport = {...noTransport, profile, cast: 'unicast', clientPort: pair.ports};
		const answer = await this.#ask(track, bases, asked);
		if (answer && isTcp(answer)) return this.#insteadOfUdp(track, answer, index);
		if (answer?.cast === 'multicast') return this.#joined(track, answer);
		const [rtpPort, rtcpPort] = answer?.serverPort ?? [0, 0];
		const from = {host: originOf(answer?.source, peer), rtpPort, rtcpPort};
		return overUdp(track, {...from, rtpFd: pair.rtpFd, rtcpFd: pair.rtcpFd, ...noGroup});
	}

	async #byMulticast(track: DescribedTrack, bases: RtspUrl[], index: number): Promise<Carried> {
		const answer = await this.#ask(track, bases, {
			...noTransport,
			profile: track.profile,
			cast: 'multicast',
		});
		if (answer && isTcp(answer)) return this.#insteadOfUdp(track, answer, index);
		return this.#joined(track, answer);
	}

	/** A refusal by a camera that may have no UDP is none yet. */
	async #ask(
		track: DescribedTrack,
		bases: RtspUrl[],
		asked: Transport,
	): Promise<Transport | undefined> {
		try {
			const own = this.#srtp?.own;
			return await this.#options.session.setUp(track, bases, {transport: asked, own});
		} catch (error) {
			const status = error instanceof MediaError ? Number(error.context['status']) : 0;
			if (!this.#options.mayFallBack || !mayMeanTransport.has(status)) throw error;
			throw new OverTcp(`camera answers ${status} to a SETUP over UDP`);
		}
	}

	/** All tracks come the same way. */
	#insteadOfUdp(track: DescribedTrack, answer: Transport, index: number): Carried {
		// Cameras that answer so need not know what they have promised (Hikvision wants a DESCRIBE first).
		if (this.#options.mayFallBack) throw new OverTcp('camera answers UDP with TCP');
		if (this.#given > 0) throw notOffered('UDP', formatTransport(answer));
		this.#carriage = 'tcp';
		this.close();
		return this.#interleaved(track, answer.interleaved ?? [2 * index, 2 * index + 1]);
	}

	#interleaved(track: DescribedTrack, [channel, rtcpChannel]: Pair): Carried {
		return {track, channel, rtcpChannel, udp: undefined};
	}

	#joined(track: DescribedTrack, answer: Transport | undefined): Carried {
		const {udp} = this.#options;
		const {destination: group = '', port: ports, source = ''} = answer ?? noTransport;
		if (!ports || !isGroup(group))
			throw notOffered('multicast', answer ? formatTransport(answer) : 'no Transport');
		checkInterface(udp.interface);
		const {rtpFd, rtcpFd} = this.#hold(() => bindGroup(udp.binder, {host: group, ports}));
		const host = isAddress(source) ? source : '';
		const place = {host, rtpPort: 0, rtcpPort: ports[1], group, interface: udp.interface};
		return overUdp(track, {...place, rtpFd, rtcpFd});
	}

	#bindPair(): UdpPair {
		const {udp, peer, mayFallBack} = this.#options;
		const host = isIP(peer) === 6 ? '::' : '0.0.0.0';
		try {
			const key = 'rtspUDPSourcePortRange';
			return bindPair(udp.binder, {host, range: udp.portRange, key});
		} catch (error) {
			const {code, message} = toMediaError(error);
			throw mayFallBack && code === 'RTSP_NO_PORTS' ? new OverTcp(message) : error;
		}
	}

	#hold(bind: () => UdpPair): UdpPair {
		const pair = bind();
		this.#pairs.push(pair);
		return pair;
	}
}

const inPlain = (): MediaError => {
	const message =
		'Expected rtspTransport automatic or tcp with TLS where there is no SRTP, got udp';
	return new MediaError('CONFIG_INVALID', message, {key: 'rtspTransport'});
};

const noGroup = {group: '', interface: ''};

/** What cameras without UDP answer: 461 by the RFC, and what comes to others' minds. */
const mayMeanTransport = new Set([400, 461, 500, 501, 551]);

/** How it comes. */
type Carried = Omit<SetUpTrack, 'srtp'>;

const overUdp = (track: DescribedTrack, udp: UdpTrackSpec): Carried => ({
	track,
	channel: 0,
	rtcpChannel: 0,
	udp,
});

/** What is said of channels counts, not the profile (Escam says RTP/AVP). */
const isTcp = ({interleaved, lower}: Transport): boolean =>
	interleaved !== undefined || lower === 'TCP';

const isUdp = ({clientPort, serverPort, lower, cast}: Transport): boolean =>
	clientPort !== undefined || serverPort !== undefined || lower === 'UDP' || cast === 'multicast';

const groups = ['224.0.0.0/4', 'ff00::/8'];
const isGroup = (host: string): boolean => inNetworks(host, groups);

/** Of a host: neither a name nor `0.0.0.0`. */
const isAddress = (host: string): boolean =>
	isIP(host) !== 0 && !nowhere.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6');
const nowhere = new BlockList();
nowhere.addSubnet('0.0.0.0', 8, 'ipv4');
nowhere.addAddress('::', 'ipv6');

const inside = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', '169.254.0.0/16'];

/** A camera behind a NAT tells its inner address as the source; its packets come from the outer one. */
const originOf = (source: string | undefined, peer: string): string => {
	if (source === undefined || !isAddress(source) || isIP(source) !== isIP(peer)) return peer;
	return inNetworks(source, inside) && !inNetworks(peer, inside) ? peer : source;
};

const checkInterface = (name: string): void => {
	if (name === '' || Object.hasOwn(networkInterfaces(), name)) return;
	const known = Object.keys(networkInterfaces()).join(', ');
	const message = `Expected rtspMulticastInterface to be one of ${known}, got ${name}`;
	throw new MediaError('CONFIG_INVALID', message, {key: 'rtspMulticastInterface'});
};
