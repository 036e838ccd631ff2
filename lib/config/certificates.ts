import {Certificate} from './certificate.ts';
import type {CertificateOptions} from './certificate.ts';
import type {Config} from './schema.ts';

/** The keys of the configuration that name a file of a certificate. */
type FileKey = Extract<keyof Config, `${string}ServerKey` | `${string}ServerCert`>;

/** Every certificate that a server uses; they are watched until `close()`. */
export class Certificates {
	readonly #settings: () => Config;
	readonly #logger: CertificateOptions['logger'];
	readonly #open: Certificate[] = [];

	constructor({settings, logger}: {settings: () => Config; logger: CertificateOptions['logger']}) {
		this.#settings = settings;
		this.#logger = logger;
	}

	/** The one whose files are named by these keys. Throws FILE_UNREADABLE or CERTIFICATE_INVALID. */
	read(key: FileKey, cert: FileKey): Certificate {
		const named = (name: FileKey) => ({name, file: this.#settings()[name]});
		const files = {key: named(key), cert: named(cert)};
		const certificate = new Certificate({...files, logger: this.#logger});
		this.#open.push(certificate);
		return certificate;
	}

	/** Those of TLS get the certificate that these keys name. Throws as `read` does. */
	giveTo<Address extends {isTls: boolean}>(
		addresses: readonly Address[],
		[key, cert]: readonly [FileKey, FileKey],
	): (Omit<Address, 'isTls'> & {certificate: Certificate | undefined})[] {
		return addresses.map(({isTls, ...address}) => ({
			...address,
			certificate: isTls ? this.read(key, cert) : undefined,
		}));
	}

	/** May be called twice. */
	close(): void {
		for (const certificate of this.#open.splice(0)) certificate.close();
	}
}
