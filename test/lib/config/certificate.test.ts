import {copyFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {Certificate} from '../../../lib/config/certificate.ts';
import type {MediaError} from '../../../lib/errors.ts';
import {makeFolder} from '../../helpers/command.ts';
import {makeCertificate, selfSigned} from '../../helpers/tls.ts';
import {until} from '../../helpers/until.ts';

const key = {name: 'rtspServerKey', file: ''};
const cert = {name: 'rtspServerCert', file: ''};

/** The certificate in a folder that holds a copy of it. */
const openCertificate = (t: ExecutionContext) => {
	const folder = makeFolder(t);
	const [keyFile, certFile] = [join(folder, 'server.key'), join(folder, 'server.crt')];
	copyFileSync(selfSigned().keyFile, keyFile);
	copyFileSync(selfSigned().certFile, certFile);
	const errors: string[] = [];
	const logger = {info: () => {}, error: (_: object, message: string) => errors.push(message)};
	const certificate = new Certificate({
		key: {...key, file: keyFile},
		cert: {...cert, file: certFile},
		logger,
	});
	t.teardown(() => certificate.close());
	return {certificate, keyFile, certFile, errors};
};

const refusal = (t: ExecutionContext, keyFile: string, certFile: string) => {
	const logger = {info: () => {}, error: () => {}};
	const files = {key: {...key, file: keyFile}, cert: {...cert, file: certFile}};
	const {code, message} = t.throws<MediaError>(() => new Certificate({...files, logger}));
	return `${code} ${message}`;
};

test('a key and its certificate are read', t => {
	const {certificate} = openCertificate(t);
	t.deepEqual(certificate.key, selfSigned().key);
	t.deepEqual(certificate.cert, selfSigned().cert);
});

test('files that are missing, hold something else, or do not fit are refused by their names', t => {
	const {keyFile, certFile} = selfSigned();
	t.regex(
		refusal(t, '/none/server.key', certFile),
		/^FILE_UNREADABLE Expected rtspServerKey to be a PEM file: ENOENT.*server\.key/,
	);
	t.regex(
		refusal(t, keyFile, keyFile),
		/^CERTIFICATE_INVALID Expected rtspServerCert to be a certificate in PEM, got in .*key\.pem/,
	);
	t.regex(
		refusal(t, certFile, certFile),
		/^CERTIFICATE_INVALID Expected rtspServerKey to be a key without password in PEM/,
	);
	t.regex(
		refusal(t, makeCertificate().keyFile, certFile),
		/^CERTIFICATE_INVALID Expected rtspServerKey to be the key of rtspServerCert, got that of another/,
	);
});

test('a new pair is taken when both files are there, and what does not fit in between is not', async t => {
	const {certificate, keyFile, certFile, errors} = openCertificate(t);
	let changes = 0;
	certificate.on('changed', () => changes++);
	const other = makeCertificate();
	writeFileSync(certFile, other.cert);
	await until(() => errors.length === 1);
	t.regex(errors[0]!, /^the last certificate stays in use: Expected rtspServerKey to be the key/);
	t.deepEqual(certificate.cert, selfSigned().cert);
	writeFileSync(keyFile, other.key);
	await until(() => changes === 1);
	t.deepEqual([certificate.key, certificate.cert], [other.key, other.cert]);
});
