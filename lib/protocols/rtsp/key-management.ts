// Where the keys of SRTP stand in SDP (RFC 4568 section 4, RFC 4567 section 3.1) and in the header KeyMgmt (section 3.2).
import {formatMikey, parseMikey} from './mikey.ts';
import type {Mikey, MikeySource} from './mikey.ts';
import {parameterOf, parseParameters} from './parameters.ts';
import {attributeOf} from './sdp.ts';
import type {Sdp, SdpMedia} from './sdp.ts';
import {parseCrypto} from './srtp-key.ts';
import type {SrtpKey} from './srtp-key.ts';

export type Encryption = {
	/** Of what the describer sends. */
	key: SrtpKey;
	sources: MikeySource[];
	/** The other side tells its own key by MIKEY; else both have this one. */
	isMikey: boolean;
};

/** The first key of a media that is understood; undefined: there is none. */
export const encryptionOf = (media: SdpMedia, sdp: Sdp): Encryption | undefined => {
	const message = attributeOf(media, 'key-mgmt') ?? attributeOf(sdp, 'key-mgmt');
	const mikey = message === undefined ? undefined : parseKeyMgmt(message);
	if (mikey) return {...mikey, isMikey: true};
	const key = [...media.attributes, ...sdp.attributes]
		.filter(({name}) => name === 'crypto')
		.map(({value}) => parseCrypto(value))
		.find(found => found !== undefined);
	return key && {key, sources: [], isMikey: false};
};

/** `mikey BASE64`. */
const parseKeyMgmt = (value: string): Mikey | undefined => {
	const [, data] = /^mikey\s+"?([\w+/=]+)"?$/.exec(value.trim()) ?? [];
	return data === undefined ? undefined : decode(data);
};

export const formatKeyMgmt = (mikey: Mikey): string =>
	`mikey ${formatMikey(mikey).toString('base64')}`;

/** The header's value; undefined: no message that is understood. */
export const parseKeyMgmtHeader = (value: string): Mikey | undefined =>
	value
		.split(',')
		.map(spec => parseParameters(spec))
		.filter(spec => parameterOf(spec, 'prot')?.toLowerCase() === 'mikey')
		.map(spec => decode((parameterOf(spec, 'data') ?? '').replaceAll('"', '')))
		.find(mikey => mikey !== undefined);

export const formatKeyMgmtHeader = (url: string, mikey: Mikey): string =>
	`prot=mikey;uri="${url}";data="${formatMikey(mikey).toString('base64')}"`;

const decode = (base64: string): Mikey | undefined => {
	const message = parseMikey(Buffer.from(base64, 'base64'));
	return message.ok ? message.value : undefined;
};
