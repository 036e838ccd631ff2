// TLS in front of protocols that speak plain as well, by MediaMTX's names.
import {key} from './key.ts';
import {address, text, word} from './values.ts';

export const encryptionKeys = {
	rtspEncryption: key(word('no', 'optional', 'strict'), {
		default: 'no',
		isLive: false,
		description:
			'Whether RTSP clients may use TLS: `optional` listens on `rtspsAddress` too, `strict` there alone.',
	}),
	rtspsAddress: key(address(), {
		default: ':8322',
		isLive: false,
		description:
			'Where RTSP over TLS (`rtsps://`) is listened for, unless `rtspEncryption` is `no`.',
	}),
	rtspServerKey: key(text(), {
		default: 'server.key',
		isLive: false,
		description:
			'File with the key (PEM) of `rtspsAddress`. It is read again when it changes; who is connected stays.',
	}),
	rtspServerCert: key(text(), {
		default: 'server.crt',
		isLive: false,
		description:
			'File with the certificate and its chain (PEM) of `rtspsAddress`; as with the key.',
	}),
	rtmpEncryption: key(word('no', 'optional', 'strict'), {
		default: 'no',
		isLive: false,
		description:
			'Whether RTMP clients may use TLS: `optional` listens on `rtmpsAddress` too, `strict` there alone.',
	}),
	rtmpsAddress: key(address(), {
		default: ':1936',
		isLive: false,
		description:
			'Where RTMP over TLS (`rtmps://`) is listened for, unless `rtmpEncryption` is `no`.',
	}),
	rtmpServerKey: key(text(), {
		default: 'server.key',
		isLive: false,
		description:
			'File with the key (PEM) of `rtmpsAddress`. It is read again when it changes; who is connected stays.',
	}),
	rtmpServerCert: key(text(), {
		default: 'server.crt',
		isLive: false,
		description:
			'File with the certificate and its chain (PEM) of `rtmpsAddress`; as with the key.',
	}),
};
