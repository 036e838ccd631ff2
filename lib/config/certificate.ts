import {X509Certificate, createPrivateKey} from 'node:crypto';
import {EventEmitter} from 'node:events';
import {readFileSync} from 'node:fs';
import {MediaError, toMediaError} from '../errors.ts';
import {watchFile} from './watch.ts';

/** One file, and the key of the configuration that names it. */
export type NamedFile = {name: string; file: string};

export type CertificateOptions = {
	key: NamedFile;
	cert: NamedFile;
	logger: {info(message: string): void; error(fields: object, message: string): void};
};

/** Key and certificate of a listener. Both are read again when a file changes; what does not fit then is not taken. */
export class Certificate extends EventEmitter<{changed: []}> {
	readonly #options: CertificateOptions;
	readonly #watches: {close(): void}[];
	#pem: Pem;

	/** Throws FILE_UNREADABLE or CERTIFICATE_INVALID. */
	constructor(options: CertificateOptions) {
		super();
		this.#options = options;
		this.#pem = readPair(options);
		const {key, cert} = options;
		this.#watches = [key, cert].map(({file}) => watchFile(file, () => this.#reload()));
	}

	/** PEM. */
	get key(): Buffer {
		return this.#pem.key;
	}

	/** PEM, with the chain behind it. */
	get cert(): Buffer {
		return this.#pem.cert;
	}

	/** May be called twice; nothing is told after it. */
	close(): void {
		for (const watch of this.#watches) watch.close();
		this.removeAllListeners();
	}

	#reload(): void {
		const {cert, logger} = this.#options;
		try {
			this.#pem = readPair(this.#options);
		} catch (thrown) {
			const {code, message} = toMediaError(thrown);
			logger.error({code}, `the last certificate stays in use: ${message}`);
			return;
		}
		logger.info(`${cert.name} was read again`);
		this.emit('changed');
	}
}

/** Throws as the constructor does. */
export const checkPair = (files: Pick<CertificateOptions, 'key' | 'cert'>): void => {
	readPair(files);
};

type Pem = {key: Buffer; cert: Buffer};

const readPair = ({key, cert}: Pick<CertificateOptions, 'key' | 'cert'>): Pem => {
	const pem = {key: read(key), cert: read(cert)};
	const certificate = understand(cert, 'a certificate', () => new X509Certificate(pem.cert));
	const privateKey = understand(key, 'a key without password', () => createPrivateKey(pem.key));
	if (certificate.checkPrivateKey(privateKey)) return pem;
	throw new MediaError(
		'CERTIFICATE_INVALID',
		`Expected ${key.name} to be the key of ${cert.name}, got that of another certificate in ${key.file}`,
		{key: key.file, cert: cert.file},
	);
};

const read = ({name, file}: NamedFile): Buffer => {
	try {
		return readFileSync(file);
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		const message = `Expected ${name} to be a PEM file: ${reason}`;
		throw new MediaError('FILE_UNREADABLE', message, {file, cause});
	}
};

const understand = <Thing>({name, file}: NamedFile, what: string, parse: () => Thing): Thing => {
	try {
		return parse();
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		const message = `Expected ${name} to be ${what} in PEM, got in ${file}: ${reason}`;
		throw new MediaError('CERTIFICATE_INVALID', message, {file, cause});
	}
};
