import {execFileSync} from 'node:child_process';
import {X509Certificate} from 'node:crypto';
import {once} from 'node:events';
import {mkdtempSync, readFileSync} from 'node:fs';
import net from 'node:net';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import tls from 'node:tls';
import type {ExecutionContext} from 'ava';

export type Certificate = {key: Buffer; cert: Buffer; keyFile: string; certFile: string};

/** A certificate for localhost that only its own file vouches for; the same one within a process. */
export const selfSigned = (): Certificate => (made ??= makeCertificate());

/** What a configuration says to listen for RTSP over TLS on a free port. */
export const tlsKeys = (rtspEncryption: string) => ({
	rtspEncryption,
	rtspsAddress: '127.0.0.1:0',
	rtspServerKey: selfSigned().keyFile,
	rtspServerCert: selfSigned().certFile,
});

/** As openssl prints it. */
export const fingerprintOf = ({cert}: Pick<Certificate, 'cert'>): string =>
	new X509Certificate(cert).fingerprint256;

/** TLS in front of a port of this machine. */
export const startTls = async (t: ExecutionContext, toPort: number): Promise<number> => {
	const server = tls.createServer(selfSigned(), client => {
		const camera = net.connect(toPort, '127.0.0.1');
		client.pipe(camera).pipe(client);
		client.on('error', () => camera.destroy());
		camera.on('error', () => client.destroy());
		camera.on('close', () => client.destroy());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => server.close());
	return (server.address() as AddressInfo).port;
};

let made: Certificate | undefined;

/** Another one, in files of its own. */
export const makeCertificate = (): Certificate => {
	const folder = mkdtempSync(`${tmpdir()}/sluice-tls-`);
	const [keyFile, certFile] = [`${folder}/key.pem`, `${folder}/cert.pem`];
	const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
	const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
	const files = ['-keyout', keyFile, '-out', certFile];
	execFileSync('openssl', ['req', ...kind, ...subject, ...files], {stdio: 'ignore'});
	return {key: readFileSync(keyFile), cert: readFileSync(certFile), keyFile, certFile};
};
