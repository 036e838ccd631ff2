// WWW-Authenticate as in RFC 7235 section 4.1 and RFC 7616 section 3.3: several challenges in one
// header or one header each.

export type Algorithm = 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess';

export type Challenge =
	| {scheme: 'basic'; realm: string}
	| {
			scheme: 'digest';
			realm: string;
			nonce: string;
			opaque: string | undefined;
			algorithm: Algorithm;
			/** True: the server said it, so the answer says it too. */
			isAlgorithmNamed: boolean;
			/** Whether `auth` is among the offered qualities; `auth-int` is not spoken. */
			qop: 'auth' | undefined;
			isStale: boolean;
	  };

/** All challenges that can be answered, in the order given; others are left out. */
export const parseChallenges = (headers: string[]): Challenge[] =>
	headers.flatMap(splitChallenges).flatMap(({scheme, parameters}) => {
		const challenge = scheme === 'basic' ? basic(parameters) : digest(parameters);
		return challenge ? [challenge] : [];
	});

export const formatChallenge = (challenge: Challenge): string => {
	if (challenge.scheme === 'basic') return `Basic realm=${quote(challenge.realm)}`;
	const {realm, nonce, opaque, algorithm, isAlgorithmNamed, qop, isStale} = challenge;
	const parts = [
		`realm=${quote(realm)}`,
		`nonce=${quote(nonce)}`,
		...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
		...(isAlgorithmNamed ? [`algorithm=${algorithm}`] : []),
		...(qop ? [`qop=${quote(qop)}`] : []),
		...(isStale ? ['stale=true'] : []),
	];
	return `Digest ${parts.join(', ')}`;
};

/** The strongest first; equal ones stay in the order given. */
export const byStrength = (challenges: Challenge[]): Challenge[] =>
	challenges.toSorted((a, b) => strengths[kindOf(b)] - strengths[kindOf(a)]);

export type ChallengeKind = 'basic' | Algorithm;

export const kindOf = (challenge: Challenge): ChallengeKind =>
	challenge.scheme === 'basic' ? 'basic' : challenge.algorithm;

/** As a quoted-string (RFC 7230 section 3.2.6). */
export const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** `key=value` and `key="value"` between commas, keys in lower case. */
export const parseAuthParameters = (text: string): Map<string, string> =>
	new Map(
		[...text.matchAll(parameterPattern)].map(([, key = '', quoted, plain = '']) => [
			key.toLowerCase(),
			quoted === undefined ? plain : quoted.replace(/\\(.)/gs, '$1'),
		]),
	);

const strengths: Record<ChallengeKind, number> = {
	'SHA-256-sess': 4,
	'SHA-256': 3,
	'MD5-sess': 2,
	MD5: 1,
	basic: 0,
};

// Tried once for each word, not at each of its letters: the text is a stranger's.
const parameterPattern = /(?<![\w-])([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/gs;
const schemePattern = /(?:^|,|\s)\s*(Basic|Digest)(?=\s|$)/gi;

type Split = {scheme: string; parameters: Map<string, string>};

const splitChallenges = (header: string): Split[] => {
	const starts = [...blankQuoted(header).matchAll(schemePattern)];
	return starts.map((start, index) => {
		const from = start.index + start[0].length;
		const text = header.slice(from, starts[index + 1]?.index);
		return {scheme: (start[1] ?? '').toLowerCase(), parameters: parseAuthParameters(text)};
	});
};

/** So that a realm called "Basic" starts no challenge. */
const blankQuoted = (text: string): string =>
	text.replace(/"(?:[^"\\]|\\.)*"/gs, quoted => `"${'_'.repeat(quoted.length - 2)}"`);

const basic = (parameters: Map<string, string>): Challenge => ({
	scheme: 'basic',
	realm: parameters.get('realm') ?? '',
});

const digest = (parameters: Map<string, string>): Challenge | undefined => {
	const nonce = parameters.get('nonce');
	const named = parameters.get('algorithm');
	const algorithm = named ? algorithmOf(named) : 'MD5';
	if (nonce === undefined || algorithm === undefined) return undefined;
	const qualities = (parameters.get('qop') ?? '').toLowerCase().split(/[\s,]+/);
	return {
		scheme: 'digest',
		realm: parameters.get('realm') ?? '',
		nonce,
		opaque: parameters.get('opaque'),
		algorithm,
		isAlgorithmNamed: Boolean(named),
		qop: qualities.includes('auth') ? 'auth' : undefined,
		isStale: parameters.get('stale')?.toLowerCase() === 'true',
	};
};

const algorithms: Algorithm[] = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess'];

/** In any case. */
export const algorithmOf = (name: string): Algorithm | undefined =>
	algorithms.find(algorithm => algorithm.toLowerCase() === name.toLowerCase());
