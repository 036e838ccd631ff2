import type {SourceSettings} from '../../lib/media/source.ts';

/** Over TCP, as far as a test does not want it otherwise. */
export const tcpSettings: SourceSettings = {
	rtspTransport: 'tcp',
	rtspEngine: 'native',
	rtspUDPSourcePortRange: [20_000, 60_999],
	rtspUDPReadBufferSize: 0,
	rtspMulticastInterface: '',
	rtspWebSocketPath: '/',
	sourceFingerprint: '',
	readTimeoutMs: 10_000,
};
