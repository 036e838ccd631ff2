import {createHash} from 'node:crypto';

/** How a scripted camera asks for a password. */
export type Auth = {
	user: string;
	password: string;
	challenges: string[];
	/** The nonce changes after so many questions. */
	everyQuestions?: number;
	/** Says `stale=true` with the new one. */
	isStaleSaid?: boolean;
};

type Asked = {method: string; url: string};

/** Worked out here on its own, so that both sides cannot be wrong in the same way by one function. */
export const isAuthorized = (given: string, asked: Asked, auth: Auth, nonce: string): boolean => {
	const {user, password} = auth;
	if (given.startsWith('Basic '))
		return (
			auth.challenges.some(text => text.startsWith('Basic')) &&
			Buffer.from(given.slice(6), 'base64').toString() === `${user}:${password}`
		);
	const field = (name: string) => new RegExp(`[ ,]${name}="?([^",]*)"?`).exec(given)?.[1] ?? '';
	const algorithm = field('algorithm') || 'MD5';
	const isOffered = auth.challenges.some(
		text =>
			text.startsWith('Digest') && (/algorithm=([\w-]+)/.exec(text)?.[1] ?? 'MD5') === algorithm,
	);
	if (!isOffered || field('nonce') !== nonce || field('uri') !== asked.url) return false;
	const hash = (text: string) =>
		createHash(algorithm.startsWith('SHA') ? 'sha256' : 'md5')
			.update(text)
			.digest('hex');
	const first = hash(`${user}:${field('realm')}:${password}`);
	const secret = algorithm.endsWith('sess') ? hash(`${first}:${nonce}:${field('cnonce')}`) : first;
	const quality = field('qop') ? `${field('nc')}:${field('cnonce')}:${field('qop')}:` : '';
	return (
		hash(`${secret}:${nonce}:${quality}${hash(`${asked.method}:${asked.url}`)}`) ===
		field('response')
	);
};
