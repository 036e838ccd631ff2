import {Certificate, checkPair} from './certificate.ts';
import type {CertificateOptions} from './certificate.ts';
import type {Config} from './schema.ts';
import {rtmpAddresses, rtspAddresses} from './tcp-addresses.ts';

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

/** Reads every certificate that a server with this configuration would use. Throws FILE_UNREADABLE or CERTIFICATE_INVALID. */
export const checkCertificates = (config: Config): void => {
	const {httpServerKey, httpServerCert} = config;
	const isTls = ({isTls: it}: {isTls: boolean}) => it;
	const pairs = [
		httpServerKey !== '' && httpServerCert !== '' && httpFiles,
		rtspAddresses(config).some(isTls) && rtspFiles,
		rtmpAddresses(config).some(isTls) && rtmpFiles,
	].filter(pair => pair !== false);
	const named = (name: FileKey) => ({name, file: config[name]});
	for (const [key, cert] of pairs) checkPair({key: named(key), cert: named(cert)});
};

type Pair = readonly [key: FileKey, cert: FileKey];

const httpFiles: Pair = ['httpServerKey', 'httpServerCert'];
export const rtspFiles: Pair = ['rtspServerKey', 'rtspServerCert'];
export const rtmpFiles: Pair = ['rtmpServerKey', 'rtmpServerCert'];
