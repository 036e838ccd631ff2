import type {Config} from './schema.ts';

type Key = 'rtspAddress' | 'rtspsAddress' | 'rtmpAddress' | 'rtmpsAddress';

/** One address that is listened at, by the key that says so. */
export type ConfiguredAddress = {name: Key; host: string; port: number; isTls: boolean};

/** Where RTSP is listened for. */
export const rtspAddresses = ({
	rtsp: isOn,
	rtspEncryption: encryption,
	rtspAddress,
	rtspsAddress,
}: Pick<Config, 'rtsp' | 'rtspEncryption' | 'rtspAddress' | 'rtspsAddress'>) =>
	isOn ? addressesOf(encryption, {rtspAddress}, {rtspsAddress}) : [];

/** Where RTMP is listened for. */
export const rtmpAddresses = ({
	rtmp: isOn,
	rtmpEncryption: encryption,
	rtmpAddress,
	rtmpsAddress,
}: Pick<Config, 'rtmp' | 'rtmpEncryption' | 'rtmpAddress' | 'rtmpsAddress'>) =>
	isOn ? addressesOf(encryption, {rtmpAddress}, {rtmpsAddress}) : [];

type Named = Partial<Record<Key, Config[Key]>>;

const addressesOf = (
	encryption: Config['rtspEncryption'],
	plain: Named,
	underTls: Named,
): ConfiguredAddress[] => [
	...(encryption === 'strict' ? [] : named(plain, false)),
	...(encryption === 'no' ? [] : named(underTls, true)),
];

const named = (addresses: Named, isTls: boolean): ConfiguredAddress[] =>
	Object.entries(addresses).flatMap(([name, address]) =>
		address ? [{name: name as Key, ...address, isTls}] : [],
	);
