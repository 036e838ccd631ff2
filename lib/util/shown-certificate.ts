import type {TLSSocket} from 'node:tls';
import {plainFingerprint} from './fingerprint.ts';

/**
 * What the peer shows is the certificate with this SHA-256, or for an empty one a certificate that a known authority vouches for;
 * throws what is wrong with it. The socket was opened with `rejectUnauthorized: false`.
 */
export const checkCertificate = (socket: TLSSocket, fingerprint: string): void => {
	const {fingerprint256 = ''} = socket.getPeerX509Certificate() ?? {};
	const shown = plainFingerprint(fingerprint256);
	if (fingerprint !== '') {
		if (shown === plainFingerprint(fingerprint)) return;
		throw new Error(`a certificate that is not the one of sourceFingerprint: its own is ${shown}`);
	}
	if (socket.authorized) return;
	const reason = String(socket.authorizationError);
	const problem = certificateErrors[reason] ?? `a certificate that is not valid here (${reason})`;
	throw new Error(`${problem}; sourceFingerprint: ${shown} takes it all the same`);
};

const ownMaking = 'a certificate that no known authority signed';
const certificateErrors: Readonly<Record<string, string>> = {
	DEPTH_ZERO_SELF_SIGNED_CERT: ownMaking,
	SELF_SIGNED_CERT_IN_CHAIN: ownMaking,
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ownMaking,
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: ownMaking,
	CERT_HAS_EXPIRED: 'a certificate that has expired',
	ERR_TLS_CERT_ALTNAME_INVALID: 'a certificate that is made out to another name',
};
