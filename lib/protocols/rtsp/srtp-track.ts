// The keys of one track that comes to us: the sender's own, and ours for what we report.
import {randomBytes} from 'node:crypto';
import {MediaError} from '../../errors.ts';
import type {SrtpKeySpec, SrtpTrackSpec} from '../../native/binding.ts';
import type {Mikey} from './mikey.ts';
import {makeSrtpKey} from './srtp-key.ts';
import type {SrtpKey} from './srtp-key.ts';
import type {DescribedTrack} from './tracks.ts';

export type SrtpTrack = {
	spec: SrtpTrackSpec;
	/** What the sender is told with SETUP; undefined: it takes its own key from us as well. */
	own: Mikey | undefined;
};

/** Its packets are SRTP, whether or not its key is understood. */
export const isEncrypted = ({profile}: Pick<DescribedTrack, 'profile'>): boolean =>
	profile.startsWith('RTP/S');

/** Undefined: the track is not encrypted. Throws RTSP_REFUSED where it is and no key is understood. */
export const srtpOf = ({profile, encryption}: DescribedTrack): SrtpTrack | undefined => {
	if (!isEncrypted({profile})) return undefined;
	if (!encryption) {
		const message = 'Expected a key of SRTP (AES-CM 128, HMAC-SHA1) in the description, got none';
		throw new MediaError('RTSP_REFUSED', message);
	}
	const {key, sources, isMikey} = encryption;
	const own = isMikey ? makeSrtpKey(key.suite) : key;
	const ssrc = randomBytes(4).readUInt32BE();
	return {
		spec: {in: keySpec(key), out: keySpec(own), ssrc, sources},
		own: isMikey ? {key: own, sources: [{ssrc, rollovers: 0}]} : undefined,
	};
};

/** For native code. */
export const keySpec = ({suite, key}: SrtpKey): SrtpKeySpec => ({
	key,
	shortTag: suite === 'AES_CM_128_HMAC_SHA1_32',
});
