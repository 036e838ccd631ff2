// How RTP goes between a client and this server, as SETUP offers it (RFC 2326 section 12.39).
import {headerOf} from './message.ts';
import type {RtspRequest} from './message.ts';
import {parseTransports} from './transport.ts';
import type {Transport} from './transport.ts';

/** Between the texts on the RTSP connection, or over UDP to one host or to a group. */
export type Carriage = 'tcp' | 'udp' | 'multicast';

export type Offer = {carriage: Carriage; transport: Transport};

/** The first that a request offers and that may be given, with SRTP or without it; undefined: none. */
export const fitOffer = (
	request: RtspRequest,
	given: readonly Carriage[],
	{isEncrypted = false} = {},
): Offer | undefined =>
	parseTransports(headerOf(request, 'Transport') ?? '')
		.flatMap(transport => {
			const isFit = transport.profile.startsWith('RTP/S') === isEncrypted;
			const carriage = isFit ? carriageOf(transport) : undefined;
			return carriage ? [{carriage, transport}] : [];
		})
		.find(({carriage}) => given.includes(carriage));

/** Undefined: none that is known, or it lacks where packets are to go. */
const carriageOf = ({lower, cast, clientPort}: Transport): Carriage | undefined => {
	if (lower === 'TCP') return cast === 'multicast' ? undefined : 'tcp';
	if (cast === 'multicast') return 'multicast';
	return clientPort?.every(port => port > 0) ? 'udp' : undefined;
};
