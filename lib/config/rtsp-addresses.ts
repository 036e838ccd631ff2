import type {Config} from './schema.ts';

export type RtspAddressKey = 'rtspAddress' | 'rtspsAddress';

/** Where RTSP is listened for, by the key that says so. */
export const rtspAddresses = (
	config: Pick<Config, 'rtsp' | 'rtspEncryption' | RtspAddressKey>,
): {name: RtspAddressKey; host: string; port: number; isTls: boolean}[] => {
	const {rtsp, rtspEncryption, rtspAddress, rtspsAddress} = config;
	if (!rtsp) return [];
	const isPlain = rtspEncryption !== 'strict' && rtspAddress !== null;
	const isTls = rtspEncryption !== 'no' && rtspsAddress !== null;
	return [
		...(isPlain ? [{name: 'rtspAddress', ...rtspAddress, isTls: false} as const] : []),
		...(isTls ? [{name: 'rtspsAddress', ...rtspsAddress, isTls: true} as const] : []),
	];
};
